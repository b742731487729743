import { beforeEach, describe, expect, it } from 'vitest';

import { reverseActivity } from '#app/activity/reverse.ts';
import { trackActivities, trackActivity } from '#app/activity/track.ts';
import { claimChallengePrize } from '#app/challenge/claim.ts';
import { joinChallenge } from '#app/challenge/join.ts';
import { readChallenges } from '#app/challenge/read.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import { createTeam } from '#app/team/create.ts';
import { joinTeam } from '#app/team/join.ts';
import type { ActivityReport } from '#domain/activity/activity.ts';
import type { ChallengeProgressed, Effect } from '#domain/activity/effect.ts';
import type { ItemInput } from '#domain/rule-set/content.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import { settleChallenges } from '#src/jobs/settle-challenges.ts';

import { aPurchase, aShop, balanceOf, PURCHASE_RULE, someCustomers } from '../../support/activity.ts';
import { aChallenge, aStep } from '../../support/challenge.ts';
import { testDatabase } from '../../support/database.ts';
import { aCommand, testDeps, type TestProgram } from '../../support/program.ts';
import { publishSet } from '../../support/rule-set.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const other = testDeps(url);

let program: TestProgram;
let customers: string[];
let customer: string;

beforeEach(async () => {
  program = await aShop(deps, { mode: 'TEST', timeZone: 'America/New_York' }, []);
  customers = await someCustomers(deps, program, 4);
  [customer = ''] = customers;
  await at('2026-03-15T12:00:00Z');
});

const at = (now: string) => setProgramClock(deps, program.scope, aCommand('clock', now), { now: new Date(now) });
const publish = (...challenges: ItemInput<'challenges'>[]) => publishSet(deps, program, { challenges });
const expectSound = async () => expect(await checkInvariants(deps.reads, program.programId)).toEqual([]);

const progressIn = (effects: readonly Effect[]): ChallengeProgressed[] =>
  effects.filter((effect) => effect.kind === 'CHALLENGE_PROGRESSED');

async function buy(overrides: Partial<ActivityReport> = {}, who = customer) {
  const report = aPurchase(who, overrides);
  const { activities } = await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
  const [row] = [...activities.values()];
  const [progress] = progressIn(row!.effects);
  return { id: row!.id, effects: row!.effects, progress: progress ?? null };
}

const totals = (progress: ChallengeProgressed | null) =>
  progress?.steps.map(({ step, total }) => `${step} ${total}`) ?? [];

function reverse(activityId: string) {
  const input = { activityId, messageId: null, request: { kind: 'WHOLE' as const }, reason: null, occurredAt: null };
  return reverseActivity(deps, program.scope, aCommand('activityReverse', { activityId }), input);
}

const points = async (who = customer) => (await balanceOf(deps, program, who)).available;

async function standing(who = customer) {
  await deps.catalogues.at(deps.reads, program.programId);
  return (await readChallenges(deps, program.programId, [who])).get(who) ?? [];
}
const runs = async (who = customer) =>
  (await standing(who)).map(
    ({ run, period, completions }) => `${period} ${run?.number ?? 0} ${run?.state ?? '-'} ${completions}`,
  );

