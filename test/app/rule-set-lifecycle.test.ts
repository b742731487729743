import { afterAll, describe, expect, test } from 'vitest';

import { archiveActivityType } from '#app/activity-type/archive.ts';
import { trackActivity } from '#app/activity/track.ts';
import { setAttributeSchema } from '#app/customer/set-attribute-schema.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import { cancelRuleSet } from '#app/rule-set/cancel.ts';
import { publishRuleSet } from '#app/rule-set/publish.ts';
import { rollBackRuleSet } from '#app/rule-set/rollback.ts';
import { InvalidInputError, InvalidRuleError, StaleVersionError, StateConflictError } from '#domain/errors.ts';
import { pickLive } from '#domain/rule-set/live.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import { readRevision } from '#storage/rule-set-store.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, testDeps, type TestProgram } from '../support/program.ts';
import { draftOf, fixed, publishSet } from '../support/rule-set.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const other = testDeps(url);

afterAll(async () => expect(await checkInvariants(deps.reads)).toEqual([]));

const START = new Date('2026-03-01T00:00:00Z');
const after = (minutes: number, ms = 0): Date => new Date(START.getTime() + minutes * 60_000 + ms);

async function setClock(program: TestProgram, now: Date): Promise<void> {
  await setProgramClock(deps, program.scope, aCommand('programClockSet', now.toISOString()), { now });
}

/** A TEST program whose clock stands at the start, with nothing published. */
async function aStillShop(): Promise<TestProgram> {
  const shop = await aShop(deps, { mode: 'TEST' }, []);
  await setClock(shop, START);
  return shop;
}

async function purchase(
  program: TestProgram,
  customer: string,
  by = deps,
): Promise<{ revision: number; points: number }> {
  const { activities } = await trackActivity(
    by.tracking,
    program.scope,
    aCommand('activityTrack', Math.random()),
    aPurchase(customer),
  );
  const [row] = [...activities.values()];
  return {
    revision: row!.ruleRevision,
    points: row!.effects.reduce((sum, effect) => sum + ('points' in effect ? effect.points : 0), 0),
  };
}

const publish = (program: TestProgram, input: { at?: Date | null; expectedVersion?: number | null } = {}) =>
  publishRuleSet(deps, program.scope, aCommand('ruleSetPublish', input), {
    expectedVersion: null,
    note: null,
    ...input,
  });
const cancel = (program: TestProgram, revision: number) =>
  cancelRuleSet(deps, program.scope, aCommand('ruleSetCancel', revision), { revision, reason: 'a mistake' });

