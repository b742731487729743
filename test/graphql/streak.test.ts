import { randomUUID } from 'node:crypto';

import { beforeEach, describe, expect, it } from 'vitest';

import { trackActivity } from '#app/activity/track.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import { publicId } from '#domain/ids.ts';
import { runJudgeStreaks } from '#src/jobs/judge-streaks.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, asCustomer, asOwner, asRole, execute, testDeps, type TestProgram } from '../support/program.ts';
import { publishSet } from '../support/rule-set.ts';
import { aStreak } from '../support/streak.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

let program: TestProgram;
let customer: string;

beforeEach(async () => {
  program = await aShop(deps, { mode: 'TEST', timeZone: 'Europe/Vienna' }, []);
  [customer = ''] = await someCustomers(deps, program, 1);
  await at('2026-05-01T12:00:00Z');
});

const at = (now: string) => setProgramClock(deps, program.scope, aCommand('clock', now), { now: new Date(now) });

async function buy(): Promise<void> {
  const report = aPurchase(customer);
  await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
}

async function ask<Answer>(selection: string): Promise<Answer[]> {
  await deps.catalogues.at(deps.reads, program.programId);
  const { data, errors } = await execute<{ customer: { streaks: Answer[] } }>(
    deps,
    asOwner(program),
    `query ($id: ID!) { customer(id: $id) { streaks { ${selection} } } }`,
    { id: publicId('Customer', customer) },
  );
  expect(errors).toBeUndefined();
  return data!.customer.streaks;
}

async function mutate(name: string, input: object, caller: Parameters<typeof execute>[1] = asOwner(program)) {
  const type = name[0]!.toUpperCase() + name.slice(1);
  const { data, errors } = await execute<Record<string, Record<string, unknown>>>(
    deps,
    caller,
    `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename ... on UserError { code message path } ... on StateConflictError { state } ... on ${type}Payload { replayed streak { state current freezes } } } }`,
    { input: { idempotencyKey: randomUUID(), streak: 'daily', ...input } },
  );
  const [refused] = errors ?? [];
  return refused === undefined ? data![name]! : (refused.originalError as { code?: string } | undefined)?.code;
}

const whom = () => ({ customerId: publicId('Customer', customer), reason: 'A test' });

