import { InvalidInputError, StateConflictError } from '../errors.ts';
import { parseName } from '../name.ts';

/** OPEN: every customer may join. CLOSED: the captain or the tenant's server adds members. */
export const TEAM_JOININGS = ['OPEN', 'CLOSED'] as const;
export type TeamJoining = (typeof TEAM_JOININGS)[number];

/** Most members that a team can have. */
export const TEAM_SIZE_MAX = 500;

export type Team = {
  id: string;
  name: string;
  captainId: string;
  joining: TeamJoining;
  sizeMax: number;
  createdAt: Date;
  /** When the last member left; a team does not come back. */
  disbandedAt: Date | null;
};

/** A customer's time in a team, [fromAt, toAt); a customer is in one team at a time. */
export type Membership = { teamId: string; customerId: string; fromAt: Date; toAt: Date | null };

/** A running team with whom it has, the longest-standing first. */
export type TeamNow = { team: Team; members: readonly string[] };

/** Who asks for a change: a customer by the own token, or the tenant's side, which null stands for. */
export type Asking = string | null;

/** What of a team its captain chooses. Throws InvalidInputError. */
export function teamSettings(input: { name: string; joining: TeamJoining; sizeMax: number }, members = 0) {
  if (!Number.isInteger(input.sizeMax) || input.sizeMax < Math.max(1, members) || input.sizeMax > TEAM_SIZE_MAX)
    throw new InvalidInputError(
      `A team has room for 1 to ${TEAM_SIZE_MAX} members, and for no fewer than it has (${members}).`,
      ['sizeMax'],
    );
  return { name: parseName(input.name), joining: input.joining, sizeMax: input.sizeMax };
}

/** Whether somebody may join now. Throws StateConflictError: NOT_OPEN, FULL, IN_A_TEAM. */
export function assertMayJoin(
  { team, members }: TeamNow,
  customerId: string,
  current: string | null,
  by: Asking,
): void {
  if (team.joining === 'CLOSED' && by !== null && by !== team.captainId)
    throw new StateConflictError('The captain of this team adds its members.', 'NOT_OPEN', ['id']);
  if (by !== null && by !== customerId && by !== team.captainId)
    throw new StateConflictError('A customer joins for itself.', 'NOT_OPEN', ['customerId']);
  if (current !== null)
    throw new StateConflictError('The customer is in a team already; it has to leave first.', 'IN_A_TEAM', [
      'customerId',
    ]);
  if (members.length >= team.sizeMax)
    throw new StateConflictError(`The team has its ${team.sizeMax} members.`, 'FULL', ['id']);
}

/** What leaving does: the captaincy passes to the longest-standing member; a team without members is disbanded. */
export function leaving(
  { team, members }: TeamNow,
  customerId: string,
): { captainId: string | null; isDisbanded: boolean } {
  const next = members.find((member) => member !== customerId);
  if (next === undefined) return { captainId: null, isDisbanded: true };
  return { captainId: team.captainId === customerId ? next : null, isDisbanded: false };
}

/**
 * The team that what a customer did at an instant counts for: the one that the customer was in then, by what is known now.
 * It is decided once, when the activity is recorded, and kept with it: who moves to another team leaves the past where it is.
 */
export function teamAt(memberships: readonly Membership[], instant: Date): string | null {
  const then = memberships.find(({ fromAt, toAt }) => fromAt <= instant && (toAt === null || instant < toAt));
  return then?.teamId ?? null;
}
