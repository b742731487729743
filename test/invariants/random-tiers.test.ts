import { beforeAll, describe, expect, it } from 'vitest';

import { reverseActivity } from '#app/activity/reverse.ts';
import { trackActivities } from '#app/activity/track.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import { assignTier, releaseTier } from '#app/tier/assign.ts';
import { readTiers } from '#app/tier/read.ts';
import { StateConflictError } from '#domain/errors.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import { runReviewTiers } from '#src/jobs/review-tiers.ts';
import { findTierCodes } from '#storage/tier-store.ts';

import { aPurchase, aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, testDeps, type TestProgram } from '../support/program.ts';
import { publishSet } from '../support/rule-set.ts';
import { aLadder, aTier } from '../support/tier.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

const DAY_MS = 86_400_000;
const START = Date.parse('2026-01-10T12:00:00Z');

/** A small generator of its own, so that a failing history comes back by its seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
}

const LADDERS = [
  [
    aLadder({
      warningDays: 5,
      period: { kind: 'CALENDAR', unit: 'MONTH' },
      tiers: [aTier('bronze', '0'), aTier('silver', '100'), aTier('gold', '300')],
    }),
    aLadder({
      code: 'rolling',
      period: { kind: 'ROLLING', days: 20, months: null },
      downgrade: 'ONE_STEP',
      graceDays: 3,
      tiers: [aTier('one', '80'), aTier('two', '200')],
    }),
    aLadder({
      code: 'spend',
      basis: { kind: 'SPEND', activityType: 'purchase', property: 'amount' },
      period: { kind: 'LIFETIME' },
      tiers: [aTier('some', '150.5'), aTier('much', '400')],
    }),
  ],
  [
    aLadder({
      period: { kind: 'CALENDAR', unit: 'QUARTER' },
      graceDays: 10,
      tiers: [aTier('bronze', '0'), aTier('silver', '150'), aTier('platinum', '300')],
    }),
    aLadder({
      code: 'count',
      basis: { kind: 'ACTIVITY_COUNT', activityType: 'purchase' },
      period: { kind: 'FROM_JOINING', months: 1 },
      tiers: [aTier('often', '3')],
    }),
    aLadder({
      code: 'spend',
      basis: { kind: 'SPEND', activityType: 'purchase', property: 'amount' },
      period: { kind: 'LIFETIME' },
      tiers: [aTier('some', '100')],
    }),
  ],
];

async function live(seed: number, program: TestProgram, customers: readonly string[]): Promise<void> {
  const pick = random(seed);
  let now = START;
  const activities: string[] = [];
  const clock = async (): Promise<void> => {
    await setProgramClock(deps, program.scope, aCommand('clock', now), { now: new Date(now) });
  };
  const quietly = async (work: Promise<unknown>): Promise<void> => {
    await work.catch((error: unknown) => {
      if (!(error instanceof StateConflictError)) throw error;
    });
  };
  const someone = (): { id: string; externalId: null } => ({
    id: customers[pick(customers.length)]!,
    externalId: null,
  });
  for (let step = 0; step < 45; step += 1) {
    switch (pick(8)) {
      case 0:
        now += (1 + pick(25)) * DAY_MS;
        await clock();
        break;
      case 1:
        await runReviewTiers(deps);
        break;
      case 2: {
        const activityId = activities.splice(pick(activities.length), 1)[0];
        if (activityId === undefined) break;
        const request =
          pick(2) === 0 ? { kind: 'WHOLE' as const } : { kind: 'AMOUNT' as const, property: 'amount', amount: '7.25' };
        const input = { activityId, messageId: null, request, reason: null, occurredAt: null };
        await quietly(reverseActivity(deps, program.scope, aCommand('activityReverse', step), input));
        break;
      }
      case 3: {
        const until = pick(2) === 0 ? null : new Date(now + (1 + pick(40)) * DAY_MS);
        const input = {
          customer: someone(),
          ladder: 'spend',
          tier: 'some',
          kind: 'MANUAL' as const,
          until,
          reason: 'r',
        };
        await quietly(assignTier(deps, program.scope, aCommand('tierAssign', step), input));
        break;
      }
      case 4:
        await quietly(
          releaseTier(deps, program.scope, aCommand('tierRelease', step), {
            customer: someone(),
            ladder: 'spend',
            reason: 'r',
          }),
        );
        break;
      case 5:
        if (pick(3) === 0)
          await quietly(publishSet(deps, program, { earningRules: [PURCHASE_RULE], ladders: LADDERS[pick(2)]! }));
        break;
      default: {
        const reports = Array.from({ length: 1 + pick(4) }, () =>
          aPurchase(someone().id, {
            occurredAt: new Date(now - pick(40) * pick(2) * DAY_MS),
            properties: { amount: `${10 + pick(120)}.${10 + pick(89)}` },
          }),
        );
        const { items } = await trackActivities(
          deps.tracking,
          program.scope,
          aCommand('activityTrackBatch', step),
          reports,
        );
        for (const item of items) if (item.status === 'TRACKED') activities.push(item.activityId);
      }
    }
  }
  await runReviewTiers(deps);
}

describe.each([1, 2, 3, 4])('a random history of tiers (seed %i)', (seed) => {
  let program: TestProgram;
  let customers: string[];

  beforeAll(async () => {
    program = await aShop(
      deps,
      { mode: 'TEST', timeZone: seed % 2 === 0 ? 'Pacific/Auckland' : 'America/New_York' },
      [],
    );
    customers = await someCustomers(deps, program, 3);
    await setProgramClock(deps, program.scope, aCommand('clock', START), { now: new Date(START) });
    await publishSet(deps, program, { earningRules: [PURCHASE_RULE], ladders: LADDERS[0]! });
    await live(seed, program, customers);
  }, 60_000);

  it('keeps every law, and leaves nothing to review', async () => {
    expect(await checkInvariants(deps.reads, program.programId)).toEqual([]);
    expect(await runReviewTiers(deps)).toBe(0);
  });

  it('shows the same to those who ask for tiers and to rules that go by them', async () => {
    const { ruleSet } = await deps.catalogues.at(deps.reads, program.programId);
    const codes = await findTierCodes(deps.reads, program.programId, customers, ruleSet.ladders);
    const tiers = await readTiers(deps, program.programId, customers);
    for (const customer of customers) {
      const shown = (tiers.get(customer) ?? []).flatMap(({ view, outlook }) => {
        const code = view.compiled.tiers[outlook.place]?.tier.code;
        return code === undefined ? [] : [[view.compiled.ladder.code, code] as const];
      });
      expect(codes.get(customer)).toEqual(Object.fromEntries(shown));
    }
  });

  it('is noticed when any of it is changed behind its back', async () => {
    const [day] = await deps.reads.query('select from tier_day where program_id = $1', [program.programId]);
    expect(day).toBeDefined();
    await expectNoticed('update tier_day set amount = amount + 1', 'tier-days');
    await expectNoticed('delete from tier_day', 'tier-days');
    await expectNoticed("update tier_standing set tier_code = 'else' where tier_code is not null", 'tier-standings');
    await expectNoticed(
      `alter table tier_membership disable trigger tier_membership_append_only;
       update tier_membership set from_at = from_at - interval '9 years', to_at = coalesce(to_at, now()) + interval '1 year'`,
      'tier-intervals',
    );
    await expect(deps.reads.query("update tier_membership set tier_code = 'x'")).rejects.toMatchObject({
      code: '23001',
    });
    await expect(deps.reads.query('delete from tier_membership')).rejects.toMatchObject({ code: '23001' });
  });

  async function expectNoticed(statement: string, law: string): Promise<void> {
    const client = await deps.postgres.connect();
    try {
      await client.query('begin');
      await client.query(statement);
      const reads = {
        query: async <Row>(text: string, values: readonly unknown[] = []) =>
          (await client.query(text, values as unknown[])).rows as Row[],
      };
      expect((await checkInvariants(reads, program.programId)).map(({ check }) => check)).toContain(law);
    } finally {
      await client.query('rollback');
      client.release();
    }
  }
});
