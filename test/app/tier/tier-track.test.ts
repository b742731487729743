import { beforeEach, describe, expect, it } from 'vitest';

import { reverseActivity } from '#app/activity/reverse.ts';
import { trackActivities, trackActivity } from '#app/activity/track.ts';
import { cancelLot } from '#app/ledger/settle-lot.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import type { ActivityReport } from '#domain/activity/activity.ts';
import type { Effect } from '#domain/activity/effect.ts';
import type { RuleSetInput } from '#domain/rule-set/content.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import { runReviewTiers } from '#src/jobs/review-tiers.ts';
import { findTierCodes } from '#storage/tier-store.ts';

import { aPurchase, aShop, PURCHASE_RULE, someCustomers } from '../../support/activity.ts';
import { testDatabase } from '../../support/database.ts';
import { aCommand, testDeps, type TestProgram } from '../../support/program.ts';
import { publishSet } from '../../support/rule-set.ts';
import { aLadder, aTier } from '../../support/tier.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

let program: TestProgram;
let customer: string;

beforeEach(async () => {
  program = await aShop(deps, { mode: 'TEST', timeZone: 'America/New_York' }, []);
  [customer = ''] = await someCustomers(deps, program, 1);
  await at('2026-03-01T12:00:00Z');
});

const at = (now: string) => setProgramClock(deps, program.scope, aCommand('clock', now), { now: new Date(now) });

const publish = (set: RuleSetInput) => publishSet(deps, program, { earningRules: [PURCHASE_RULE], ...set });

async function buy(
  amount: string,
  overrides: Partial<ActivityReport> = {},
): Promise<{ id: string; effects: Effect[] }> {
  const report = aPurchase(customer, { properties: { amount }, ...overrides });
  const { activities } = await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
  const [row] = [...activities.values()];
  return { id: row!.id, effects: row!.effects };
}

const kindsOf = (effects: readonly Effect[]) =>
  effects.map((effect) => (effect.kind === 'TIER_CHANGED' ? `${effect.from}>${effect.to}` : effect.kind));

async function tiers(): Promise<Record<string, string>> {
  const { ruleSet } = await deps.catalogues.at(deps.reads, program.programId);
  return (await findTierCodes(deps.reads, program.programId, [customer], ruleSet.ladders)).get(customer) ?? {};
}

const history = () =>
  deps.reads.query<{ tier: string; from: string; to: string | null; reason: string }>(
    `select tier_code as tier, from_at::text as from, to_at::text as to, reason from tier_membership
     where program_id = $1 order by ladder_code, from_at, to_at nulls last, id`,
    [program.programId],
  );

const eventsOf = async (type: string) =>
  (
    await deps.reads.query<{ event: Record<string, unknown> }>(
      `select event from outbox, jsonb_array_elements(events::jsonb) as event where program_id = $1 and event ->> 'type' = $2 order by outbox.seq`,
      [program.programId, type],
    )
  ).map(({ event }) => event);

const days = () =>
  deps.reads.query<{ measure: string; day: string; amount: string }>(
    `select split_part(measure, ':', 1) as measure, day, trim_scale(amount)::text as amount from tier_day where program_id = $1 order by 1, 2`,
    [program.programId],
  );

const expectSound = async () => expect(await checkInvariants(deps.reads, program.programId)).toEqual([]);

