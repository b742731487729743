import { beforeEach, describe, expect, it } from 'vitest';

import { reverseActivity } from '#app/activity/reverse.ts';
import { trackActivities, trackActivity } from '#app/activity/track.ts';
import { acceptDuel, declineDuel, withdrawDuel } from '#app/duel/answer.ts';
import { startDuel } from '#app/duel/start.ts';
import { acceptFriend, requestFriend } from '#app/friend/change.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import type { ActivityReport } from '#domain/activity/activity.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import { settleDuels } from '#src/jobs/settle-duels.ts';
import { readDuels } from '#storage/duel-store.ts';

import { aPurchase, aShop, balanceOf, someCustomers } from '../../support/activity.ts';
import { testDatabase } from '../../support/database.ts';
import { aDuelKind } from '../../support/duel.ts';
import { expectNoOffences } from '../../support/ledger.ts';
import { aCommand, testDeps, type TestProgram } from '../../support/program.ts';
import { publishSet } from '../../support/rule-set.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const other = testDeps(url);

let program: TestProgram;
let customers: string[];
let ann: string;
let bob: string;
let cid: string;

beforeEach(async () => {
  program = await aShop(deps, { mode: 'TEST', timeZone: 'Europe/Vienna' }, []);
  customers = await someCustomers(deps, program, 5);
  [ann = '', bob = '', cid = ''] = customers;
  await at('2026-03-15T12:00:00Z');
});

const at = (now: string) => setProgramClock(deps, program.scope, aCommand('clock', now), { now: new Date(now) });
const publish = (kind = aDuelKind()) => publishSet(deps, program, { duelKinds: [kind] });
const who = (id: string) => ({ id, externalId: null });

async function start(customerId = ann, opponentId: string | null = bob): Promise<string> {
  const input = { kindCode: 'race', customer: who(customerId), opponent: opponentId === null ? null : who(opponentId) };
  return (await startDuel(deps, program.scope, aCommand('duelStart', input), input)).duelId;
}

type Answer = typeof acceptDuel;
const answer = (act: Answer, duelId: string, customerId: string, on = deps) => {
  const input = { duelId, customer: who(customerId) };
  return act(on, program.scope, aCommand('answer', input), input);
};

async function run(customerId = ann, opponentId = bob): Promise<string> {
  const duelId = await start(customerId, opponentId);
  await answer(acceptDuel, duelId, opponentId);
  return duelId;
}

async function buy(customerId: string, amount: string, occurredAt?: string): Promise<{ id: string; scores: string[] }> {
  const overrides: Partial<ActivityReport> = { properties: { amount } };
  const report = aPurchase(customerId, {
    ...overrides,
    ...(occurredAt === undefined ? {} : { occurredAt: new Date(occurredAt) }),
  });
  const { activities } = await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
  const [row] = [...activities.values()];
  const scores = row!.effects.flatMap((effect) => (effect.kind === 'DUEL_SCORED' ? effect.score : []));
  return { id: row!.id, scores };
}

async function look(duelId: string): Promise<{ state: string; sides: string[] }> {
  const [duel] = await readDuels(deps.reads, program.programId, [duelId]);
  const name = (id: string) => (id === ann ? 'ann' : id === bob ? 'bob' : 'cid');
  const sides = duel!.sides.map(
    ({ customerId, score, attempts, hasWon, points }) =>
      `${name(customerId)} ${score?.toFixed() ?? '-'} in ${attempts}${hasWon === true ? ` won ${points}` : ''}`,
  );
  return { state: duel!.state, sides };
}

const available = async (customerId: string) => (await balanceOf(deps, program, customerId)).available;

async function settleAt(now = '2026-03-17T00:00:00Z'): Promise<void> {
  await at(now);
  await settleDuels(deps);
}

