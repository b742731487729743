import type { Caller, Role } from '../caller.ts';
import { InvalidInputError, LimitExceededError, StateConflictError } from '../errors.ts';

/** Longest that a hold may set points aside, and how long it does when nothing is said. */
export const HOLD_SECONDS_MAX = 30 * 86_400;
export const HOLD_SECONDS_DEFAULT = 86_400;
export const REASON_LENGTH_MAX = 500;

/** Most points that one manual correction of a role may move; null is without limit. A key may state its own. */
const ADJUSTMENT_MAX: Record<Role, number | null> = {
  OWNER: null,
  PROGRAM_MANAGER: 1_000_000,
  CUSTOMER_SUCCESS: 10_000,
  GROWTH_MARKETER: 0,
  COMMUNITY_MANAGER: 0,
  DATA_ANALYST: 0,
  TECHNICAL_SUPPORT: 0,
};

/** Most points that one manual correction of this caller may move: what the key states, else what its role may; null is without limit. */
export function adjustmentMaxOf(caller: Caller): number | null {
  if (caller.kind !== 'SECRET_KEY' && caller.kind !== 'STAFF') return 0;
  return caller.adjustmentMax ?? ADJUSTMENT_MAX[caller.role];
}

/** Throws LimitExceededError when a manual correction moves more than its actor may. */
export function assertWithinLimit(amount: number, max: number | null): void {
  if (max !== null && amount > max)
    throw new LimitExceededError(`At most ${max} points may be moved by hand at once.`, max, null, ['amount']);
}

/**
 * Who has left or is blocked cannot spend, hold or transfer points, nor receive any. In every other state, enrolled or not,
 * customers may use the points that they have. What was promised before (captures, releases, reversals) still goes through.
 */
export function assertMayUsePoints(enrolmentState: string, path: readonly string[]): void {
  if (enrolmentState === 'BLOCKED' || enrolmentState === 'LEFT') {
    throw new StateConflictError(
      `This customer ${enrolmentState === 'LEFT' ? 'has left' : 'is blocked'} and cannot use points.`,
      enrolmentState,
      path,
    );
  }
}

/** When a hold ends by itself. Throws InvalidInputError for an instant that has passed or lies more than 30 days ahead. */
export function holdExpiry(now: Date, wanted: { expiresAt: Date | null; ttlSeconds: number | null }): Date {
  if (wanted.expiresAt !== null && wanted.ttlSeconds !== null)
    throw new InvalidInputError('Give expiresAt or ttlSeconds, not both.', ['ttlSeconds']);
  const latest = now.getTime() + HOLD_SECONDS_MAX * 1_000;
  if (wanted.expiresAt !== null) {
    if (wanted.expiresAt <= now) throw new InvalidInputError('expiresAt has passed already.', ['expiresAt']);
    if (wanted.expiresAt.getTime() > latest)
      throw new InvalidInputError('A hold lasts at most 30 days.', ['expiresAt']);
    return wanted.expiresAt;
  }
  const seconds = wanted.ttlSeconds ?? HOLD_SECONDS_DEFAULT;
  if (seconds < 1 || seconds > HOLD_SECONDS_MAX)
    throw new InvalidInputError(`ttlSeconds is 1 to ${HOLD_SECONDS_MAX}.`, ['ttlSeconds']);
  return new Date(now.getTime() + seconds * 1_000);
}

/** The reason as it is kept; null when none is given. Throws InvalidInputError when it is blank or too long. */
export function readReason(reason: string | null | undefined): string | null {
  if (reason === null || reason === undefined) return null;
  const kept = reason.trim();
  if (kept === '' || kept.length > REASON_LENGTH_MAX || kept.includes('\0')) {
    throw new InvalidInputError(`A reason has 1 to ${REASON_LENGTH_MAX} characters.`, ['reason']);
  }
  return kept;
}
