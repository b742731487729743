import fc from 'fast-check';
import { expect, it } from 'vitest';

import { reverseActivity } from '#app/activity/reverse.ts';
import { trackActivities } from '#app/activity/track.ts';
import type { LeaderboardDefinition } from '#domain/leaderboard/definition.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, type TestBoard } from '../support/leaderboard.ts';
import { aCommand, testDeps, type TestProgram } from '../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

/** One board of every metric, over every period, in both directions. */
const DEFINITIONS: Partial<LeaderboardDefinition>[] = [
  { metric: 'POINTS_EARNED', period: 'WEEK' },
  { metric: 'ACTIVITY_COUNT', activityType: 'purchase', period: 'DAY', direction: 'ASCENDING' },
  { metric: 'PROPERTY_SUM', activityType: 'purchase', property: 'amount', scoreDecimals: 1, period: 'MONTH' },
  { metric: 'PROPERTY_BEST', activityType: 'purchase', property: 'amount', scoreDecimals: 2, period: 'DAY' },
  { metric: 'PROPERTY_BEST', activityType: 'purchase', property: 'quantity', direction: 'ASCENDING' },
  { metric: 'PROPERTY_LAST', activityType: 'purchase', property: 'amount', scoreDecimals: 2, subProperty: 'quantity' },
  { metric: 'PROPERTY_LAST', activityType: 'purchase', property: 'quantity', direction: 'ASCENDING', period: 'WEEK' },
  {
    metric: 'PROPERTY_BEST',
    activityType: 'purchase',
    property: 'quantity',
    subProperty: 'amount',
    subScoreDecimals: 2,
  },
  { metric: 'PROPERTY_SUM', activityType: 'purchase', property: 'quantity', subProperty: 'amount', period: 'DAY' },
  { metric: 'ACTIVITY_COUNT', activityType: 'purchase', subProperty: 'amount', subScoreDecimals: 1 },
  {
    metric: 'PROPERTY_SUM',
    activityType: 'purchase',
    property: 'amount',
    scoreDecimals: 1,
    scoreMin: '0.05',
    scoreMax: '11',
  },
  { metric: 'PROPERTY_BEST', activityType: 'purchase', property: 'quantity', scoreMax: '1' },
  { metric: 'POINTS_EARNED', scoreMin: '2', scoreMax: '20' },
];

type Entry = {
  key: string;
  customer: string;
  score: number;
  sub: number;
  reached: Date;
  starts: string | null;
  ends: string | null;
};

async function entriesOf(program: TestProgram, board: TestBoard): Promise<Entry[]> {
  return deps.reads.query<Entry>(
    `select s.key, e.customer_id as customer, e.score, e.sub_score as sub, e.reached_at as reached, s.starts_on as starts, s.ends_on as ends
     from leaderboard_entry e join season s on s.program_id = e.program_id and s.id = e.season_id
     where e.program_id = $1 and s.leaderboard_id = $2 and e.score is not null order by s.key, e.customer_id`,
    [program.programId, board.id],
  );
}

const purchase = fc.record({
  customer: fc.nat(2),
  amount: fc.constantFrom('0', '0.04', '0.05', '1.25', '10.5', '10.50', '33.333333333'),
  quantity: fc.option(fc.integer({ min: -2, max: 2 })),
  /** Quarter hours from a Sunday evening in New York, back over some weeks. */
  quarters: fc.nat(4 * 24 * 40),
});
const reversal = fc.record({ of: fc.nat(), part: fc.option(fc.constantFrom('0.01', '0.3', '1')) });

async function live(
  program: TestProgram,
  customers: string[],
  purchases: readonly Purchase[],
  reversals: readonly Reversal[],
): Promise<void> {
  const end = Date.UTC(2026, 2, 9, 4, 0);
  const reports = purchases.map(({ customer, amount, quantity, quarters }) =>
    aPurchase(customers[customer]!, {
      occurredAt: new Date(end - quarters * 900_000),
      properties: quantity === null ? { amount } : { amount, quantity },
    }),
  );
  const { items } = await trackActivities(
    deps.tracking,
    program.scope,
    aCommand('activityTrackBatch', reports),
    reports,
  );
  for (const { of, part } of reversals) {
    const item = items[of % items.length];
    if (item?.status !== 'TRACKED') throw new Error('a purchase was not tracked');
    const request =
      part === null ? ({ kind: 'WHOLE' } as const) : ({ kind: 'AMOUNT', property: 'amount', amount: part } as const);
    const input = { activityId: item.activityId, messageId: null, request, reason: null, occurredAt: null };
    // Refused when it was reversed before, or when less is left.
    await reverseActivity(deps, program.scope, aCommand('activityReverse', input), input).catch(() => undefined);
  }
}

type Purchase = { customer: number; amount: string; quantity: number | null; quarters: number };
type Reversal = { of: number; part: string | null };

it('fills a board made later with what one that was always there shows, over random histories', async () => {
  let entries = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(purchase, { minLength: 1, maxLength: 25 }),
      fc.array(reversal, { maxLength: 8 }),
      async (purchases, reversals) => {
        const program = await aShop(deps, { timeZone: 'America/New_York' });
        const customers = await someCustomers(deps, program, 3);
        const always = [];
        for (const definition of DEFINITIONS) always.push(await aLeaderboard(deps, program, definition));
        const half = Math.floor(purchases.length / 2);
        await live(program, customers, purchases.slice(half), reversals);
        if (half > 0) await live(program, customers, purchases.slice(0, half), reversals);
        for (const [index, definition] of DEFINITIONS.entries()) {
          const later = await aLeaderboard(deps, program, definition);
          const expected = await entriesOf(program, always[index]!);
          expect(await entriesOf(program, later)).toEqual(expected);
          entries += expected.length;
        }
      },
    ),
    { numRuns: 12 },
  );
  expect(entries).toBeGreaterThan(100);
});

it('misses and doubles nothing while activities stream in', async () => {
  const program = await aShop(deps);
  const customers = await someCustomers(deps, program, 5);
  const always = await aLeaderboard(deps, program);
  const stopping = new AbortController();
  const writers = customers.map(async (customerId) => {
    while (!stopping.signal.aborted) {
      const reports = [aPurchase(customerId), aPurchase(customers[0]!)];
      await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', reports), reports);
    }
  });
  const boards: TestBoard[] = [];
  for (let round = 0; round < 8; round += 1) boards.push(await aLeaderboard(deps, program));
  stopping.abort();
  await Promise.all(writers);
  const expected = await entriesOf(program, always);
  expect(expected).toHaveLength(5);
  for (const board of boards) expect(await entriesOf(program, board)).toEqual(expected);
});
