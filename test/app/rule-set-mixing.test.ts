import { afterAll, expect, test } from 'vitest';

import { trackActivities } from '#app/activity/track.ts';
import { createPointCurrency } from '#app/point-currency/create.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, testDeps } from '../support/program.ts';
import { fixed, publishSet } from '../support/rule-set.ts';

const { url } = await testDatabase();
/** Both processes have the same clock, which the test moves on. */
let ahead = 0;
const clock = (): Date => new Date(Date.now() + ahead);
const processes = [testDeps(url, { clock }), testDeps(url, { clock })] as const;
const [deps] = processes;

afterAll(async () => expect(await checkInvariants(deps.reads)).toEqual([]));

/** Two rules in two currencies whose points name the revision. */
const rulesOf = (revision: number) => [
  fixed(revision, { code: 'first' }),
  fixed(1_000 + revision, { code: 'second', currency: 'stars' }),
];

type Row = { recorded: Date; revision: number; named: number[]; points: number[] };

test('publishing in the middle of parallel batches never mixes two revisions in one decision', async () => {
  const shop = await aShop(deps, {}, []);
  const stars = {
    code: 'stars',
    name: 'Stars',
    kind: 'SPENDABLE' as const,
    isDefault: false,
    balanceCap: null,
    expiry: null,
    expiryNoticeDays: [],
  };
  await createPointCurrency(deps, shop.scope, aCommand('pointCurrencyCreate', stars), stars);
  const customers = await someCustomers(deps, shop, 20);
  await publishSet(deps, shop, { earningRules: rulesOf(1) });
  const publishing = new AbortController();
  const track = async (index: number): Promise<void> => {
    while (!publishing.signal.aborted) {
      const items = Array.from({ length: 12 }, (_, item) => aPurchase(customers[(item * 7 + index) % 20]!));
      await trackActivities(
        processes[index % 2]!.tracking,
        shop.scope,
        aCommand('activityTrackBatch', Math.random()),
        items,
      );
    }
  };
  const tracking = [0, 1, 2, 3].map(track);
  const starts = new Map<number, Date>();
  try {
    for (let revision = 2; revision <= 7; revision += 1) {
      const at = revision % 2 === 0 ? null : new Date(clock().getTime() + 20_000);
      await publishSet(processes[revision % 2]!, shop, { earningRules: rulesOf(revision) }, at);
      if (at === null) continue;
      starts.set(revision, at);
      // To a moment before its start, and then the clock runs over it while batches are decided.
      ahead = at.getTime() - 300 - Date.now();
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
  } finally {
    publishing.abort();
  }
  await Promise.all(tracking);

  const rows = await deps.reads.query<Row>(
    `select a.recorded_at as recorded, a.rule_revision as revision, array_agg(t.rule_revision order by t.amount) as named,
       array_agg(t.amount::int order by t.amount) as points
     from activity a join ledger_transaction t on t.program_id = a.program_id and t.activity_id = a.id
     where a.program_id = $1 group by a.id, a.recorded_at, a.rule_revision`,
    [shop.programId],
  );
  expect(new Set(rows.map(({ revision }) => revision)).size).toBeGreaterThan(3);
  for (const { recorded, revision, named, points } of rows) {
    expect(named).toEqual([revision, revision]);
    expect(points).toEqual([revision, 1_000 + revision]);
    const startsAt = starts.get(revision);
    if (startsAt !== undefined) expect(recorded.getTime()).toBeGreaterThanOrEqual(startsAt.getTime());
    for (const [scheduled, start] of starts)
      if (scheduled > revision) expect(recorded.getTime()).toBeLessThan(start.getTime());
  }
}, 60_000);
