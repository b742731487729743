import { beforeEach, describe, expect, it } from 'vitest';

import { trackActivity } from '#app/activity/track.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import { assignTier } from '#app/tier/assign.ts';
import type { RuleSetInput } from '#domain/rule-set/content.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import { reviewTiers, runReviewTiers } from '#src/jobs/review-tiers.ts';

import { aPurchase, aShop, PURCHASE_RULE, someCustomers } from '../../support/activity.ts';
import { testDatabase } from '../../support/database.ts';
import { aCommand, testDeps, type TestProgram } from '../../support/program.ts';
import { publishSet } from '../../support/rule-set.ts';
import { aLadder, aTier } from '../../support/tier.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const otherProcess = testDeps(url);

let program: TestProgram;
let customers: string[];

beforeEach(async () => {
  program = await aShop(deps, { mode: 'TEST' }, []);
  customers = await someCustomers(deps, program, 3);
  await at('2026-03-01T12:00:00Z');
});

const at = (now: string) => setProgramClock(deps, program.scope, aCommand('clock', now), { now: new Date(now) });
const publish = (set: RuleSetInput, from: string | null = null) =>
  publishSet(deps, program, { earningRules: [PURCHASE_RULE], ...set }, from === null ? null : new Date(from));

async function buy(amount: string, customerId = customers[0]!): Promise<void> {
  const report = aPurchase(customerId, { properties: { amount } });
  await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
}

const history = (customerId = customers[0]) =>
  deps.reads.query<{ step: string }>(
    `select from_at::date || ' ' || coalesce(previous_code, '-') || ' ' || tier_code || ' ' || reason as step from tier_membership
     where program_id = $1 and customer_id = $2 order by from_at, to_at nulls last`,
    [program.programId, customerId],
  );

const steps = async (customerId?: string) => (await history(customerId)).map(({ step }) => step);

const eventsOf = async (type: string) =>
  (
    await deps.reads.query<{ event: Record<string, unknown> }>(
      `select event from outbox, jsonb_array_elements(events::jsonb) as event where program_id = $1 and event ->> 'type' = $2 order by outbox.seq`,
      [program.programId, type],
    )
  ).map(({ event }) => event);

const expectSound = async () => expect(await checkInvariants(deps.reads, program.programId)).toEqual([]);

describe('the review job', () => {
  it('makes up for missed reviews in their order, each dated at its own instant', async () => {
    await publish({ ladders: [aLadder({ downgrade: 'ONE_STEP', graceDays: 15 })] });
    await buy('5000');
    await at('2031-05-01T00:00:00Z');
    expect(await runReviewTiers(deps)).toBeGreaterThan(0);
    expect(await steps()).toEqual([
      '2026-03-01 bronze gold EARNED',
      '2028-01-16 gold silver REVIEWED',
      '2029-01-16 silver bronze REVIEWED',
    ]);
    expect(await runReviewTiers(deps)).toBe(0);
    await expectSound();
  });

  it('does each review once, however many processes run it', async () => {
    await publish({ ladders: [aLadder()] });
    for (const customer of customers) await buy('5000', customer);
    await at('2028-01-01T00:00:00Z');
    await Promise.all([runReviewTiers(deps), runReviewTiers(otherProcess), runReviewTiers(deps)]);
    for (const customer of customers)
      expect(await steps(customer)).toEqual(['2026-03-01 bronze gold EARNED', '2028-01-01 gold bronze REVIEWED']);
    expect(await eventsOf('tier.changed')).toHaveLength(6);
    await expectSound();
  });

  it('goes by each program’s own clock, and leaves others alone', async () => {
    await publish({ ladders: [aLadder()] });
    await buy('1000');
    const mine = program;
    program = await aShop(deps, { mode: 'TEST' }, []);
    await at('2030-01-01T00:00:00Z');
    expect(await reviewTiers(deps, { limit: 100 })).toEqual({ reviewed: 0, failed: 0 });
    program = mine;
    await at('2027-01-01T00:00:00Z');
    await runReviewTiers(deps);
    expect(await steps()).toEqual(['2026-03-01 bronze silver EARNED']);
  });

  it('warns once a period, with what is still required', async () => {
    await publish({ ladders: [aLadder({ warningDays: 30 })] });
    await buy('1200');
    await at('2027-01-01T00:00:00Z');
    await runReviewTiers(deps);
    await buy('150');
    await at('2027-12-01T23:59:59Z');
    await runReviewTiers(deps);
    expect(await eventsOf('tier.at_risk')).toEqual([]);
    await at('2027-12-02T00:00:00Z');
    await runReviewTiers(deps);
    await runReviewTiers(deps);
    expect(await eventsOf('tier.at_risk')).toMatchObject([
      {
        customerId: customers[0],
        ladder: 'status',
        tier: 'silver',
        toTier: 'bronze',
        required: '850',
        endsOn: '2028-01-01',
      },
    ]);
    await buy('850');
    await at('2028-01-01T00:00:00Z');
    await runReviewTiers(deps);
    expect(await steps()).toEqual(['2026-03-01 bronze silver EARNED']);
    expect(await eventsOf('tier.at_risk')).toHaveLength(1);
  });

  it('is done first when an activity comes before the job', async () => {
    await publish({ ladders: [aLadder()] });
    await buy('5000');
    await at('2028-02-01T00:00:00Z');
    await buy('1000');
    expect(await steps()).toEqual([
      '2026-03-01 bronze gold EARNED',
      '2028-01-01 gold bronze REVIEWED',
      '2028-02-01 bronze silver EARNED',
    ]);
    await expectSound();
  });

  it('follows rolling windows day by day', async () => {
    const period = { kind: 'ROLLING' as const, days: 30, months: null };
    await publish({ ladders: [aLadder({ period, tiers: [aTier('silver', '1000')] })] });
    await buy('600');
    await at('2026-03-11T08:00:00Z');
    await buy('400');
    await runReviewTiers(deps);
    expect(await steps()).toEqual(['2026-03-11 - silver EARNED']);
    await at('2026-03-31T23:59:59Z');
    await runReviewTiers(deps);
    expect(await steps()).toHaveLength(1);
    await at('2026-05-01T00:00:00Z');
    await runReviewTiers(deps);
    const [row] = await deps.reads.query<{ until: string }>(
      'select to_at::text as until from tier_membership where program_id = $1',
      [program.programId],
    );
    // 1 March is not among the thirty days before 1 April any more.
    expect(row?.until).toBe('2026-04-01 00:00:00+00');
    await expectSound();
  });
});

