import { localDay, startOfDay } from '#domain/time.ts';
import {
  claimClosing,
  closeUntil,
  firstRecordedAt,
  oldestOpenTransaction,
  readClosed,
  type ClosingProgram,
} from '#storage/ledger-day-store.ts';
import type { Statements } from '#storage/postgres.ts';

import { inTransaction, type AppDeps } from '../transaction.ts';

/** How long after midnight a day closes: clocks of several machines differ, and a transaction may take a while. */
const GRACE_MS = 15 * 60_000;
/** Most time of one step, so that a program with years behind it closes them in transactions of bounded size. */
const STEP_MS = 31 * 86_400_000;

/**
 * Closes the program's days that are over, in the program's zone: sums up what was recorded on them. A closed day never
 * changes; what is recorded later belongs to a later day, also when it took effect earlier. Waits for transactions that are
 * open since before midnight. Repeatable, and safe to run in several processes. Answers the instant up to which days are
 * closed, null when none is.
 */
export async function closeDays(deps: AppDeps & { reads: Statements }, program: ClosingProgram): Promise<Date | null> {
  const { timeZone } = program;
  const began = await oldestOpenTransaction(deps.reads);
  const settled = Math.min(deps.clock().getTime() - GRACE_MS, began?.getTime() ?? Infinity);
  const target = startOfDay(localDay(new Date(settled), timeZone), timeZone);
  let closedUntil = program.closedUntil;
  while (closedUntil === null || closedUntil < target) {
    const next: Date | null = await closeStep(deps, program, target);
    if (next === null) break;
    closedUntil = next;
  }
  return closedUntil;
}

/** One step towards the target; null when another process is at it. */
async function closeStep(deps: AppDeps, { programId, timeZone }: ClosingProgram, target: Date): Promise<Date | null> {
  return inTransaction(deps, { programId, actor: 'system:economy', archivedToo: true }, async (tx) => {
    if (!(await claimClosing(tx, programId))) return null;
    const from = (await readClosed(tx, programId))?.until ?? null;
    if (from !== null && from >= target) return from;
    const since = from ?? (await firstRecordedAt(tx, programId));
    const stepEnd =
      since === null ? target : startOfDay(localDay(new Date(since.getTime() + STEP_MS), timeZone), timeZone);
    const until = stepEnd < target ? stepEnd : target;
    await closeUntil(tx, programId, timeZone, from, until);
    return until;
  });
}
