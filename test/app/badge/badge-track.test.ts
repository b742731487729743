import { beforeEach, describe, expect, it } from 'vitest';

import { reverseActivity } from '#app/activity/reverse.ts';
import { trackActivities, trackActivity } from '#app/activity/track.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import type { ActivityReport } from '#domain/activity/activity.ts';
import type { Effect } from '#domain/activity/effect.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import { runExpireBadges } from '#src/jobs/credit-badges.ts';
import { listAwards } from '#storage/badge-award-store.ts';

import { aPurchase, aShop, balanceOf, PURCHASE_RULE, someCustomers } from '../../support/activity.ts';
import { aBadge, type BadgeInput } from '../../support/badge.ts';
import { testDatabase } from '../../support/database.ts';
import { aCommand, testDeps, type TestProgram } from '../../support/program.ts';
import { publishSet } from '../../support/rule-set.ts';
import { aLadder, aTier } from '../../support/tier.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const other = testDeps(url);

let program: TestProgram;
let customer: string;

beforeEach(async () => {
  program = await aShop(deps, { mode: 'TEST', timeZone: 'America/New_York' }, []);
  [customer = ''] = await someCustomers(deps, program, 1);
  await at('2026-03-15T12:00:00Z');
});

const at = (now: string) => setProgramClock(deps, program.scope, aCommand('clock', now), { now: new Date(now) });
const publish = (...badges: BadgeInput[]) => publishSet(deps, program, { badges });
const expectSound = async () => expect(await checkInvariants(deps.reads, program.programId)).toEqual([]);

const awardedIn = (effects: readonly Effect[]) =>
  effects.flatMap((effect) =>
    effect.kind === 'BADGE_AWARDED'
      ? [`${effect.badgeCode} ${effect.level} ${effect.period} ${effect.occurrence}`]
      : [],
  );

async function track(report: ActivityReport): Promise<{ id: string; effects: Effect[]; badges: string[] }> {
  const { activities } = await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
  const [row] = [...activities.values()];
  return { id: row!.id, effects: row!.effects, badges: awardedIn(row!.effects) };
}
const buy = (overrides: Partial<ActivityReport> = {}) => track(aPurchase(customer, overrides));
const visit = () => track(aPurchase(customer, { type: 'visit', properties: {} }));
const of = (amount: string): Partial<ActivityReport> => ({ properties: { amount } });
const on = (occurredAt: string): Partial<ActivityReport> => ({ occurredAt: new Date(occurredAt) });

function reverse(activityId: string, request: Parameters<typeof reverseActivity>[3]['request'] = { kind: 'WHOLE' }) {
  const input = { activityId, messageId: null, request, reason: null, occurredAt: null };
  return reverseActivity(deps, program.scope, aCommand('activityReverse', { activityId }), input);
}

const shelf = async (customerId = customer) =>
  (await listAwards(deps.reads, program.programId, [customerId])).map(
    ({ badgeCode, levelCode, period, occurrence, revokedWhy }) =>
      `${badgeCode} ${levelCode} ${period} ${occurrence}${revokedWhy === null ? '' : ` ${revokedWhy}`}`,
  );

const count = (targets: string[], condition = '') => [
  { kind: 'COUNT' as const, activityType: 'purchase', targets, condition },
];
const levels = ['bronze', 'silver', 'gold'].map((code) => ({ code }));