describe('a customer’s streaks', () => {
  it('tell length, state, deadline and freezes, by the days of the zone that is told, too', async () => {
    await publishSet(deps, program, {
      streaks: [aStreak({ freezes: { initial: 1, max: 2 }, prizes: [{ length: 1, points: 5 }] })],
    });
    await buy();
    expect(
      await ask(
        'streak { code cadence conditions { kind activityType threshold } prizes { length points } } state current longest startedOn lastMet period isMet freezes deadline zone pauses { from } lastBreak { period }',
      ),
    ).toEqual([
      {
        streak: {
          code: 'daily',
          cadence: 'DAY',
          conditions: [{ kind: 'COUNT', activityType: 'purchase', threshold: '1' }],
          prizes: [{ length: 1, points: 5 }],
        },
        ...{ state: 'ACTIVE', current: 1, longest: 1, startedOn: '2026-05-01', lastMet: '2026-05-01' },
        ...{ period: '2026-05-01', isMet: true, freezes: 1, zone: 'Europe/Vienna', pauses: [], lastBreak: null },
        deadline: '2026-05-02T22:00:00.000Z',
      },
    ]);
  });

  it('explain a break by the period that was missed, what was seen in it, and what it needed', async () => {
    const conditions = [{ measure: { kind: 'COUNT' as const, activityType: 'purchase' }, threshold: '2' }];
    await publishSet(deps, program, { streaks: [aStreak({ conditions })] });
    await buy();
    await buy();
    await at('2026-05-02T12:00:00Z');
    await buy();
    await at('2026-05-04T12:00:00Z');
    await runJudgeStreaks(deps);
    const [told] = await ask<{ explanation: { text: string; trace: object[] }; lastBreak: object }>(
      'explanation { text trace { kind item part valueSeen valueNeeded } } lastBreak { period length at }',
    );
    expect(told!.lastBreak).toEqual({ period: '2026-05-02', length: 1, at: '2026-05-02T22:00:00.000Z' });
    expect(told!.explanation.text).toBe(
      'Daily broke on 3 May 2026 after 1: 2026-05-02 was missed, and no freeze was left. 2026-05-02 saw 1 of 2 (purchase).',
    );
    expect(told!.explanation.trace.at(-1)).toEqual({
      kind: 'CONDITION',
      item: 'daily',
      part: 'purchase',
      valueSeen: '1',
      valueNeeded: '2',
    });
    const [german] = await ask<{ explanation: { text: string } }>('explanation(locale: "de") { text }');
    expect(german!.explanation.text).toContain('2026-05-02 wurde versäumt');
  });

  it('are paused and restored by customers where the streak lets them, and never those of somebody else', async () => {
    await publishSet(deps, program, {
      streaks: [aStreak({ restoreDays: 3, pauseDaysMax: 7, customerMayPause: true })],
    });
    await buy();
    const me = asCustomer(program, customer);
    expect(await mutate('streakPause', { until: '2026-05-04' }, me)).toMatchObject({
      streak: { state: 'ACTIVE', current: 1 },
    });
    expect(await mutate('streakResume', {}, me)).toMatchObject({ streak: { state: 'ACTIVE' } });
    expect(await mutate('streakRestore', {}, me)).toMatchObject({ code: 'STATE_CONFLICT', state: 'NOT_BY_CUSTOMER' });
    const [other = ''] = await someCustomers(deps, program, 1, 'other');
    expect(await mutate('streakPause', { customerId: publicId('Customer', other), until: '2026-05-04' }, me)).toBe(
      'FORBIDDEN',
    );
    expect(await mutate('streakFreezeGive', {}, me)).toBe('FORBIDDEN');
  });

  it('are changed by whoever may write them, with a reason, once a key', async () => {
    await publishSet(deps, program, { streaks: [aStreak({ freezes: { max: 1 }, restoreDays: 3, pauseDaysMax: 7 })] });
    await buy();
    expect(await mutate('streakFreezeGive', whom())).toMatchObject({ streak: { freezes: 1 } });
    expect(await mutate('streakFreezeGive', whom())).toMatchObject({ state: 'FREEZES_FULL' });
    expect(await mutate('streakFreezeGive', { ...whom(), reason: ' ' })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await mutate('streakPause', { ...whom(), until: '2026-04-30' })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await mutate('streakPause', { ...whom(), streak: 'nothing', until: '2026-05-04' })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await mutate('streakRestore', whom())).toMatchObject({ state: 'NOT_BROKEN' });
    expect(await mutate('streakPause', { ...whom(), until: '2026-05-04' }, asRole(program, 'DATA_ANALYST'))).toBe(
      'FORBIDDEN',
    );
    await at('2026-05-05T12:00:00Z');
    expect(await mutate('streakRestore', whom())).toMatchObject({ streak: { state: 'FROZEN', current: 1 } });
  });

  it('are written into the draft by streakSave and read from it', async () => {
    const { data, errors } = await execute<{ streakSave: { draft: { streaks: object[] } } }>(
      deps,
      asOwner(program),
      `mutation ($input: StreakSaveInput!) { streakSave(input: $input) { __typename ... on StreakSavePayload { draft { streaks { code match atRiskHours freezesMax conditions { kind threshold } } } } } }`,
      {
        input: {
          idempotencyKey: randomUUID(),
          streak: {
            ...{ code: 'weekly', name: 'Weekly', cadence: 'WEEK', match: 'ANY', atRiskHours: 24, freezesMax: 2 },
            conditions: [
              { kind: 'SUM', activityType: 'purchase', property: 'amount', threshold: '20' },
              { kind: 'POINTS', threshold: '5' },
            ],
          },
        },
      },
    );
    expect(errors).toBeUndefined();
    expect(data!.streakSave.draft.streaks).toEqual([
      {
        ...{ code: 'weekly', match: 'ANY', atRiskHours: 24, freezesMax: 2 },
        conditions: [
          { kind: 'SUM', threshold: '20' },
          { kind: 'POINTS', threshold: '5' },
        ],
      },
    ]);
  });
});
