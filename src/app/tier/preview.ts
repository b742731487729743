import type { Big } from 'big.js';

import { InvalidRuleError, NotFoundError } from '#domain/errors.ts';
import { surroundingsOf, type Catalogue } from '#domain/program/catalogue.ts';
import { compileRuleSet } from '#domain/rule-set/rule-set.ts';
import type { CompiledLadder } from '#domain/tier/compile.ts';
import { countedBy } from '#domain/tier/counted.ts';
import { NOTHING, progressOf, type Progress } from '#domain/tier/progress.ts';
import { recalculated, settleStanding } from '#domain/tier/review.ts';
import { codeAt, NO_STANDING, placeOf } from '#domain/tier/standing.ts';
import type { Statements } from '#storage/postgres.ts';
import { readDraft } from '#storage/rule-set-store.ts';
import { readMeasureDays } from '#storage/sql/measure-days.ts';
import { listEnrolledIds } from '#storage/tier-review-store.ts';

import type { Catalogues } from '../program/catalogues.ts';
import { loadTierViews, type TierView } from './load.ts';
import { nowOf } from './read.ts';
import { settledState } from './settle.ts';

type Reading = { reads: Statements; clock: () => Date; catalogues: Catalogues };

/** Who moves from one tier to another; null is below the first. */
export type TierMoves = { from: string | null; to: string | null; count: number };
export type LadderPreview = {
  ladder: string;
  customers: number;
  moves: TierMoves[];
  /** The first of those who move, by the age of the customer. */
  movers: { customerId: string; from: string | null; to: string | null; amount: string }[];
};

const MOVERS_MAX = 100;
const PAGE = 1_000;

/**
 * What the draft's version of a ladder would make of everybody who takes part, if they were reviewed under it now: the most
 * that publishing it can move, since tiers fall at reviews and rise at activities. Writes nothing, also where the ladder
 * counts what nobody has counted so far. Throws InvalidRuleError for a draft that could not be published, and
 * NotFoundError for a ladder that neither the draft nor the live rule set has. A ladder that the draft takes out leaves
 * nobody a tier.
 */
export async function previewLadder(deps: Reading, programId: string, code: string): Promise<LadderPreview> {
  const catalogue = await deps.catalogues.at(deps.reads, programId);
  const now = nowOf(deps, catalogue);
  const live = catalogue.ruleSet.ladders.find(({ ladder }) => ladder.code === code) ?? null;
  const next = await draftLadder(deps, catalogue, code);
  if (live === null && next === null) throw new NotFoundError('ladder', ['ladder']);
  const preview: LadderPreview = { ladder: code, customers: 0, moves: [], movers: [] };
  const counts = new Map<string, TierMoves>();
  for (let after: string | null = null; ;) {
    const page: string[] = await listEnrolledIds(deps.reads, programId, after, PAGE);
    for (const move of await movesOf(deps, catalogue, now, page, live, next)) {
      if (move.from === move.to) continue;
      const key = `${move.from} ${move.to}`;
      counts.set(key, { from: move.from, to: move.to, count: (counts.get(key)?.count ?? 0) + 1 });
      if (preview.movers.length < MOVERS_MAX) preview.movers.push(move);
    }
    preview.customers += page.length;
    after = page.at(-1) ?? null;
    if (page.length < PAGE) break;
  }
  return { ...preview, moves: [...counts.values()].toSorted((a, b) => b.count - a.count) };
}

async function draftLadder(deps: Reading, catalogue: Catalogue, code: string): Promise<CompiledLadder | null> {
  const draft = await readDraft(deps.reads, catalogue.program.id);
  const compiled = compileRuleSet(0, draft.content, surroundingsOf(catalogue));
  if ('problems' in compiled) throw new InvalidRuleError(compiled.problems);
  return compiled.ruleSet.ladders.find(({ ladder }) => ladder.code === code) ?? null;
}

async function movesOf(
  deps: Reading,
  catalogue: Catalogue,
  now: Date,
  customerIds: readonly string[],
  live: CompiledLadder | null,
  next: CompiledLadder | null,
): Promise<LadderPreview['movers']> {
  const before = await loadTierViews(deps.reads, catalogue, now, customerIds, {
    ladders: live === null ? [] : [live],
  });
  const liveViews = new Map(before.map((view) => [view.customerId, view]));
  const after = await loadTierViews(deps.reads, catalogue, now, customerIds, { ladders: next === null ? [] : [next] });
  const draftViews = new Map(after.map((view) => [view.customerId, view]));
  const progress = next === null ? new Map<string, Progress>() : await uncounted(deps, catalogue, customerIds, next);
  return customerIds.map((customerId) => {
    const was = liveViews.get(customerId);
    const view = draftViews.get(customerId);
    const from = was === undefined ? null : settledState(was).standing;
    const to = view === undefined ? null : standingUnder(view, progress?.get(customerId), from ?? NO_STANDING);
    return {
      customerId,
      from: live === null || from === null ? null : codeAt(live, placeOf(live, from, now)),
      to: to?.code ?? null,
      amount: to?.amount.toFixed() ?? '0',
    };
  });
}

function standingUnder(
  view: TierView,
  counted: Progress | undefined,
  standing: typeof NO_STANDING,
): { code: string | null; amount: Big } {
  const { compiled, clock } = view;
  const progress = counted ?? view.progress;
  const settled = settleStanding(compiled, standing, progress, clock).standing;
  const next = recalculated(compiled, settled, progress, clock).standing;
  const amount = progress.days.reduce((sum, day) => sum.plus(day.amount), progress.before);
  return { code: codeAt(compiled, placeOf(compiled, next, clock.now)), amount };
}

/** Of a measure that nobody counts yet: what it would hold, from the record. Null where it is counted. */
async function uncounted(
  deps: Reading,
  catalogue: Catalogue,
  customerIds: readonly string[],
  { counts, measure }: CompiledLadder,
): Promise<Map<string, Progress> | null> {
  if (countedBy(catalogue.published.map(({ ruleSet }) => ruleSet)).has(counts)) return null;
  const { id, timeZone } = catalogue.program;
  const rows = await readMeasureDays(deps.reads, id, timeZone, measure, customerIds);
  const days = Map.groupBy(rows, (row) => row.customerId);
  return new Map(
    customerIds.map((customerId) => [
      customerId,
      days.has(customerId)
        ? progressOf((days.get(customerId) ?? []).map(({ day, amount }) => [day, amount] as const))
        : NOTHING,
    ]),
  );
}