describe('an activity', () => {
  it('raises the tier at once, over several tiers where it reaches so far, and says so in its answer', async () => {
    await publish({ ladders: [aLadder()] });
    expect(await tiers()).toEqual({ status: 'bronze' });
    expect(kindsOf((await buy('999.99')).effects)).toEqual(['POINTS_EARNED']);
    expect(kindsOf((await buy('1')).effects)).toEqual(['POINTS_EARNED', 'bronze>silver']);
    expect(kindsOf((await buy('4000')).effects)).toEqual(['POINTS_EARNED', 'silver>gold']);
    const [other = ''] = await someCustomers(deps, program, 1, 'd');
    const { effects } = await buy('6000', { customerId: other });
    expect(kindsOf(effects)).toEqual(['POINTS_EARNED', 'bronze>gold']);
    expect(await tiers()).toEqual({ status: 'gold' });
    expect((await history()).filter(({ to }) => to === null).map(({ tier }) => tier)).toEqual(['gold', 'gold']);
    expect(await eventsOf('tier.changed')).toMatchObject([
      { from: 'bronze', to: 'silver', reason: 'EARNED', ladder: 'status' },
      { from: 'silver', to: 'gold' },
      { from: 'bronze', to: 'gold', customerId: other },
    ]);
    await expectSound();
  });

  it('is decided by the tier from before it, and the next one by the tier that it brought', async () => {
    const double = { ...PURCHASE_RULE, code: 'gold_bonus', condition: "tier == 'gold'" };
    await publish({ earningRules: [PURCHASE_RULE, double], ladders: [aLadder()] });
    const items = [
      aPurchase(customer, { properties: { amount: '5000' } }),
      aPurchase(customer, { properties: { amount: '10' } }),
    ];
    const { activities } = await trackActivities(
      deps.tracking,
      program.scope,
      aCommand('activityTrackBatch', items),
      items,
    );
    expect([...activities.values()].map(({ effects }) => kindsOf(effects))).toEqual([
      ['POINTS_EARNED', 'bronze>gold'],
      ['POINTS_EARNED', 'POINTS_EARNED'],
    ]);
  });

  it('may be decided by the tier of any ladder', async () => {
    const second = aLadder({ code: 'vip', tiers: [aTier('member', '10')] });
    const bonus = { ...PURCHASE_RULE, code: 'vip_bonus', condition: "'vip' in tiers && tiers.vip == 'member'" };
    await publish({ earningRules: [PURCHASE_RULE, bonus], ladders: [aLadder(), second] });
    expect(kindsOf((await buy('10')).effects)).toEqual(['POINTS_EARNED', 'null>member']);
    expect(kindsOf((await buy('10')).effects)).toEqual(['POINTS_EARNED', 'POINTS_EARNED']);
  });

  it('counts in the period of its own local day, and a late one for the period that it belongs to', async () => {
    await publish({ ladders: [aLadder()] });
    await buy('600', { occurredAt: new Date('2026-01-01T04:59:59Z') });
    expect(kindsOf((await buy('500')).effects)).toEqual(['POINTS_EARNED']);
    const { effects } = await buy('400', { occurredAt: new Date('2025-12-31T12:00:00Z') });
    expect(kindsOf(effects)).toEqual(['POINTS_EARNED', 'bronze>silver']);
    await runReviewTiers(deps);
    // Reached in 2025, it is reviewed when 2026 is over.
    expect(await tiers()).toEqual({ status: 'silver' });
    await at('2027-01-01T05:00:00Z');
    await runReviewTiers(deps);
    expect(await tiers()).toEqual({ status: 'bronze' });
    expect((await history()).map(({ tier, from, reason }) => [tier, from, reason])).toEqual([
      ['silver', '2025-12-31 12:00:00+00', 'EARNED'],
      ['bronze', '2027-01-01 05:00:00+00', 'REVIEWED'],
    ]);
    await expectSound();
  });

  it('counts by spend and by number, on several ladders at once', async () => {
    await publish({
      ladders: [
        aLadder(),
        aLadder({
          code: 'spender',
          basis: { kind: 'SPEND', activityType: 'purchase', property: 'amount' },
          tiers: [aTier('big', '99.5')],
        }),
        aLadder({
          code: 'regular',
          basis: { kind: 'ACTIVITY_COUNT', activityType: 'purchase' },
          period: { kind: 'ROLLING', days: 10, months: null },
          tiers: [aTier('often', '2')],
        }),
      ],
    });
    expect(kindsOf((await buy('99.49')).effects)).toEqual(['POINTS_EARNED']);
    expect(kindsOf((await buy('0.01')).effects)).toEqual(['null>big', 'null>often']);
    expect(await tiers()).toEqual({ status: 'bronze', spender: 'big', regular: 'often' });
    await expectSound();
  });

  it('of somebody who is not enrolled counts, and gives no tier', async () => {
    await publish({
      ladders: [aLadder({ basis: { kind: 'ACTIVITY_COUNT', activityType: 'purchase' }, tiers: [aTier('one', '1')] })],
    });
    [customer = ''] = await someCustomers(deps, program, 1, 'guest', 'NOT_ENROLLED');
    expect(kindsOf((await buy('10')).effects)).toEqual([]);
    expect(await tiers()).toEqual({});
    expect(await days()).toEqual([{ measure: 'count', day: '2026-03-01', amount: '1' }]);
  });

  it('reaches levels by the points of a lifetime', async () => {
    await publish({
      levels: [
        { code: 'rookie', name: 'Rookie', points: 0 },
        { code: 'pro', name: 'Pro', points: 100 },
        { code: 'star', name: 'Star', points: 300 },
      ],
    });
    expect((await buy('99')).effects.map(({ kind }) => kind)).toEqual(['POINTS_EARNED']);
    expect((await buy('300')).effects.at(-1)).toEqual({
      kind: 'LEVEL_REACHED',
      from: 1,
      to: 3,
      code: 'star',
      name: 'Star',
    });
  });
});