describe('a duel', () => {
  it('counts both sides from its acceptance to its end, waits for what comes late, and pays the winner once', async () => {
    await publish();
    const duelId = await start();
    expect((await buy(bob, '100')).scores).toEqual([]);
    expect(await look(duelId)).toEqual({ state: 'INVITED', sides: ['ann - in 0', 'bob - in 0'] });
    await at('2026-03-15T13:00:00Z');
    await answer(acceptDuel, duelId, bob);
    expect((await buy(ann, '10')).scores).toEqual(['10']);
    expect((await buy(bob, '7')).scores).toEqual(['7']);
    expect((await buy(ann, '2.5')).scores).toEqual(['12.5']);
    expect((await buy(cid, '90')).scores).toEqual([]);
    expect((await buy(bob, '50', '2026-03-15T12:59:59.999Z')).scores).toEqual([]);
    await at('2026-03-16T13:00:00Z');
    expect((await buy(bob, '50')).scores).toEqual([]);
    expect((await buy(bob, '5', '2026-03-16T12:59:59.999Z')).scores).toEqual(['12']);
    await settleDuels(deps);
    expect(await look(duelId)).toEqual({ state: 'RUNNING', sides: ['ann 12.5 in 2', 'bob 12 in 2'] });
    await at('2026-03-16T13:05:00Z');
    await Promise.all([settleDuels(deps), settleDuels(other)]);
    await settleDuels(deps);
    expect(await look(duelId)).toEqual({ state: 'DECIDED', sides: ['ann 12.5 in 2 won 50', 'bob 12 in 2'] });
    expect([await available(ann), await available(bob)]).toEqual([50, 0]);
    expect((await buy(bob, '5', '2026-03-16T12:00:00Z')).scores).toEqual([]);
    await expectNoOffences(deps);
  });

  it('counts no more than its attempts, and the best one where that is asked for', async () => {
    await publish(aDuelKind({ scoring: 'BEST', attemptsMax: 2 }));
    const duelId = await run();
    const scores = [];
    for (const amount of ['10', '4', '99']) scores.push(...(await buy(ann, amount)).scores);
    expect(scores).toEqual(['10', '10']);
    expect((await look(duelId)).sides[0]).toBe('ann 10 in 2');
  });

  it('counts one activity in each of its customer’s duels, and a batch as if one came after the other', async () => {
    await publish(aDuelKind({ attemptsMax: 3 }));
    const duels = [await run(), await run(ann, cid)];
    const reports = [1, 2, 3, 4].map((amount) => aPurchase(ann, { properties: { amount: String(amount) } }));
    await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', reports), reports);
    for (const id of duels) expect((await look(id)).sides[0]).toBe('ann 6 in 3');
  });

  it('takes a reversed activity’s attempt back while it runs, and stays decided afterwards', async () => {
    await publish(aDuelKind({ attemptsMax: 1 }));
    const duelId = await run();
    const reverse = (activityId: string) =>
      reverseActivity(deps, program.scope, aCommand('activityReverse', { activityId }), {
        ...{ activityId, messageId: null, request: { kind: 'WHOLE' as const }, reason: null, occurredAt: null },
      });
    const { id } = await buy(ann, '10');
    await reverse(id);
    expect((await look(duelId)).sides).toEqual(['ann - in 0', 'bob - in 0']);
    const again = await buy(ann, '3');
    expect(again.scores).toEqual(['3']);
    await at('2026-03-17T00:00:00Z');
    await settleDuels(deps);
    await reverse(again.id);
    expect(await look(duelId)).toEqual({ state: 'DECIDED', sides: ['ann 3 in 1 won 50', 'bob - in 0'] });
    await expectNoOffences(deps);
  });

  it('is won by both or by nobody where scores are equal, and by nobody where none has any', async () => {
    await publish(aDuelKind({ tie: 'BOTH' }));
    const tied = await run();
    const idle = await run(ann, cid);
    await buy(bob, '5');
    await settleAt();
    expect((await look(tied)).sides).toEqual(['ann - in 0', 'bob 5 in 1 won 50']);
    expect(await look(idle)).toEqual({ state: 'DECIDED', sides: ['ann - in 0', 'cid - in 0'] });
    await at('2026-03-18T00:00:00Z');
    const both = await run();
    await buy(ann, '5');
    await buy(bob, '5.00');
    await settleAt('2026-03-19T01:00:00Z');
    expect((await look(both)).sides).toEqual(['ann 5 in 1 won 50', 'bob 5 in 1 won 50']);
  });

  it('gives a winner no more prizes than the month allows, and none to who is not enrolled any more', async () => {
    await publish(aDuelKind({ prize: { points: 50, monthlyMax: 1 } }));
    const duels = [await run(), await run(ann, cid)];
    await buy(ann, '1');
    await settleAt();
    expect((await Promise.all(duels.map(look))).map(({ sides: [own] }) => own ?? '').toSorted()).toEqual([
      'ann 1 in 1 won 0',
      'ann 1 in 1 won 50',
    ]);
    await at('2026-04-01T00:00:00Z');
    const next = await run();
    const last = await run(bob, cid);
    await buy(ann, '1');
    await buy(cid, '3');
    await deps.postgres.query("update customer set enrolment_state = 'PAUSED' where id = $1", [cid]);
    await settleAt('2026-04-03T00:00:00Z');
    expect((await look(next)).sides[0]).toBe('ann 1 in 1 won 50');
    expect((await look(last)).sides).toEqual(['bob - in 0', 'cid 3 in 1 won 0']);
    expect(await available(ann)).toBe(100);
  });

  it('keeps the terms that it was offered by, and counts nothing more once its kind is gone', async () => {
    await publish(aDuelKind({ attemptsMax: 2 }));
    const duelId = await run();
    await publish(aDuelKind({ attemptsMax: 1, prize: { points: 1 } }));
    await buy(ann, '1');
    await buy(ann, '1');
    await publishSet(deps, program, { duelKinds: [] });
    await buy(bob, '9');
    await settleAt();
    expect((await look(duelId)).sides).toEqual(['ann 2 in 2 won 50', 'bob - in 0']);
  });
});

