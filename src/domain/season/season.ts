import type { SeasonPlan } from './plan.ts';

/**
 * How far a season has come. SCHEDULED until its start; OPEN until its end; CLOSING while late activities still count by
 * their own time; SEALED with its standings and their hash on record; SETTLED once every prize is given or open for claim;
 * ARCHIVED when nothing of it can change any more.
 */
export const SEASON_STATES = ['SCHEDULED', 'OPEN', 'CLOSING', 'SEALED', 'SETTLED', 'ARCHIVED'] as const;
export type SeasonState = (typeof SEASON_STATES)[number];

/** A season with its life. Instants are by the program's clock. */
export type SeasonRun = {
  programId: string;
  id: string;
  leaderboardId: string;
  key: string;
  name: string | null;
  /** Null on the one season of an all-time board, which never ends. */
  startsAt: Date | null;
  endsAt: Date | null;
  state: SeasonState;
  /** Until then activities of the season that come late still count. */
  sealsAt: Date | null;
  /** What was promised when it opened; null before. */
  plan: SeasonPlan | null;
  createdAt: Date;
  openedAt: Date | null;
  closedAt: Date | null;
  /** From here on its scores stand. */
  frozenAt: Date | null;
  sealedAt: Date | null;
  settledAt: Date | null;
  archivedAt: Date | null;
  /** When the worker looks at it next. */
  nextAt: Date | null;
  /** The rules that were live when it was sealed. */
  ruleRevision: number | null;
  standingCount: number | null;
  /** SHA-256 in hexadecimal digits. */
  standingHash: string | null;
  prizesDecidedAt: Date | null;
};

/** How long after its settlement a season without claims is archived. */
const ARCHIVED_AFTER_MS = 30 * 86_400_000;

/**
 * The plan that a season opens with: its board's. Whoever makes a season after its end, by an import or with a new board,
 * has promised nobody anything: then there are no prizes.
 */
export function openingPlan(run: Pick<SeasonRun, 'createdAt' | 'endsAt' | 'plan'>, ofBoard: SeasonPlan): SeasonPlan {
  const madeInTime = run.endsAt === null || run.createdAt < run.endsAt;
  return run.plan ?? (madeInTime ? ofBoard : { ...ofBoard, prizes: null });
}

/** When late activities stop to count: a grace after the end, or after it was made where that came later. */
export function sealingTime(
  { endsAt, createdAt }: Pick<SeasonRun, 'endsAt' | 'createdAt'>,
  plan: SeasonPlan,
): Date | null {
  if (endsAt === null) return null;
  return new Date(Math.max(endsAt.getTime(), createdAt.getTime()) + plan.graceMinutes * 60_000);
}

/** When a settled season is archived: once the last claim has run out, or after thirty days. */
export function archivingTime(settledAt: Date, lastClaim: Date | null): Date {
  return new Date(Math.max(settledAt.getTime() + ARCHIVED_AFTER_MS, lastClaim?.getTime() ?? 0));
}

/**
 * DUE waits for the worker, CLAIMABLE for its winner until `claimUntil`, and is EXPIRED after that; GIVEN is on the ledger;
 * WITHHELD is not given, for the reason.
 */
export const SEASON_PRIZE_STATES = ['DUE', 'CLAIMABLE', 'GIVEN', 'EXPIRED', 'WITHHELD'] as const;
export type SeasonPrizeState = (typeof SEASON_PRIZE_STATES)[number];
