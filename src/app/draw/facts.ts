import type { CompiledDraw } from '#domain/draw/compile.ts';
import type { DrawLimit } from '#domain/draw/draw.ts';
import type { Given } from '#domain/draw/play.ts';
import { whyOutOfTime } from '#domain/reward/admission.ts';
import { limitPeriod, stockLeft } from '#domain/reward/can-redeem.ts';
import { localDay, periodKey, PERIODS, type Period } from '#domain/time.ts';
import { countPlays, readTallies, type PlaysKey } from '#storage/draw-store.ts';
import type { Statements } from '#storage/postgres.ts';
import { findStocked } from '#storage/reward-code-store.ts';

import type { Around } from '../redemption/admission.ts';

/** One question: how is this draw for this customer; null is for anybody, whose own plays count nothing. */
export type Player = { compiled: CompiledDraw; customerId: string | null };

/** Pieces of a reward that customers have. */
type StockOf = (rewardId: string) => { reserved: number; issued: number };

/** What has been played and given of a draw in the running periods, and how much of it by its customer. */
export type DrawCounts = { given: Given; plays: readonly number[]; freePlays: number };

/** The names of the calendar periods that run now, by the program's zone. */
export function runningPeriods({ catalogue, now }: Around): Record<Period, string> {
  const day = localDay(now, catalogue.program.timeZone);
  return Object.fromEntries(PERIODS.map((period) => [period, periodKey(period, day)])) as Record<Period, string>;
}

/** Counts for players, in their order, with a number of statements that does not grow with theirs. */
export async function countDraws(
  reads: Statements,
  around: Around,
  players: readonly Player[],
  stockOf: StockOf,
): Promise<DrawCounts[]> {
  const draws = [...new Set(players.map(({ compiled }) => compiled))];
  const asked: PlaysKey[] = [];
  const places = players.map((player) => askFor(player, around, asked));
  const [tallyOf, inStock, own] = await Promise.all([
    tally(reads, around, draws),
    findInStock(reads, around, draws, stockOf),
    countPlays(reads, around.catalogue.program.id, asked),
  ]);
  return players.map(({ compiled: { draw, outcomes } }, index) => {
    const place = places[index] ?? { draw: [], outcomes: [], free: -1 };
    const used = (outcome: string, limits: readonly DrawLimit[], at: readonly number[]): number[] =>
      limits.map(({ of, per }, limit) =>
        of === 'EVERYBODY' ? tallyOf(draw.id, outcome, per).plays : (own[at[limit] ?? -1] ?? 0),
      );
    const { points, money } = tallyOf(draw.id, '', draw.budget?.per ?? 'ALL_TIME');
    return {
      given: {
        timesByLimit: outcomes.map(({ outcome }, at) => used(outcome.code, outcome.limits, place.outcomes[at] ?? [])),
        inStock: outcomes.map(({ rewardId }) => rewardId === null || inStock.has(rewardId)),
        points,
        money,
      },
      plays: used('', draw.limits, place.draw),
      freePlays: own[place.free] ?? 0,
    };
  });
}

type Sums = { plays: number; points: number; money: number };

/** What is counted of draws in the running periods: by outcome, and as a whole for the empty one. */
async function tally(
  reads: Statements,
  around: Around,
  draws: readonly CompiledDraw[],
): Promise<(drawId: string, outcome: string, per: Period) => Sums> {
  const periods = runningPeriods(around);
  const ids = draws.map(({ draw }) => draw.id);
  const rows = await readTallies(reads, around.catalogue.program.id, ids, Object.values(periods));
  const byName = new Map(rows.map((row) => [`${row.drawId} ${row.outcome} ${row.period}`, row]));
  return (drawId, outcome, per) =>
    byName.get(`${drawId} ${outcome} ${periods[per]}`) ?? { plays: 0, points: 0, money: 0 };
}

/** Asks for what a draw counts of its customer, and gives the places of the answers; −1 where nothing is asked. */
function askFor(
  { compiled: { draw, outcomes }, customerId }: Player,
  { catalogue, now }: Around,
  asked: PlaysKey[],
): { draw: number[]; outcomes: number[][]; free: number } {
  const ask = (of: PlaysKey['of'], per: Period): number => {
    if (customerId === null) return -1;
    const since = limitPeriod({ per }, { program: catalogue.program, now })?.from ?? null;
    return asked.push({ customerId, drawId: draw.id, of, since }) - 1;
  };
  const askLimits = (of: PlaysKey['of'], limits: readonly DrawLimit[]): number[] =>
    limits.map((limit) => (limit.of === 'CUSTOMER' ? ask(of, limit.per) : -1));
  return {
    draw: askLimits('ALL', draw.limits),
    outcomes: outcomes.map(({ outcome }) => askLimits({ outcome: outcome.code }, outcome.limits)),
    free: draw.freePlays === null ? -1 : ask('FREE', draw.freePlays.per),
  };
}

/** Rewards of which a piece can be given now: live, not paused, within their time, with stock and a code where they need one. */
async function findInStock(
  reads: Statements,
  { catalogue, now }: Around,
  draws: readonly CompiledDraw[],
  stockOf: StockOf,
): Promise<Set<string>> {
  const { program, ruleSet } = catalogue;
  const rewards = draws
    .flatMap(({ outcomes }) => outcomes)
    .flatMap(({ rewardId }) => ruleSet.rewards.byId.get(rewardId ?? '') ?? []);
  const pools = rewards.filter(({ reward }) => reward.fulfilment.kind === 'CODE_POOL').map(({ reward }) => reward.id);
  const stocked = pools.length === 0 ? new Set<string>() : await findStocked(reads, program.id, pools);
  const there = rewards.filter((compiled) => {
    const { reward } = compiled;
    return (
      !reward.paused &&
      whyOutOfTime(compiled, now) === null &&
      stockLeft(reward.stock, stockOf(reward.id)) !== 0 &&
      (reward.fulfilment.kind !== 'CODE_POOL' || stocked.has(reward.id))
    );
  });
  return new Set(there.map(({ reward }) => reward.id));
}
