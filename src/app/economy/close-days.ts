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

/** How far the sums stay behind: clocks of several machines differ. */
const GRACE_MS = 5 * 60_000;
/** Most time of one step, so that a program with years behind it is summed up in transactions of bounded size. */
const STEP_MS = 31 * 86_400_000;

/**
 * Sums up what the program recorded up to some minutes ago. Days that are over by then, in the program's zone, are closed and
 * never change; what is recorded later belongs to a later day, also when it took effect earlier. Waits for transactions that
 * are open since before. Repeatable, and safe to run in several processes. Answers the instant up to which all is summed up,
 * null when somebody else is at it for the first time.
 */
export async function closeDays(deps: AppDeps & { reads: Statements }, program: ClosingProgram): Promise<Date | null> {
  const began = await oldestOpenTransaction(deps.reads);
  const target = new Date(Math.min(deps.clock().getTime() - GRACE_MS, began?.getTime() ?? Infinity));
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
    const since = from ?? (await firstRecordedAt(tx, programId)) ?? target;
    const until = new Date(Math.min(since.getTime() + STEP_MS, target.getTime()));
    await closeUntil(tx, programId, timeZone, from, until);
    return until;
  });
}
