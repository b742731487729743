import { randomUUID } from 'node:crypto';

import { beforeEach, describe, expect, it } from 'vitest';

import { setAppearance } from '#app/appearance/set.ts';
import { publicId } from '#domain/ids.ts';

import { aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { aBadge } from '../support/badge.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, type TestBoard } from '../support/leaderboard.ts';
import { aCommand, asCustomer, asOwner, asRole, execute, testDeps, type TestProgram } from '../support/program.ts';
import { testRedis } from '../support/redis.ts';
import { publishSet } from '../support/rule-set.ts';

const { url } = await testDatabase();
const { url: redisUrl } = await testRedis();
const deps = testDeps(url, { redisUrl });

let program: TestProgram;
let customer: string;
let friend: string;

beforeEach(async () => {
  program = await aShop(deps, {}, []);
  [customer = '', friend = ''] = await someCustomers(deps, program, 2);
  await deps.postgres.query(`update customer set display_name = 'Ada' where id = $1`, [customer]);
});

async function ask<Data>(caller: Parameters<typeof execute>[1], document: string, variables = {}): Promise<Data> {
  const { data, errors } = await execute<Data>(deps, caller, document, variables);
  expect(errors).toBeUndefined();
  return data!;
}

const count = (...targets: string[]) => [{ kind: 'COUNT' as const, activityType: 'purchase', targets, condition: '' }];

const TRACK = `mutation ($input: ActivityTrackInput!) { activityTrack(input: $input) { ... on ActivityTrackPayload {
  activity { effects { __typename ... on BadgeAwarded { awardId code name level levelNumber period occurrence points currency } } } } } }`;

async function buy(customerId = customer): Promise<{ __typename: string; awardId: string }[]> {
  const input = {
    idempotencyKey: randomUUID(),
    type: 'purchase',
    customerId: publicId('Customer', customerId),
    properties: { amount: '10' },
  };
  const data = await ask<{ activityTrack: { activity: { effects: { __typename: string; awardId: string }[] } } }>(
    asOwner(program),
    TRACK,
    { input },
  );
  return data.activityTrack.activity.effects;
}

const GIVE = `mutation ($input: BadgeGiveInput!) { badgeGive(input: $input) { __typename
  ... on BadgeGivePayload { replayed award { id code level byHand reason revokedAt } } ... on UserError { code message path } } }`;
const REVOKE = `mutation ($input: BadgeRevokeInput!) { badgeRevoke(input: $input) { __typename
  ... on BadgeRevokePayload { award { revokedReason revokedBy } } ... on UserError { code } ... on StateConflictError { state } } }`;

function give(overrides: object = {}, caller = asOwner(program)) {
  const input = {
    idempotencyKey: randomUUID(),
    customerId: publicId('Customer', customer),
    badge: 'regular',
    reason: 'For helping others.',
    ...overrides,
  };
  return ask<{ badgeGive: { __typename: string; award: { id: string } } }>(caller, GIVE, { input });
}

describe('badges on the graph', () => {
  it('are saved into the draft with everything that they can be, and read from it', async () => {
    const badge = {
      code: 'collector',
      texts: [{ locale: 'en', name: 'Collector', description: 'Buys.' }],
      levels: [{ code: 'bronze', names: [{ locale: 'en', name: 'Bronze collector' }], points: 5 }, { code: 'gold' }],
      match: 'ANY',
      criteria: [
        {
          kind: 'SUM',
          activityType: 'purchase',
          property: 'amount',
          condition: 'activity.channel == "WEB"',
          targets: ['10', '20.5'],
        },
        { kind: 'BADGE', badge: 'regular' },
      ],
      heldForMonths: 6,
      hidden: true,
    };
    const saved = await ask<{ badgeSave: { draft: { badges: unknown[] } } }>(
      asOwner(program),
      `mutation ($input: BadgeSaveInput!) { badgeSave(input: $input) { __typename ... on BadgeSavePayload { draft { badges {
        code texts { name } levels { code name points } match criteria { kind activityType property condition badge targets }
        repeat heldForMonths hidden backfill audience } } } ... on InvalidRuleError { problems { path message } } } }`,
      { input: { idempotencyKey: 'k1', badge } },
    );
    expect(saved.badgeSave.draft.badges).toEqual([
      {
        code: 'collector',
        texts: { name: 'Collector' },
        levels: [
          { code: 'bronze', name: 'Bronze collector', points: 5 },
          { code: 'gold', name: 'Collector', points: 0 },
        ],
        match: 'ANY',
        criteria: [
          {
            kind: 'SUM',
            activityType: 'purchase',
            property: 'amount',
            condition: 'activity.channel == "WEB"',
            badge: null,
            targets: ['10', '20.5'],
          },
          { kind: 'BADGE', activityType: null, property: null, condition: null, badge: 'regular', targets: [] },
        ],
        repeat: 'ONCE',
        heldForMonths: 6,
        hidden: true,
        backfill: 'SILENT',
        audience: '',
      },
    ]);
  });

  it('tell a customer how far they are and what is missing, and what comes next', async () => {
    await publishSet(deps, program, {
      badges: [aBadge({ levels: [{ code: 'bronze' }, { code: 'silver' }], criteria: count('2', '3') })],
    });
    // Readers may be a moment behind a publication; this one shall not be.
    await deps.catalogues.at(deps.reads, program.programId);
    const PROGRESS = `{ me { badges { badge { code texts(locale: "de-AT") { name } } state level next { level criteria { kind needed has missing } } }
      nextSteps { kind code needed missing unit } } }`;
    const progress = async () => (await ask<{ me: object }>(asCustomer(program, customer), PROGRESS)).me;
    const next = (level: string, needed: string, has: string, missing: string) => ({
      level,
      criteria: [{ kind: 'COUNT', needed, has, missing }],
    });
    const badge = { code: 'regular', texts: { name: 'Stammkundin' } };
    const step = { kind: 'BADGE', code: 'regular', unit: 'activities' };
    expect(await progress()).toEqual({
      badges: [{ badge, state: 'NOT_STARTED', level: null, next: next('bronze', '2', '0', '2') }],
      nextSteps: [{ ...step, needed: '2', missing: '2' }],
    });
    await buy();
    const [awarded] = await buy();
    expect(awarded).toMatchObject({
      __typename: 'BadgeAwarded',
      code: 'regular',
      level: 'bronze',
      name: 'Regular',
      points: 0,
    });
    expect(await progress()).toEqual({
      badges: [{ badge, state: 'IN_PROGRESS', level: 'bronze', next: next('silver', '3', '2', '1') }],
      nextSteps: [{ ...step, needed: '3', missing: '1' }],
    });
    await buy();
    expect(await progress()).toMatchObject({
      badges: [{ state: 'EARNED', level: 'silver', next: null }],
      nextSteps: [],
    });
  });

  it('that are hidden are not seen by who does not hold them', async () => {
    await publishSet(deps, program, { badges: [aBadge({ hidden: true, criteria: count('1') })] });
    const codes = async (of: string) =>
      ask(asCustomer(program, of), '{ badges { code } me { badges { badge { code } } } badgeFeed { items { code } } }');
    await buy();
    const seen = { badges: [{ code: 'regular' }], me: { badges: [{ badge: { code: 'regular' } }] } };
    expect(await codes(customer)).toEqual({ ...seen, badgeFeed: { items: [{ code: 'regular' }] } });
    expect(await codes(friend)).toEqual({ badges: [], me: { badges: [] }, badgeFeed: { items: [] } });
    expect(await ask(asOwner(program), '{ badges { code } }')).toEqual({ badges: [{ code: 'regular' }] });
  });
});

describe('a badge given by hand', () => {
  beforeEach(() => publishSet(deps, program, { badges: [aBadge({ criteria: count('2') })] }));

  it('is held at once, for a reason, and is not awarded once more', async () => {
    const given = await give({ idempotencyKey: 'once' });
    expect(given).toMatchObject({
      badgeGive: {
        replayed: false,
        award: { code: 'regular', byHand: true, reason: 'For helping others.', revokedAt: null },
      },
    });
    expect(await give({ idempotencyKey: 'once' })).toMatchObject({
      badgeGive: { replayed: true, award: { id: given.badgeGive.award.id } },
    });
    expect(await give()).toMatchObject({ badgeGive: { __typename: 'StateConflictError', code: 'STATE_CONFLICT' } });
    await buy();
    expect(await buy()).toEqual([]);
    const audit = await deps.reads.query<{ action: string }>(
      `select action from audit_entry where program_id = $1 and action like 'badge.%'`,
      [program.programId],
    );
    expect(audit).toEqual([{ action: 'badge.given' }]);
  });

  it('is refused with a reason that a program can act on', async () => {
    const code = async (overrides: object) => (await give(overrides)).badgeGive;
    expect(await code({ badge: 'unknown' })).toMatchObject({ code: 'NOT_FOUND', path: ['badge'] });
    expect(await code({ level: 'gold' })).toMatchObject({ code: 'NOT_FOUND', path: ['level'] });
    expect(await code({ reason: '  ' })).toMatchObject({ code: 'INVALID_INPUT', path: ['reason'] });
    expect(await code({ earnedAt: '2999-01-01T00:00:00Z' })).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['earnedAt'],
    });
    expect(await code({ customerId: publicId('Customer', deps.newId()) })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is taken back with a reason, once; an earned one then is not earned again', async () => {
    await buy();
    const [awarded] = await buy();
    const input = { idempotencyKey: randomUUID(), awardId: awarded!.awardId, reason: 'Bought for somebody else.' };
    expect(await ask(asOwner(program), REVOKE, { input })).toMatchObject({
      badgeRevoke: { award: { revokedReason: 'Bought for somebody else.' } },
    });
    expect(await ask(asOwner(program), REVOKE, { input: { ...input, idempotencyKey: randomUUID() } })).toMatchObject({
      badgeRevoke: { code: 'STATE_CONFLICT', state: 'REVOKED' },
    });
    expect(await buy()).toEqual([]);
    expect(await give()).toMatchObject({ badgeGive: { __typename: 'BadgeGivePayload' } });
  });

  it('needs badge:give, and neither customers nor analysts have it', async () => {
    for (const caller of [asCustomer(program, customer), asRole(program, 'DATA_ANALYST')]) {
      const input = { idempotencyKey: 'k', customerId: publicId('Customer', customer), badge: 'regular', reason: 'x' };
      const { errors } = await execute(deps, caller, GIVE, { input });
      expect(errors).toMatchObject([{ originalError: { code: 'FORBIDDEN' } }]);
    }
  });
});