describe('what is taken back', () => {
  it('reduces the day on which it had counted, and costs the tier at the review', async () => {
    await publish({ ladders: [aLadder()] });
    await buy('400', { occurredAt: new Date('2026-02-01T12:00:00Z') });
    const { id } = await buy('700', { occurredAt: new Date('2026-02-10T12:00:00Z') });
    expect(await tiers()).toEqual({ status: 'silver' });
    const input = { activityId: id, messageId: null, reason: null, occurredAt: null };
    await reverseActivity(deps, program.scope, aCommand('activityReverse', 1), {
      ...input,
      request: { kind: 'AMOUNT', property: 'amount', amount: '200.50' },
    });
    expect(await days()).toEqual([
      { measure: 'points', day: '2026-02-01', amount: '400' },
      { measure: 'points', day: '2026-02-10', amount: '499' },
    ]);
    expect(await tiers()).toEqual({ status: 'silver' });
    await reverseActivity(deps, program.scope, aCommand('activityReverse', 2), {
      ...input,
      request: { kind: 'WHOLE' },
    });
    expect(await days()).toEqual([{ measure: 'points', day: '2026-02-01', amount: '400' }]);
    await expectSound();
    await at('2027-01-01T05:00:00Z');
    await runReviewTiers(deps);
    expect(await tiers()).toEqual({ status: 'bronze' });
  });

  it('of pending points counts no more once they are cancelled, and only once', async () => {
    const waiting = { ...PURCHASE_RULE, pending: { kind: 'UNTIL_RELEASED' as const } };
    await publish({ earningRules: [waiting], ladders: [aLadder()] });
    const { id } = await buy('500');
    const [lot] = await deps.reads.query<{ id: string }>('select id from lot where program_id = $1', [
      program.programId,
    ]);
    await cancelLot(deps, program.scope, aCommand('lotCancel', 1), {
      lotId: lot!.id,
      reason: null,
      adjustmentMax: null,
    });
    expect(await days()).toEqual([]);
    await reverseActivity(deps, program.scope, aCommand('activityReverse', 3), {
      activityId: id,
      messageId: null,
      reason: null,
      occurredAt: null,
      request: { kind: 'WHOLE' },
    });
    expect(await days()).toEqual([]);
    await expectSound();
  });

  it('decides what a rule by tier keeps by the tier that the customer had then', async () => {
    const double = {
      ...PURCHASE_RULE,
      code: 'by_tier',
      award: {
        kind: 'EXPRESSION' as const,
        expression: "tier == 'gold' ? activity.properties.amount * 2.0 : activity.properties.amount",
        rounding: 'FLOOR' as const,
      },
    };
    await publish({ earningRules: [double], ladders: [aLadder()] });
    const { id } = await buy('5000');
    expect(await tiers()).toEqual({ status: 'gold' });
    const { pointsReversed } = await reverseActivity(deps, program.scope, aCommand('activityReverse', 4), {
      activityId: id,
      messageId: null,
      reason: null,
      occurredAt: null,
      request: { kind: 'AMOUNT', property: 'amount', amount: '1000' },
    });
    expect(pointsReversed).toBe(1000);
  });
});

describe('a published ladder', () => {
  it('stands as if it had always been there, and gives tiers from the next activity on', async () => {
    await publish({});
    await buy('300', { occurredAt: new Date('2026-01-15T12:00:00Z') });
    await buy('800', { occurredAt: new Date('2026-02-15T12:00:00Z') });
    await publish({ ladders: [aLadder()] });
    expect(await days()).toEqual([
      { measure: 'points', day: '2026-01-15', amount: '300' },
      { measure: 'points', day: '2026-02-15', amount: '800' },
    ]);
    await expectSound();
    expect(await tiers()).toEqual({ status: 'bronze' });
    expect(kindsOf((await buy('1')).effects)).toEqual(['POINTS_EARNED', 'bronze>silver']);
  });

  it('with higher thresholds takes nothing before the review, and with lower ones gives at the next activity', async () => {
    await publish({ ladders: [aLadder()] });
    await buy('1000');
    await publish({
      ladders: [aLadder({ tiers: [aTier('bronze', '0'), aTier('silver', '2000'), aTier('gold', '5000')] })],
    });
    await runReviewTiers(deps);
    expect(await tiers()).toEqual({ status: 'silver' });
    await publish({
      ladders: [aLadder({ tiers: [aTier('bronze', '0'), aTier('silver', '500'), aTier('gold', '1000')] })],
    });
    await runReviewTiers(deps);
    expect(await tiers()).toEqual({ status: 'silver' });
    expect(kindsOf((await buy('1')).effects)).toEqual(['POINTS_EARNED', 'silver>gold']);
  });

  it('without a tier that customers have exchanges it for what they deserve', async () => {
    await publish({ ladders: [aLadder()] });
    await buy('5500');
    await publish({
      ladders: [aLadder({ tiers: [aTier('bronze', '0'), aTier('silver', '1000'), aTier('platinum', '9000')] })],
    });
    await runReviewTiers(deps);
    expect(await tiers()).toEqual({ status: 'silver' });
    expect((await history()).map(({ tier, reason }) => [tier, reason])).toEqual([
      ['gold', 'EARNED'],
      ['silver', 'RECALCULATED'],
    ]);
  });
});