describe('periods from joining', () => {
  it('begin with the enrolment, and are counted anew for who joins again', async () => {
    const period = { kind: 'FROM_JOINING' as const, months: 12 };
    await publish({ ladders: [aLadder({ period })] });
    const [customer] = customers;
    await deps.reads.query(
      `insert into enrolment (program_id, id, customer_id, state, from_at, to_at, actor)
       select $1, gen_random_uuid(), $2, state, from_at, to_at, 'test'
       from (values ('ENROLLED', timestamptz '2020-06-15', timestamptz '2022-01-01'), ('LEFT', '2022-01-01', '2024-02-29'),
         ('ENROLLED', '2024-02-29', '2025-01-01'), ('PAUSED', '2025-01-01', '2025-02-01'), ('ENROLLED', '2025-02-01', null)) as e (state, from_at, to_at)`,
      [program.programId, customer],
    );
    await at('2026-03-02T00:00:00Z');
    await buy('1000');
    await at('2027-02-27T23:00:00Z');
    await runReviewTiers(deps);
    await at('2028-02-28T23:59:59Z');
    await runReviewTiers(deps);
    expect(await steps()).toEqual(['2026-03-02 bronze silver EARNED']);
    await at('2028-02-29T00:00:00Z');
    await runReviewTiers(deps);
    expect(await steps()).toEqual(['2026-03-02 bronze silver EARNED', '2028-02-29 silver bronze REVIEWED']);
  });
});

describe('a scheduled revision', () => {
  it('exchanges tiers that it takes out when it takes over, and not before', async () => {
    await publish({ ladders: [aLadder()] });
    await buy('5500');
    const without = {
      ladders: [aLadder({ tiers: [aTier('bronze', '0'), aTier('silver', '1000'), aTier('diamond', '9000')] })],
    };
    await publish(without, '2026-04-01T00:00:00Z');
    await at('2026-03-31T23:59:59Z');
    await runReviewTiers(deps);
    expect(await steps()).toEqual(['2026-03-01 bronze gold EARNED']);
    await at('2026-04-01T00:00:00Z');
    await runReviewTiers(deps);
    expect(await steps()).toEqual(['2026-03-01 bronze gold EARNED', '2026-04-01 gold silver RECALCULATED']);
  });

  it('finds what its ladders count counted from before it was live', async () => {
    await publish({});
    await publish(
      { ladders: [aLadder({ tiers: [aTier('bronze', '0'), aTier('silver', '50')] })] },
      '2026-04-01T00:00:00Z',
    );
    await buy('40');
    await at('2026-04-02T00:00:00Z');
    await buy('10');
    expect(await steps()).toEqual(['2026-04-02 bronze silver EARNED']);
    await expectSound();
  });
});

it('ladders are kept apart: what is given on one does not touch another', async () => {
  await publish({ ladders: [aLadder(), aLadder({ code: 'second' })] });
  const input = {
    customer: { id: customers[0]!, externalId: null },
    ladder: 'second',
    tier: 'gold',
    kind: 'MANUAL' as const,
    until: null,
    reason: 'test',
  };
  await assignTier(deps, program.scope, aCommand('tierAssign', input), input);
  await buy('1000');
  expect(new Set(await steps())).toEqual(new Set(['2026-03-01 bronze silver EARNED', '2026-03-01 bronze gold MANUAL']));
  await expectSound();
});