describe('a badge', () => {
  it('is awarded by the nth activity, once, and tells so with all that it is', async () => {
    await publish(aBadge({ heldFor: { months: 1 } }));
    expect((await buy()).badges).toEqual([]);
    expect((await buy()).badges).toEqual([]);
    const third = await buy(on('2026-03-14T12:00:00Z'));
    expect(third.effects).toEqual([
      {
        kind: 'BADGE_AWARDED',
        awardId: expect.any(String),
        badgeId: expect.any(String),
        badgeCode: 'regular',
        badgeName: 'Regular',
        level: 'earned',
        levelNumber: 1,
        period: 'all',
        occurrence: 1,
        revision: 1,
        currencyId: program.currencyId,
        points: 0,
        uncapped: 0,
        transactionId: null,
        heldUntil: '2026-04-15T04:00:00.000Z',
      },
    ]);
    expect((await buy()).badges).toEqual([]);
    expect(await listAwards(deps.reads, program.programId, [customer])).toMatchObject([
      {
        earnedAt: new Date('2026-03-14T12:00:00Z'),
        activityId: third.id,
        silent: false,
        visible: true,
        revokedAt: null,
      },
    ]);
    await expectSound();
  });

  it('has levels, of which one activity may reach several, and each gives its points', async () => {
    const sum = { kind: 'SUM' as const, activityType: 'purchase', property: 'amount', targets: ['10', '20.5', '100'] };
    await publish(
      aBadge({ levels: [levels[0]!, { ...levels[1]!, points: 7 }, levels[2]!], criteria: [sum], points: 5 }),
    );
    const { badges, effects } = await buy(of('20.5'));
    expect(badges).toEqual(['regular bronze all 1', 'regular silver all 1']);
    expect(effects.map((effect) => ('points' in effect ? effect.points : null))).toEqual([5, 7]);
    expect(await balanceOf(deps, program, customer)).toMatchObject({ available: 12 });
    expect((await buy(of('79.49'))).badges).toEqual([]);
    expect((await buy(of('0.01'))).badges).toEqual(['regular gold all 1']);
    await expectSound();
  });

  it('counts only activities on which its condition holds, local days, and days it counts from and until', async () => {
    await publish(
      aBadge({ code: 'big', criteria: count(['2'], 'activity.properties.amount >= 100.0') }),
      aBadge({ code: 'days', criteria: [{ kind: 'DAYS', activityType: 'purchase', targets: ['2'] }] }),
      aBadge({ code: 'march', criteria: count(['2']), countsFrom: '2026-03-01', countsUntil: '2026-03-11' }),
    );
    expect((await buy({ ...of('100'), ...on('2026-03-11T03:59:59Z') })).badges).toEqual([]);
    // The same local day in New York, where the eleventh begins at four.
    expect((await buy({ ...of('99.99'), ...on('2026-03-10T05:00:00Z') })).badges).toEqual(['march earned all 1']);
    expect((await buy({ ...of('150'), ...on('2026-03-11T04:00:00Z') })).badges).toEqual([
      'big earned all 1',
      'days earned all 1',
    ]);
    await expectSound();
  });

  it('for each so many is awarded at every multiple, and not within its cool-down', async () => {
    await publish(
      aBadge({ code: 'each', repeat: { kind: 'EACH' }, criteria: count(['2']) }),
      aBadge({ code: 'calm', repeat: { kind: 'EACH', coolDownDays: 3 }, criteria: count(['1']) }),
    );
    const days = ['01', '02', '03', '04', '04'];
    const all: string[][] = [];
    for (const day of days) all.push((await buy(on(`2026-03-${day}T15:00:00Z`))).badges);
    expect(all).toEqual([
      ['calm earned all 1'],
      ['each earned all 1'],
      [],
      ['each earned all 2', 'calm earned all 2'],
      [],
    ]);
    await expectSound();
  });

  it('of a period is counted anew and awarded once in each', async () => {
    await publish(aBadge({ repeat: { kind: 'PERIOD', period: 'MONTH' }, criteria: count(['2']) }));
    await buy(on('2026-02-28T12:00:00Z'));
    expect((await buy(on('2026-03-01T05:00:00Z'))).badges).toEqual([]);
    expect((await buy(on('2026-03-01T04:59:59Z'))).badges).toEqual(['regular earned 2026-02 1']);
    expect((await buy())?.badges).toEqual(['regular earned 2026-03 1']);
    expect((await buy()).badges).toEqual([]);
  });

  it('may ask for any or all of a tier, a level, points and other badges, which may come with the same activity', async () => {
    await publishSet(deps, program, {
      earningRules: [PURCHASE_RULE],
      ladders: [aLadder({ code: 'status', tiers: [aTier('basic', '0'), aTier('silver', '50'), aTier('gold', '500')] })],
      levels: [{ code: 'pro', name: 'Pro', points: 60 }],
      badges: [
        aBadge({
          code: 'all_round',
          criteria: [
            { kind: 'BADGE', badge: 'silver' },
            { kind: 'BADGE', badge: 'collector', level: 'silver' },
          ],
        }),
        aBadge({ code: 'silver', criteria: [{ kind: 'TIER', ladder: 'status', tier: 'silver' }] }),
        aBadge({ code: 'pro', criteria: [{ kind: 'LEVEL', level: 'pro' }] }),
        aBadge({
          code: 'collector',
          levels: levels.slice(0, 2),
          criteria: [{ kind: 'POINTS', targets: ['10', '70'] }],
        }),
        aBadge({ code: 'either', match: 'ANY', criteria: [...count(['9']), { kind: 'LEVEL', level: 'pro' }] }),
      ],
    });
    expect((await buy(of('20'))).badges).toEqual(['collector bronze all 1']);
    expect((await buy(of('30'))).badges).toEqual(['silver earned all 1']);
    expect((await buy(of('20'))).badges).toEqual([
      'collector silver all 1',
      'all_round earned all 1',
      'pro earned all 1',
      'either earned all 1',
    ]);
    await expectSound();
  });

  it('gives points that milestones, tiers and other badges count, once', async () => {
    await publishSet(deps, program, {
      ladders: [aLadder({ code: 'status', tiers: [aTier('basic', '0'), aTier('silver', '150')] })],
      milestones: [
        { code: 'hundred', name: 'H', measure: { kind: 'POINTS', currency: null }, thresholds: ['100'], points: 50 },
      ],
      badges: [
        aBadge({ code: 'rich', criteria: [{ kind: 'POINTS', targets: ['150'] }] }),
        aBadge({ code: 'first', criteria: count(['1']), points: 100 }),
      ],
    });
    const { effects } = await buy();
    expect(effects.map(({ kind }) => kind)).toEqual([
      'BADGE_AWARDED',
      'MILESTONE_REACHED',
      'TIER_CHANGED',
      'BADGE_AWARDED',
    ]);
    expect(await balanceOf(deps, program, customer)).toMatchObject({ available: 150 });
    await expectSound();
  });

  it('is given to who is enrolled and in its audience, and later to who comes in, by the next activity', async () => {
    await publish(aBadge({ code: 'known', audience: 'customer.externalId != "guest1"', criteria: count(['1']) }));
    [customer = ''] = await someCustomers(deps, program, 1, 'guest', 'NOT_ENROLLED');
    expect((await buy()).badges).toEqual([]);
    await deps.postgres.query(`update customer set enrolment_state = 'ENROLLED' where id = $1`, [customer]);
    expect((await buy()).badges).toEqual([]);
    await deps.postgres.query(`update customer set external_id = 'host' where id = $1`, [customer]);
    expect((await visit()).badges).toEqual([]);
    expect((await buy()).badges).toEqual(['known earned all 1']);
  });

  it('holds within a batch as over single calls', async () => {
    await publish(
      aBadge({ repeat: { kind: 'EACH' }, criteria: count(['2'], 'activity.properties.amount > 5.0') }),
      aBadge({ code: 'composite', criteria: [{ kind: 'BADGE', badge: 'regular' }] }),
    );
    const items = ['10', '1', '10', '10', '10'].map((amount) => aPurchase(customer, of(amount)));
    const { activities } = await trackActivities(deps.tracking, program.scope, aCommand('batch', items), items);
    expect([...activities.values()].map(({ effects }) => awardedIn(effects))).toEqual([
      [],
      [],
      ['regular earned all 1', 'composite earned all 1'],
      [],
      ['regular earned all 2'],
    ]);
    expect((await buy(of('6'))).badges).toEqual([]);
    expect((await buy(of('6'))).badges).toEqual(['regular earned all 3']);
  });

  it('expires at its own instant, which is written down once, and what asks for it sees it no more', async () => {
    await publish(
      aBadge({ code: 'short', criteria: count(['1']), heldFor: { days: 1 } }),
      aBadge({ code: 'both', criteria: [{ kind: 'BADGE', badge: 'short' }, ...count(['2'])] }),
    );
    expect((await buy()).badges).toEqual(['short earned all 1']);
    await at('2026-03-17T04:00:00Z');
    expect(await runExpireBadges(deps)).toBe(1);
    expect(await runExpireBadges(deps)).toBe(0);
    expect((await buy()).badges).toEqual([]);
    await expectSound();
  });
});