describe('an offer', () => {
  it('is taken by one of those who want it at once', async () => {
    await publish();
    const duelId = await start(ann, null);
    const rivals = customers.slice(1);
    const results = await Promise.allSettled(
      rivals.map((id, index) => answer(acceptDuel, duelId, id, index % 2 === 0 ? deps : other)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: 'STATE_CONFLICT', state: 'RUNNING' });
    const [duel] = await readDuels(deps.reads, program.programId, [duelId]);
    expect(duel).toMatchObject({ state: 'RUNNING', sides: [{ customerId: ann }, { role: 'OPPONENT' }] });
  });

  it('can be declined, withdrawn or left to lapse, by those whom it concerns and only once', async () => {
    await publish();
    const [declined, withdrawn, lapsed] = [await start(), await start(), await start(ann, null)];
    await expect(answer(declineDuel, declined, ann)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(answer(declineDuel, declined, cid)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(answer(acceptDuel, declined, cid)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await answer(declineDuel, declined, bob);
    await expect(answer(acceptDuel, declined, bob)).rejects.toMatchObject({ state: 'DECLINED' });
    await expect(answer(withdrawDuel, withdrawn, bob)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await answer(withdrawDuel, withdrawn, ann);
    await expect(answer(acceptDuel, withdrawn, bob)).rejects.toMatchObject({ state: 'WITHDRAWN' });
    await at('2026-03-18T12:00:00Z');
    await expect(answer(acceptDuel, lapsed, bob)).rejects.toMatchObject({ state: 'LAPSED' });
    await settleDuels(deps);
    expect((await look(lapsed)).state).toBe('LAPSED');
  });

  it('is refused to whoever cannot take part, over the number at once, and against oneself', async () => {
    await publish(aDuelKind({ atOnceMax: 1 }));
    await expect(start(ann, ann)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const open = await start(ann, null);
    await expect(start()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 1 });
    await expect(answer(acceptDuel, open, ann)).rejects.toMatchObject({ state: 'OWN' });
    const invited = await start(bob, ann);
    await expect(answer(acceptDuel, invited, ann)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    await publish(aDuelKind({ paused: true }));
    await expect(start(cid, bob)).rejects.toMatchObject({ state: 'PAUSED' });
    await publish(aDuelKind({ audience: 'customer.externalId == "nobody"' }));
    await expect(start(cid, bob)).rejects.toMatchObject({ state: 'NOT_ELIGIBLE' });
    await publishSet(deps, program, { duelKinds: [] });
    await expect(start(cid, bob)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('goes to friends only where the kind says so', async () => {
    await publish(aDuelKind({ friendsOnly: true }));
    await expect(start(ann, null)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(start()).rejects.toMatchObject({ state: 'NO_FRIEND' });
    const ask = { customer: who(ann), friend: who(bob) };
    const accept = { customer: who(bob), friend: who(ann) };
    await requestFriend(deps, program.scope, aCommand('friendRequest', ask), ask);
    await acceptFriend(deps, program.scope, aCommand('friendAccept', accept), accept);
    expect((await look(await start())).state).toBe('INVITED');
  });
});

it('is checked against the activities and the ledger', async () => {
  await publish();
  await run();
  await buy(ann, '3');
  await settleAt('2026-03-17T00:00:00Z');
  const offended = async () => (await checkInvariants(deps.reads, program.programId)).map(({ check }) => check);
  expect(await offended()).toEqual([]);
  await deps.postgres.query('update duel_attempt set amount = amount + 1 where program_id = $1', [program.programId]);
  expect(await offended()).toEqual(['duel-attempts-are-told']);
  await deps.postgres.query('delete from duel_attempt where program_id = $1', [program.programId]);
  expect(await offended()).toEqual(['duel-attempts-are-told']);
  await deps.postgres.query('update duel_side set points = 51 where program_id = $1 and points = 50', [
    program.programId,
  ]);
  expect(await offended()).toEqual(['duel-attempts-are-told', 'duel-prizes-are-paid']);
  // What was broken on purpose is nobody else's offence.
  await deps.postgres.query('delete from duel_side where program_id = $1', [program.programId]);
  await deps.postgres.query('delete from duel where program_id = $1', [program.programId]);
});