describe('a scheduled revision', () => {
  test('is on record at once and live from its very instant on, in every process', async () => {
    const shop = await aStillShop();
    const [customer] = await someCustomers(deps, shop, 1);
    expect(await publishSet(deps, shop, { earningRules: [fixed(1)] })).toBe(1);
    expect(await publishSet(deps, shop, { earningRules: [fixed(2)] }, after(10))).toBe(2);
    expect(await readRevision(deps.reads, shop.programId, 2)).toMatchObject({
      publishedAt: START,
      scheduledFor: after(10),
    });
    for (const process of [deps, other]) {
      expect(await purchase(shop, customer!, process)).toEqual({ revision: 1, points: 1 });
    }
    await setClock(shop, after(10, -1));
    expect(await purchase(shop, customer!)).toEqual({ revision: 1, points: 1 });
    await setClock(shop, after(10));
    for (const process of [deps, other]) {
      expect(await purchase(shop, customer!, process)).toEqual({ revision: 2, points: 2 });
    }
  });

  test('decides by when it is recorded, also about what occurred before', async () => {
    const shop = await aStillShop();
    const [customer] = await someCustomers(deps, shop, 1);
    await publishSet(deps, shop, { earningRules: [fixed(1)] });
    await publishSet(deps, shop, { earningRules: [fixed(2)] }, after(10));
    await setClock(shop, after(20));
    const { activities } = await trackActivity(
      deps.tracking,
      shop.scope,
      aCommand('activityTrack', 1),
      aPurchase(customer!, { occurredAt: after(5) }),
    );
    expect([...activities.values()]).toMatchObject([{ ruleRevision: 2, effects: [{ points: 2, revision: 2 }] }]);
  });

  test('can be cancelled before it is live, and then never is', async () => {
    const shop = await aStillShop();
    const [customer] = await someCustomers(deps, shop, 1);
    await publishSet(deps, shop, { earningRules: [fixed(1)] });
    await publishSet(deps, shop, { earningRules: [fixed(2)] }, after(10));
    await cancel(shop, 2);
    await expect(cancel(shop, 2)).rejects.toMatchObject({ state: 'CANCELLED' });
    await setClock(shop, after(11));
    expect(await purchase(shop, customer!)).toEqual({ revision: 1, points: 1 });
    expect(await publishSet(deps, shop, { earningRules: [fixed(2)] })).toBe(3);
  });

  test('cannot be cancelled once it starts, is live or is superseded', async () => {
    const shop = await aStillShop();
    await publishSet(deps, shop, { earningRules: [fixed(1)] });
    await publishSet(deps, shop, { earningRules: [fixed(2)] }, after(10));
    await expect(cancel(shop, 1)).rejects.toMatchObject({ state: 'LIVE' });
    await setClock(shop, after(10, -4_999));
    await expect(cancel(shop, 2)).rejects.toMatchObject({ state: 'STARTING' });
    await setClock(shop, after(10));
    await expect(cancel(shop, 2)).rejects.toMatchObject({ state: 'LIVE' });
    await expect(cancel(shop, 1)).rejects.toMatchObject({ state: 'SUPERSEDED' });
    await expect(cancel(shop, 3)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('lies ahead: an instant that has passed, or comes within five seconds, is refused', async () => {
    const shop = await aStillShop();
    await draftOf(deps, shop, { earningRules: [fixed(1)] });
    for (const at of [after(-1), START, after(0, 4_999)])
      await expect(publish(shop, { at })).rejects.toThrow(InvalidInputError);
    expect(await publish(shop, { at: after(0, 5_000) })).toMatchObject({ revision: 1 });
  });

  test('keeps what it will need: types that it listens to, attributes that it reads', async () => {
    const shop = await aStillShop();
    const attributes = [{ name: 'plan', type: 'STRING' as const, required: false, oneOf: null }];
    const set = (input: typeof attributes) =>
      setAttributeSchema(deps, shop.scope, aCommand('attributeSchemaSet', input), { attributes: input });
    await set(attributes);
    await publishSet(
      deps,
      shop,
      { earningRules: [fixed(1, { condition: 'customer.attributes.plan == "pro"' })] },
      after(10),
    );
    await expect(set([])).rejects.toThrow(InvalidRuleError);
    await expect(
      archiveActivityType(deps, shop.scope, aCommand('activityTypeArchive', 'purchase'), { code: 'purchase' }),
    ).rejects.toMatchObject({ state: 'IN_USE' });
    await cancel(shop, 1);
    await set([]);
    await archiveActivityType(deps, shop.scope, aCommand('activityTypeArchive', 'purchase'), { code: 'purchase' });
  });
});

test('of any history, the catalogue has live what the law says, at every instant', async () => {
  const shop = await aStillShop();
  const steps: [at: number, lead: number | null][] = [
    [0, 30],
    [1, 200],
    [2, null],
    [10, 5],
    [11, 4],
    [40, 100],
    [50, 20],
    [90, null],
    [95, 15],
    [95, 15],
    [120, 60],
    [125, 90],
  ];
  for (const [index, [at, lead]] of steps.entries()) {
    await setClock(shop, after(at));
    await publishSet(deps, shop, { earningRules: [fixed(index + 1)] }, lead === null ? null : after(at + lead));
  }
  await cancel(shop, 12);
  const history = await deps.reads.query<{ revision: number; publishedAt: Date; scheduledFor: Date | null }>(
    `select revision, published_at as "publishedAt", scheduled_for as "scheduledFor" from rule_set_revision
     where program_id = $1 and revision <> 12`,
    [shop.programId],
  );
  // One reading of the catalogue serves every instant from an hour before it on.
  for (let minute = 66; minute <= 260; minute += 1) {
    const live = (await deps.catalogues.at({ ...deps.reads, now: after(minute) }, shop.programId)).ruleSet;
    const expected = pickLive(history, after(minute))?.revision;
    expect([minute, live.revision]).toEqual([minute, expected]);
    expect(live.content.earningRules[0]?.award).toEqual({ kind: 'FIXED', points: expected });
  }
});

describe('publishing', () => {
  test('the same draft twice, or one that equals what it takes over from, is refused', async () => {
    const shop = await aStillShop();
    await publishSet(deps, shop, { earningRules: [fixed(1)] });
    await expect(publish(shop)).rejects.toMatchObject({ code: 'STATE_CONFLICT', state: 'UNCHANGED' });
    await publishSet(deps, shop, { earningRules: [fixed(2)] }, after(10));
    await expect(publish(shop, { at: after(20) })).rejects.toBeInstanceOf(StateConflictError);
    expect(await publish(shop)).toMatchObject({ revision: 3 });
  });

  test('a draft that somebody saved since is refused, and the diff is against what it takes over from', async () => {
    const shop = await aStillShop();
    const seen = await draftOf(deps, shop, { earningRules: [fixed(1)] });
    await draftOf(deps, shop, { earningRules: [fixed(2)] });
    await expect(publish(shop, { expectedVersion: seen })).rejects.toThrow(StaleVersionError);
    await publish(shop);
    await publishSet(deps, shop, { earningRules: [fixed(3)] }, after(10));
    await publishSet(deps, shop, { earningRules: [fixed(4)] }, after(20));
    const revision = await readRevision(deps.reads, shop.programId, 3);
    expect(revision?.diff).toEqual([
      {
        section: 'earningRules',
        code: 'fixed',
        change: 'CHANGED',
        fields: [{ field: 'award', before: { kind: 'FIXED', points: 3 }, after: { kind: 'FIXED', points: 4 } }],
      },
    ]);
  });

  test('of two at the same time, both go live one after the other, and one content goes live once', async () => {
    const shop = await aStillShop();
    await draftOf(deps, shop, { earningRules: [fixed(1)] });
    const outcomes = await Promise.allSettled([publish(shop), publish(shop), publish(shop)]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await publishSet(deps, shop, { earningRules: [fixed(2)] })).toBe(2);
  });
});

describe('rolling back', () => {
  test('publishes the old content as a new revision with a diff, and leaves the draft', async () => {
    const shop = await aStillShop();
    const [customer] = await someCustomers(deps, shop, 1);
    await publishSet(deps, shop, { earningRules: [fixed(1)] });
    await publishSet(deps, shop, { earningRules: [fixed(2)] });
    const input = { revision: 1, note: 'too generous' };
    const done = await rollBackRuleSet(deps, shop.scope, aCommand('ruleSetRollback', input), input);
    expect(done).toMatchObject({ revision: 3 });
    expect(await readRevision(deps.reads, shop.programId, 3)).toMatchObject({
      restoresRevision: 1,
      note: 'too generous',
      diff: [{ code: 'fixed', change: 'CHANGED' }],
    });
    expect(await purchase(shop, customer!)).toEqual({ revision: 3, points: 1 });
    expect(await publish(shop)).toMatchObject({ revision: 4 });
  });

  test('to what is live, to what never was, or to what no longer compiles, is refused', async () => {
    const shop = await aStillShop();
    await publishSet(deps, shop, { earningRules: [fixed(1, { activityType: 'visit' })] });
    await publishSet(deps, shop, { earningRules: [fixed(2)] });
    const back = (revision: number) =>
      rollBackRuleSet(deps, shop.scope, aCommand('ruleSetRollback', revision), { revision, note: null });
    await expect(back(2)).rejects.toMatchObject({ state: 'UNCHANGED' });
    await expect(back(9)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await archiveActivityType(deps, shop.scope, aCommand('activityTypeArchive', 'visit'), { code: 'visit' });
    await expect(back(1)).rejects.toThrow(InvalidRuleError);
  });
});