describe('a personal challenge', () => {
  it('is completed by the activity that completes its last step, once, and gives its prize with it', async () => {
    await publish(aChallenge());
    expect(totals((await buy()).progress)).toEqual(['buy 1']);
    expect((await buy()).progress).toMatchObject({ isCompleted: false, prize: null });
    expect((await buy()).progress).toMatchObject({ isCompleted: true, prize: { points: 100, claimUntil: null } });
    expect(await points()).toBe(100);
    expect((await buy()).progress).toBeNull();
    expect(await points()).toBe(100);
    expect(await runs()).toEqual(['all 1 COMPLETED 1']);
    await expectSound();
  });

  it('counts within a batch as one by one', async () => {
    await publish(aChallenge({ repeat: 'ON_COMPLETION' }));
    const reports = Array.from({ length: 8 }, () => aPurchase(customer));
    await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', {}), reports);
    expect(await points()).toBe(200);
    expect(await runs()).toEqual(['all 3 RUNNING 2']);
    await expectSound();
  });

  it('is completed once by two processes that count at once', async () => {
    await publish(aChallenge({ steps: [aStep('buy', '20')] }));
    const once = (process: typeof deps) => {
      const report = aPurchase(customer);
      return trackActivity(process.tracking, program.scope, aCommand('activityTrack', report), report);
    };
    await Promise.all(Array.from({ length: 30 }, (_, index) => once(index % 2 === 0 ? deps : other)));
    expect(await points()).toBe(100);
    expect(await runs()).toEqual(['all 1 COMPLETED 1']);
    await expectSound();
  });

  it('counts what its condition, its audience and its window let in', async () => {
    await publish(
      aChallenge({
        steps: [aStep('big', '1', { condition: 'activity.properties.amount >= 100.0' })],
        audience: 'customer.externalId == "c1"',
        validFrom: '2026-03-10T00:00:00Z',
        validUntil: '2026-03-20T00:00:00Z',
      }),
    );
    const big = { properties: { amount: '100' } };
    expect((await buy()).progress).toBeNull();
    expect((await buy({ ...big, occurredAt: new Date('2026-03-09T23:59:59Z') })).progress).toBeNull();
    expect((await buy(big, customers[1])).progress).toBeNull();
    expect((await buy({ ...big, occurredAt: new Date('2026-03-10T00:00:00Z') })).progress?.isCompleted).toBe(true);
  });

  it('that waits for another begins to count with the activity after the one that completes it', async () => {
    await publish(
      aChallenge({ code: 'first', steps: [aStep('buy', '1')] }),
      aChallenge({ code: 'second', steps: [aStep('buy', '1')], requires: ['first'] }),
    );
    const { effects } = await buy();
    expect(progressIn(effects).map(({ challengeCode }) => challengeCode)).toEqual(['first']);
    const later = await buy();
    expect(progressIn(later.effects).map(({ challengeCode }) => challengeCode)).toEqual(['second']);
  });

  it('of calendar periods counts late activities for their own period, and awards each once', async () => {
    await publish(aChallenge({ repeat: 'MONTH', steps: [aStep('buy', '2')] }));
    const february = { occurredAt: new Date('2026-02-10T12:00:00Z') };
    await buy();
    await buy(february);
    expect((await buy(february)).progress).toMatchObject({ period: '2026-02', isCompleted: true });
    expect((await buy(february)).progress).toBeNull();
    expect((await buy()).progress).toMatchObject({ period: '2026-03', isCompleted: true });
    expect(await points()).toBe(200);
  });

  it('that must be joined counts from then on, runs out of time, and is joined again', async () => {
    await publish(aChallenge({ mustJoin: true, withinDays: 1, steps: [aStep('buy', '2')] }));
    const join = () =>
      joinChallenge(deps, program.scope, aCommand('challengeJoin', {}), {
        customer: { id: customer, externalId: null },
        challengeCode: 'shopper',
      });
    expect((await buy()).progress).toBeNull();
    expect((await standing())[0]).toMatchObject({ canJoin: true, run: null });
    await join();
    await expect(join()).rejects.toMatchObject({ state: 'JOINED' });
    expect(totals((await buy()).progress)).toEqual(['buy 1']);
    expect((await buy({ occurredAt: new Date('2026-03-15T11:00:00Z') })).progress).toBeNull();
    await at('2026-03-17T04:00:00Z');
    expect(await runs()).toEqual(['all 1 EXPIRED 0']);
    expect((await buy()).progress).toBeNull();
    await join();
    expect(await runs()).toEqual(['all 2 RUNNING 0']);
  });

  it('lets nobody join who could not take part', async () => {
    await publish(aChallenge({ mustJoin: true, validFrom: '2026-04-01T00:00:00Z' }), aChallenge({ code: 'open' }));
    const join = (challengeCode: string, id: string | null = customer) =>
      joinChallenge(deps, program.scope, aCommand('challengeJoin', {}), {
        customer: { id, externalId: null },
        challengeCode,
      });
    await expect(join('shopper')).rejects.toMatchObject({ code: 'STATE_CONFLICT', state: 'NOT_YET' });
    await expect(join('open')).rejects.toMatchObject({ code: 'STATE_CONFLICT', state: 'OPEN' });
    await expect(join('nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(join('shopper', null)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await at('2026-04-01T00:00:00Z');
    const [stranger] = await someCustomers(deps, program, 1, 'left', 'LEFT');
    await expect(join('shopper', stranger)).rejects.toMatchObject({ state: 'NOT_ENROLLED' });
  });
});

describe('a prize that is claimed', () => {
  const claim = (prizeId: string, ownerId: string | null = null) =>
    claimChallengePrize(deps, program.scope, aCommand('challengePrizeClaim', { prizeId }), { prizeId, ownerId });

  beforeEach(() => publish(aChallenge({ steps: [aStep('buy', '1')], prize: { points: 100, claimDays: 2 } })));

  const prizeOf = async () => {
    const [progress] = await standing();
    if (progress === undefined || progress.prize === null) throw new Error('there is no prize');
    return progress.prize;
  };

  it('waits, is given once to its owner, and is an adjustment', async () => {
    await buy();
    expect(await points()).toBe(0);
    const prize = await prizeOf();
    await expect(claim(prize.id, customers[1])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const claims = await Promise.allSettled([claim(prize.id), claim(prize.id), claim(prize.id, customer)]);
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await points()).toBe(100);
    const [row] = await deps.reads.query<{ kind: string }>(
      'select kind from ledger_transaction where program_id = $1 and customer_id = $2',
      [program.programId, customer],
    );
    expect(row?.kind).toBe('ADJUST');
    await expectSound();
  });

  it('is lost at the end of the local day so many days later', async () => {
    await buy();
    const prize = await prizeOf();
    expect(prize.claimUntil?.toISOString()).toBe('2026-03-18T04:00:00.000Z');
    await at('2026-03-18T04:00:00Z');
    await expect(claim(prize.id)).rejects.toMatchObject({ code: 'STATE_CONFLICT', state: 'EXPIRED' });
    expect(await points()).toBe(0);
  });

  it('goes with the activity that had won it, unless it was claimed before', async () => {
    const first = await buy();
    await reverse(first.id);
    expect((await standing())[0]).toMatchObject({ prize: null, run: { state: 'RUNNING' } });
    const second = await buy();
    const prize = await prizeOf();
    await claim(prize.id);
    await reverse(second.id);
    expect(await points()).toBe(100);
    expect(await runs()).toEqual(['all 1 COMPLETED 1']);
  });
});

describe('a reversal', () => {
  it('takes back what the activity counted, and never more than once', async () => {
    await publish(
      aChallenge({
        steps: [aStep('spend', '100', { measure: { kind: 'SUM', activityType: 'purchase', property: 'amount' } })],
      }),
    );
    const first = await buy({ properties: { amount: '60' } });
    await buy({ properties: { amount: '30' } });
    await reverse(first.id);
    const [progress] = await standing();
    expect(progress?.run?.amounts.get('spend')?.toFixed()).toBe('30');
    await expect(reverse(first.id)).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
  });

  it('of the activity that completed it takes its points and opens it again', async () => {
    await publish(aChallenge({ steps: [aStep('buy', '2')] }));
    await buy();
    const last = await buy();
    expect(await points()).toBe(100);
    await reverse(last.id);
    expect(await points()).toBe(0);
    expect(await runs()).toEqual(['all 1 RUNNING 0']);
    expect((await buy()).progress?.isCompleted).toBe(true);
    expect(await points()).toBe(100);
    await expectSound();
  });

  it('of what completed it opens it with what still stands, and not with what was reversed meanwhile', async () => {
    await publish(aChallenge({ steps: [aStep('buy', '3')] }));
    const first = await buy();
    await buy();
    const last = await buy();
    await reverse(first.id);
    expect(await runs()).toEqual(['all 1 COMPLETED 1']);
    await reverse(last.id);
    const [progress] = await standing();
    expect(progress?.run).toMatchObject({ state: 'RUNNING' });
    expect(progress?.run?.amounts.get('buy')?.toFixed()).toBe('1');
    await expectSound();
  });

  it('of what completed an earlier run revokes that one, and leaves the running one as it is', async () => {
    await publish(aChallenge({ repeat: 'ON_COMPLETION', steps: [aStep('buy', '1')] }));
    const first = await buy();
    await buy();
    await reverse(first.id);
    expect(await points()).toBe(100);
    expect(await runs()).toEqual(['all 2 COMPLETED 1']);
  });
});

describe('a shared goal', () => {
  const contributorsOf = async (who: string) => (await standing(who))[0]?.contribution ?? null;

  it('of the community is reached together, and gives contributors and bystanders their prizes once', async () => {
    await publish(
      aChallenge({
        goal: 'COMMUNITY',
        steps: [aStep('buy', '4')],
        prize: { points: 50, bystanderPoints: 5 },
        contributorMinimum: 2,
      }),
    );
    const [a = '', b = '', c = '', d = ''] = customers;
    for (const who of [a, a, b]) await buy({}, who);
    expect(await contributorsOf(a)).toMatchObject({ activities: 2, contributors: 2 });
    const { progress } = await buy({}, c);
    expect(progress).toMatchObject({ isCompleted: true, goal: 'COMMUNITY', prize: null });
    expect(await points(a)).toBe(0);
    await Promise.all([settleChallenges(deps), settleChallenges(other)]);
    await settleChallenges(deps);
    expect(await Promise.all([a, b, c, d].map((who) => points(who)))).toEqual([50, 5, 5, 5]);
    expect((await buy({}, a)).progress).toBeNull();
    await expectSound();
  });

  it('counts every contribution of two processes that count at once, and is reached by exactly one', async () => {
    await publish(aChallenge({ goal: 'COMMUNITY', steps: [aStep('buy', '20')], repeat: 'ON_COMPLETION' }));
    const results = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const process = index % 2 === 0 ? deps : other;
        const report = aPurchase(customers[index % 4]!);
        const { activities } = await trackActivity(
          process.tracking,
          program.scope,
          aCommand('activityTrack', report),
          report,
        );
        const own = [...activities.values()].find(({ messageId }) => messageId === report.messageId);
        return progressIn(own!.effects);
      }),
    );
    expect(
      results
        .flat()
        .filter(({ isCompleted }) => isCompleted)
        .map(({ number }) => number)
        .toSorted((a, b) => Number(a) - Number(b)),
    ).toEqual([1, 2]);
    expect(results.flat()).toHaveLength(40);
    await settleChallenges(deps);
    const given = await Promise.all(customers.map((who) => points(who)));
    const contributed = customers.map(
      (_who, place) =>
        new Set(results.flatMap((counted, index) => (index % 4 === place ? counted : [])).map(({ number }) => number))
          .size,
    );
    expect(given).toEqual(contributed.map((goals) => goals * 100));
  });

  it('of a team counts its members alone, and what was reached stays reached', async () => {
    await publish(aChallenge({ goal: 'TEAM', steps: [aStep('buy', '2')], prize: { points: 50, bystanderPoints: 5 } }));
    const [a = '', b = '', c = '', stranger = ''] = customers;
    const named = (id: string) => ({ id, externalId: null });
    const { teamId } = await createTeam(deps, program.scope, aCommand('teamCreate', {}), {
      captain: named(a),
      name: 'Us',
      joining: 'OPEN',
      sizeMax: 5,
    });
    for (const who of [b, c])
      await joinTeam(deps, program.scope, aCommand('teamJoin', { who }), { teamId, customer: named(who), by: null });
    expect((await buy({}, stranger)).progress).toBeNull();
    await buy({}, a);
    const last = await buy({}, b);
    expect(last.progress).toMatchObject({ isCompleted: true, goal: 'TEAM' });
    await settleChallenges(deps);
    expect(await Promise.all([a, b, c, stranger].map((who) => points(who)))).toEqual([50, 50, 5, 0]);
    await reverse(last.id);
    expect(await runs(a)).toEqual(['all 1 COMPLETED 1']);
    expect(await points(b)).toBe(50);
    await expectSound();
  });

  it('loses what a reversed activity had contributed while it is not reached', async () => {
    await publish(aChallenge({ goal: 'COMMUNITY', steps: [aStep('buy', '3')] }));
    const first = await buy();
    await buy({}, customers[1]);
    await reverse(first.id);
    expect(await contributorsOf(customer)).toMatchObject({ activities: 0, contributors: 1 });
    await buy({}, customers[1]);
    expect((await buy({}, customers[1])).progress?.isCompleted).toBe(true);
  });
});

it('points of a challenge count towards milestones, as what the activity earned', async () => {
  await publishSet(deps, program, {
    earningRules: [PURCHASE_RULE],
    challenges: [aChallenge({ steps: [aStep('buy', '1')] })],
    milestones: [
      { code: 'hundred', name: 'Hundred', measure: { kind: 'POINTS', currency: null }, thresholds: ['110'], points: 7 },
    ],
  });
  const { effects } = await buy();
  expect(effects.map(({ kind }) => kind)).toEqual(['POINTS_EARNED', 'CHALLENGE_PROGRESSED', 'MILESTONE_REACHED']);
  expect(await points()).toBe(117);
  await expectSound();
});
