import type { Catalogue } from '#domain/program/catalogue.ts';
import type { CompiledLadder } from '#domain/tier/compile.ts';
import { firstDayNeeded } from '#domain/tier/needed.ts';
import type { Progress } from '#domain/tier/progress.ts';
import { NOTHING } from '#domain/tier/progress.ts';
import type { TierClock } from '#domain/tier/review.ts';
import { NO_STANDING } from '#domain/tier/standing.ts';
import type { Statements } from '#storage/postgres.ts';
import { readJoinedDays, readProgress, readStandings, type StandingRow } from '#storage/tier-store.ts';

/** All that is known of one customer on one ladder at an instant. */
export type TierView = {
  customerId: string;
  compiled: CompiledLadder;
  recorded: StandingRow | null;
  progress: Progress;
  clock: TierClock;
  joinedAt: Date;
  /** Enrolled or paused: only then does anybody have a tier. */
  takesPart: boolean;
};

/**
 * Reads customers on ladders, by default all live ones, in three statements. `onRecord` leaves out who was never above the
 * base of a ladder. Customers who do not exist are left out.
 */
export async function loadTierViews(
  statements: Statements,
  catalogue: Catalogue,
  now: Date,
  customerIds: readonly string[],
  options: { ladders?: readonly CompiledLadder[]; onRecord?: boolean } = {},
): Promise<TierView[]> {
  const ladders = options.ladders ?? catalogue.ruleSet.ladders;
  if (customerIds.length === 0 || ladders.length === 0) return [];
  const { id: programId, timeZone } = catalogue.program;
  const rows = await readStandings(statements, programId, customerIds);
  const recorded = new Map(rows.map((row) => [`${row.customerId} ${row.ladderId}`, row]));
  const joined = await readJoinedDays(statements, programId, timeZone, customerIds);
  const views = customerIds.flatMap((customerId) => {
    const joining = joined.get(customerId);
    if (joining === undefined) return [];
    const clock = { now, timeZone, joinedOn: joining.on };
    return ladders.flatMap((compiled) => {
      const row = recorded.get(`${customerId} ${compiled.ladder.id}`) ?? null;
      return row === null && options.onRecord === true
        ? []
        : [{ customerId, compiled, recorded: row, clock, joinedAt: joining.at, takesPart: joining.takesPart }];
    });
  });
  const progress = await readProgress(
    statements,
    programId,
    views.map(({ customerId, compiled, recorded: row, clock }) => ({
      customerId,
      measure: compiled.counts,
      from: firstDayNeeded(compiled, row?.standing ?? NO_STANDING, clock),
    })),
  );
  return views.map((view, index) => ({ ...view, progress: progress[index] ?? NOTHING }));
}