describe('what others see', () => {
  const PROFILE = `query ($id: ID!) { publicProfile(customerId: $id) { displayName level badges { code displayName } } }`;
  const profile = (caller: Parameters<typeof execute>[1] = asCustomer(program, friend)) =>
    ask<{ publicProfile: object | null }>(caller, PROFILE, { id: publicId('Customer', customer) });
  const show = (visible: boolean) =>
    ask(
      asCustomer(program, customer),
      `mutation ($input: BadgeShowInput!) { badgeShow(input: $input) { __typename ... on BadgeShowPayload { visible } } }`,
      {
        input: { idempotencyKey: randomUUID(), badge: 'regular', visible },
      },
    );
  const feed = async () =>
    (
      await ask<{ badgeFeed: { items: object[] } }>(
        asCustomer(program, friend),
        '{ badgeFeed { items { code displayName } } }',
      )
    ).badgeFeed.items;

  beforeEach(async () => {
    await publishSet(deps, program, {
      earningRules: [PURCHASE_RULE],
      levels: [{ code: 'rookie', name: 'Rookie', points: 5 }],
      badges: [aBadge({ criteria: count('1') })],
    });
    await buy();
  });

  it('is a profile with name, level and the badges that the customer shows', async () => {
    const whole = { displayName: 'Ada', level: 'Rookie', badges: [{ code: 'regular', displayName: 'Ada' }] };
    expect(await profile()).toEqual({ publicProfile: whole });
    expect(await show(false)).toEqual({ badgeShow: { __typename: 'BadgeShowPayload', visible: false } });
    expect(await profile()).toEqual({ publicProfile: { ...whole, badges: [] } });
    expect(await feed()).toEqual([]);
    await show(true);
    expect(await feed()).toEqual([{ code: 'regular', displayName: 'Ada' }]);
  });

  it('follows how the customer chose to appear on boards', async () => {
    const appear = (appearance: 'ALIAS' | 'HIDDEN', alias: string | null) =>
      setAppearance(deps, program.scope, aCommand('boardAppearanceSet', { appearance }), {
        customer: { id: customer, externalId: null },
        ...{ appearance, alias },
      });
    await appear('ALIAS', 'Countess');
    expect(await profile()).toMatchObject({ publicProfile: { displayName: 'Countess' } });
    expect(await feed()).toEqual([{ code: 'regular', displayName: 'Countess' }]);
    await appear('HIDDEN', null);
    expect(await profile()).toEqual({ publicProfile: null });
    expect(await feed()).toEqual([]);
    expect(await profile(asOwner(program))).toMatchObject({ publicProfile: { displayName: 'Ada' } });
  });

  it('is a rank, too, on boards where the caller sees the places of others', async () => {
    const all = await aLeaderboard(deps, program);
    const neighbours = await aLeaderboard(deps, program, { customersSee: 'NEIGHBOURS' });
    const closed = await aLeaderboard(deps, program, { isPublic: false });
    await buy(friend);
    await buy(friend);
    const standing = async ({ code }: TestBoard, caller: Parameters<typeof execute>[1], of = customer) => {
      const { publicProfile } = await ask<{ publicProfile: { standing: object | null } }>(
        caller,
        'query ($id: ID!, $code: String!) { publicProfile(customerId: $id) { standing(code: $code) { rank score displayName } } }',
        { id: publicId('Customer', of), code },
      );
      return publicProfile.standing;
    };
    const second = { rank: 2, score: '10', displayName: 'Ada' };
    const other = asCustomer(program, friend);
    expect(await standing(all, other)).toEqual(second);
    expect(await standing(neighbours, other)).toBeNull();
    expect(await standing(neighbours, asCustomer(program, customer))).toEqual(second);
    expect(await standing(closed, other)).toBeNull();
    expect(await standing(closed, asOwner(program))).toEqual(second);
    const [idle = ''] = await someCustomers(deps, program, 1, 'idle');
    expect(await standing(all, other, idle)).toBeNull();
  });

  it('is no share and no number of holders while fewer than thirty were active', async () => {
    const RARITY = '{ badges { holderCount rarity } }';
    expect(await ask(asCustomer(program, friend), RARITY)).toEqual({ badges: [{ holderCount: null, rarity: null }] });
    expect(await ask(asOwner(program), RARITY)).toEqual({ badges: [{ holderCount: 1, rarity: null }] });
    for (const other of await someCustomers(deps, program, 29, 'more')) await buy(other);
    expect(await ask(asCustomer(program, friend), RARITY)).toEqual({ badges: [{ holderCount: 30, rarity: 1 }] });
  });
});