describe('a reversal', () => {
  it('leaves awards, and takes the points of the whole activity that awarded', async () => {
    await publish(aBadge({ criteria: count(['2']), points: 30 }));
    await buy();
    const second = await buy();
    expect(await reverse(second.id)).toMatchObject({ pointsReversed: 30 });
    expect(await shelf()).toEqual(['regular earned all 1']);
    expect((await buy()).badges).toEqual([]);
    await expectSound();
  });

  it('revokes what no longer holds where the badge says so, whichever activity it was, and it can be earned again', async () => {
    await publish(
      aBadge({ code: 'strict', criteria: count(['2'], 'activity.properties.amount > 5.0'), revokeOnReversal: true }),
      aBadge({
        code: 'spent',
        criteria: [{ kind: 'SUM', activityType: 'purchase', property: 'amount', targets: ['20'] }],
        revokeOnReversal: true,
      }),
    );
    const first = await buy(of('10'));
    const second = await buy(of('10'));
    expect(second.badges).toEqual(['strict earned all 1', 'spent earned all 1']);
    await reverse(second.id, { kind: 'AMOUNT', property: 'amount', amount: '1' });
    expect(await shelf()).toEqual(['strict earned all 1', 'spent earned all 1 REVERSAL']);
    await reverse(first.id);
    expect(await shelf()).toEqual(['strict earned all 1 REVERSAL', 'spent earned all 1 REVERSAL']);
    expect((await buy(of('11'))).badges).toEqual(['strict earned all 1', 'spent earned all 1']);
    expect(await shelf()).toHaveLength(4);
    await expectSound();
  });
});

it('two processes that count at once award each badge once, and every one of them', async () => {
  await publish(
    aBadge({ code: 'each', repeat: { kind: 'EACH' }, criteria: count(['5'], 'activity.properties.amount > 1.0') }),
    aBadge({ code: 'forty', criteria: count(['40']) }),
  );
  const customers = await someCustomers(deps, program, 3, 'busy');
  const reports = Array.from({ length: 120 }, (_, index) => aPurchase(customers[index % 3] ?? ''));
  await Promise.all(
    reports.map((report, index) =>
      trackActivity((index % 2 === 0 ? deps : other).tracking, program.scope, aCommand('activityTrack', index), report),
    ),
  );
  const expected = [...Array.from({ length: 8 }, (_, index) => `each earned all ${index + 1}`), 'forty earned all 1'];
  for (const each of customers) expect((await shelf(each)).toSorted()).toEqual(expected);
  await expectSound();
});
