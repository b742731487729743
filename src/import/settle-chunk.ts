import type { Mapping } from './mapping.ts';
import type { ImportState } from './report.ts';
import { Tally, type RowOutcome } from './tally.ts';
import type { CancelOutcome, CancelResult, HistoryResult, ImportTarget, TrackOutcome } from './target.ts';
import type { CancellationUnit, HistoryUnit, PartRow, SettledRow, Unit } from './unit.ts';

/**
 * Brings the units of a chunk to the target, activities first, since a cancellation may take back what was bought in the
 * same chunk, and counts every row under what became of it.
 */
export async function settleChunk(
  chunk: readonly Unit[],
  mapping: Mapping,
  target: ImportTarget,
  before: ImportState,
): Promise<{ state: ImportState; refused: SettledRow[] }> {
  const tally = new Tally(before.lines);
  const refused: SettledRow[] = [];
  const state = { ...before, units: before.units + chunk.length };
  const settle = (row: PartRow, outcome: Pick<RowOutcome, 'category'>, reason: string | null): void => {
    tally.count({ row: row.row, ...outcome, ...(row.amount === undefined ? {} : { amount: row.amount }) });
    if (reason !== null) refused.push({ ...row, category: 'refused', reason });
  };
  for (const row of chunk.flatMap((unit) => unit.settled)) settle(row, row, row.reason);

  const activities = chunk.flatMap((unit) => unit.activity ?? []);
  const tracked = activities.length === 0 ? [] : await target.track(activities);
  activities.forEach((unit, index) => {
    const outcome = outcomeAt(tracked, index);
    const category = trackCategory(outcome, mapping);
    for (const row of unit.rows) settle(row, { category }, outcome.kind === 'REFUSED' ? outcome.reason : null);
    if (category !== 'imported' || outcome.kind === 'REFUSED') return;
    state.activities += 1;
    state.pointsEarned += outcome.points;
  });

  const histories = chunk.flatMap((unit) => unit.history ?? []);
  const takenOver = histories.length === 0 ? [] : await target.takeOver(histories);
  histories.forEach((unit, index) => settleHistory(unit, takenOver[index], state, settle));

  const cancellations = chunk.flatMap(({ cancellation }) => cancellation ?? []);
  const results = await cancelAll(cancellations, target);
  for (const unit of cancellations) {
    const result = results.get(unit) ?? { lines: [], reversals: 0, points: 0 };
    unit.lines.forEach((line, index) => {
      const outcome = result.lines[index] ?? { kind: 'UNMATCHED' };
      settle(line, { category: CANCEL_CATEGORIES[outcome.kind] }, outcome.kind === 'REFUSED' ? outcome.reason : null);
    });
    state.reversals += result.reversals;
    state.pointsReversed += result.points;
  }
  return { state: { ...state, lines: tally.lines() }, refused: refused.toSorted((a, b) => a.row - b.row) };
}

/**
 * A row that earned and redeemed is imported when both are on record, else refused. One that is refused half-way has its
 * earning on record.
 */
function settleHistory(
  unit: HistoryUnit,
  result: HistoryResult | undefined,
  state: ImportState,
  settle: (row: PartRow, outcome: Pick<RowOutcome, 'category'>, reason: string | null) => void,
): void {
  const reasons = new Map<number, string | null>();
  unit.activities.forEach(({ rows }, index) => {
    const outcome = outcomeAt(result?.activities ?? [], index);
    for (const { row } of rows) reasons.set(row, outcome.kind === 'REFUSED' ? outcome.reason : null);
    if (outcome.kind === 'REFUSED') return;
    state.activities += 1;
    state.pointsEarned += outcome.points;
  });
  unit.redemptions.forEach(({ row, points }, index) => {
    const outcome = result?.redemptions[index];
    if (outcome?.kind !== 'REDEEMED') {
      reasons.set(row, reasons.get(row) ?? outcome?.reason ?? 'No answer.');
      return;
    }
    reasons.set(row, reasons.get(row) ?? null);
    state.redemptions += 1;
    state.pointsRedeemed += points;
  });
  const opened = result?.opened ?? 0;
  if (opened > 0) state.openingBalances += 1;
  state.pointsOpened += opened;
  const rows = new Map(
    [...unit.activities.flatMap((activity) => activity.rows), ...unit.redemptions].map((row) => [row.row, row]),
  );
  for (const [number, row] of rows) {
    const reason = reasons.get(number) ?? null;
    settle(row, { category: reason === null ? 'imported' : 'refused' }, reason);
  }
}

/** One customer's cancellations in their order, those of several customers at a time: they have nothing in common. */
async function cancelAll(
  units: readonly CancellationUnit[],
  target: ImportTarget,
): Promise<Map<CancellationUnit, CancelResult>> {
  const results = new Map<CancellationUnit, CancelResult>();
  const queues = [...Map.groupBy(units, (unit) => unit.customer.externalId).values()];
  const work = async (): Promise<void> => {
    for (let queue = queues.shift(); queue !== undefined; queue = queues.shift()) {
      for (const unit of queue) results.set(unit, await target.cancel(unit));
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: target.cancelsAtOnce }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
}

const CANCEL_CATEGORIES: Record<CancelOutcome['kind'], string> = {
  REVERSED: 'reversed',
  REVERSED_IN_PART: 'reversed_in_part',
  UNMATCHED: 'unmatched',
  REFUSED: 'refused',
};

/**
 * A message id made of the source's own content can only be known from this very import, begun earlier: the row is imported.
 * One that stands in the file may have come from anywhere.
 */
function trackCategory(outcome: TrackOutcome, mapping: Mapping): string {
  if (outcome.kind === 'REFUSED') return 'refused';
  return outcome.kind === 'TRACKED' || mapping.activity.messageId === undefined ? 'imported' : 'already_there';
}

function outcomeAt(outcomes: readonly TrackOutcome[], index: number): TrackOutcome {
  const outcome = outcomes[index];
  if (outcome === undefined) throw new Error('The target answered fewer outcomes than it was given activities.');
  return outcome;
}
