import { randomUUID } from 'node:crypto';

import { beforeEach, describe, expect, it } from 'vitest';

import { trackActivity } from '#app/activity/track.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import { publicId } from '#domain/ids.ts';
import type { RuleSetInput } from '#domain/rule-set/content.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import { runReviewTiers } from '#src/jobs/review-tiers.ts';

import { aPurchase, aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, asCustomer, asOwner, asRole, execute, testDeps, type TestProgram } from '../support/program.ts';
import { draftOf, publishSet } from '../support/rule-set.ts';
import { aLadder, aTier } from '../support/tier.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

let program: TestProgram;
let customer: string;

beforeEach(async () => {
  program = await aShop(deps, { mode: 'TEST' }, []);
  [customer = ''] = await someCustomers(deps, program, 1);
  await at('2026-03-01T12:00:00Z');
});

const at = (now: string) => setProgramClock(deps, program.scope, aCommand('clock', now), { now: new Date(now) });
const publish = (set: RuleSetInput) => publishSet(deps, program, { earningRules: [PURCHASE_RULE], ...set });

async function buy(amount: string, customerId = customer): Promise<void> {
  const report = aPurchase(customerId, { properties: { amount } });
  await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
}

async function ask<Answer>(selection: string, caller = asOwner(program)): Promise<Answer> {
  const { data, errors } = await execute<{ customer: Answer }>(
    deps,
    caller,
    `query ($id: ID!) { customer(id: $id) { ${selection} } }`,
    { id: publicId('Customer', customer) },
  );
  expect(errors).toBeUndefined();
  return data!.customer;
}

async function mutate(name: string, input: object, selection: string): Promise<Record<string, unknown>> {
  const type = name[0]!.toUpperCase() + name.slice(1);
  const { data, errors } = await execute<Record<string, Record<string, unknown>>>(
    deps,
    asOwner(program),
    `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename ... on UserError { code message path } ... on StateConflictError { state } ... on ${type}Payload { ${selection} } } }`,
    { input: { idempotencyKey: randomUUID(), ...input } },
  );
  expect(errors).toBeUndefined();
  return data![name]!;
}

const whom = () => ({ customerId: publicId('Customer', customer), ladder: 'status', reason: 'A test' });

describe('a customer’s tiers', () => {
  it('tell tier, benefits, progress, what is missing for more and for staying, and the review', async () => {
    const benefit = { code: 'shipping', kind: 'delivery', name: 'Free delivery', value: '0' };
    await publish({
      ladders: [
        aLadder({
          graceDays: 10,
          tiers: [aTier('bronze', '0'), aTier('silver', '1000', { benefits: [benefit] }), aTier('gold', '5000')],
        }),
      ],
    });
    await buy('1500');
    const { tiers } = await ask<{ tiers: unknown[] }>(
      'tiers { ladder { code } tier { code benefits { code kind name value } } since reason unit progress periodFrom periodUntil toNext { tier { code } missing } toStay reviewAt graceFrom projected { progress tier { code } at } }',
    );
    expect(tiers).toEqual([
      {
        ladder: { code: 'status' },
        tier: { code: 'silver', benefits: [benefit] },
        since: '2026-03-01T12:00:00.000Z',
        reason: 'EARNED',
        unit: 'points',
        progress: '1500',
        periodFrom: '2026-01-01',
        periodUntil: '2027-01-01',
        toNext: { tier: { code: 'gold' }, missing: '3500' },
        toStay: '0',
        reviewAt: '2027-01-11T00:00:00.000Z',
        graceFrom: '2027-01-01',
        // 1,500 in sixty days is 25 a day: 9,125 in a year, and gold 140 days later.
        projected: { progress: '9125', tier: { code: 'gold' }, at: '2026-07-19T00:00:00.000Z' },
      },
    ]);
  });

  it('are right before any job has run, and their own customer sees them', async () => {
    await publish({ ladders: [aLadder()] });
    await buy('1000');
    await at('2028-01-01T00:00:00Z');
    const { data } = await execute(
      deps,
      asCustomer(program, customer),
      '{ me { tiers { tier { code } since reason toStay } tierHistory { nodes { tier } } } }',
    );
    expect(data).toEqual({
      me: {
        tiers: [{ tier: { code: 'bronze' }, since: '2028-01-01T00:00:00.000Z', reason: 'REVIEWED', toStay: null }],
        tierHistory: { nodes: [{ tier: 'silver' }] },
      },
    });
  });

  it('are none for who does not take part', async () => {
    await publish({ ladders: [aLadder()] });
    [customer = ''] = await someCustomers(deps, program, 1, 'guest', 'LEFT');
    expect(await ask('tiers { tier { code } }')).toEqual({ tiers: [] });
  });

  it('keep their whole history, in pages', async () => {
    await publish({ ladders: [aLadder({ downgrade: 'ONE_STEP' })] });
    await buy('5000');
    await at('2029-01-01T00:00:00Z');
    await runReviewTiers(deps);
    type Page = { tierHistory: { nodes: object[]; pageInfo: { endCursor: string; hasNextPage: boolean } } };
    const fields = 'nodes { tier previousTier from until reason } pageInfo { endCursor hasNextPage }';
    const first = await ask<Page>(`tierHistory(first: 2) { ${fields} }`);
    expect(first.tierHistory.nodes).toEqual([
      { tier: 'bronze', previousTier: 'silver', from: '2029-01-01T00:00:00.000Z', until: null, reason: 'REVIEWED' },
      {
        tier: 'silver',
        previousTier: 'gold',
        from: '2028-01-01T00:00:00.000Z',
        until: '2029-01-01T00:00:00.000Z',
        reason: 'REVIEWED',
      },
    ]);
    const { endCursor } = first.tierHistory.pageInfo;
    const rest = await ask<Page>(`tierHistory(first: 2, after: "${endCursor}") { ${fields} }`);
    expect(rest.tierHistory.nodes).toMatchObject([{ tier: 'gold', previousTier: 'bronze', reason: 'EARNED' }]);
  });
});

describe('giving tiers by hand', () => {
  beforeEach(() =>
    publish({
      ladders: [
        aLadder({ tiers: [aTier('bronze', '0'), aTier('silver', '1000'), aTier('black', null, { manualOnly: true })] }),
      ],
    }),
  );

  it('holds until its end, and then what is earned counts', async () => {
    const until = '2026-06-01T00:00:00.000Z';
    const given = await mutate(
      'tierAssign',
      { ...whom(), tier: 'black', kind: 'INVITED', until },
      'from to tiers { tier { code } reason lockedUntil givenTier { code } }',
    );
    expect(given).toMatchObject({
      from: 'bronze',
      to: 'black',
      tiers: [{ tier: { code: 'black' }, reason: 'INVITED', lockedUntil: until, givenTier: { code: 'black' } }],
    });
    await buy('1000');
    expect(await ask('tiers { tier { code } }')).toEqual({ tiers: [{ tier: { code: 'black' } }] });
    await at(until);
    await runReviewTiers(deps);
    expect(await ask('tiers { tier { code } givenTier { code } }')).toEqual({
      tiers: [{ tier: { code: 'silver' }, givenTier: null }],
    });
    expect(await checkInvariants(deps.reads, program.programId)).toEqual([]);
  });

  it('ends when it is released', async () => {
    await mutate('tierAssign', { ...whom(), tier: 'black' }, 'to');
    expect(await mutate('tierRelease', whom(), 'from to')).toMatchObject({ from: 'black', to: 'bronze' });
    expect(await mutate('tierRelease', whom(), 'to')).toMatchObject({ code: 'STATE_CONFLICT', state: 'NOT_ASSIGNED' });
    const { tierHistory } = await ask<{ tierHistory: { nodes: object[] } }>(
      'tierHistory { nodes { tier reason note } }',
    );
    expect(tierHistory.nodes).toEqual([
      { tier: 'bronze', reason: 'MANUAL', note: 'A test' },
      { tier: 'black', reason: 'MANUAL', note: 'A test' },
    ]);
  });

  it.each([
    ['a ladder that is not', { ladder: 'other', tier: 'black' }, { code: 'NOT_FOUND', path: ['ladder'] }],
    ['a tier that is not', { tier: 'gold' }, { code: 'NOT_FOUND', path: ['tier'] }],
    [
      'an end that has passed',
      { tier: 'black', until: '2026-03-01T12:00:00Z' },
      { code: 'INVALID_INPUT', path: ['until'] },
    ],
    ['no reason', { tier: 'black', reason: ' ' }, { code: 'INVALID_INPUT', path: ['reason'] }],
    ['a tier below the earned one', { tier: 'bronze' }, { code: 'STATE_CONFLICT', state: 'EARNED_HIGHER' }],
  ])('is refused for %s', async (_title, input, refusal) => {
    await buy('1000');
    expect(await mutate('tierAssign', { ...whom(), ...input }, 'to')).toMatchObject(refusal);
  });
});

describe('a review on demand', () => {
  it('tells what it finds and why, and only that when it is a dry run', async () => {
    await publish({ ladders: [aLadder()] });
    await buy('1200');
    await publish({
      ladders: [aLadder({ tiers: [aTier('bronze', '0'), aTier('silver', '1300'), aTier('gold', '5000')] })],
    });
    const fields = 'reviews { ladder from to amount deserved text } tiers { tier { code } }';
    const review = {
      ladder: 'status',
      from: 'silver',
      to: 'bronze',
      amount: '1200',
      deserved: 'bronze',
      text: '1200 counted deserves bronze: silver becomes bronze.',
    };
    expect(await mutate('tierReview', { ...whom(), dryRun: true }, fields)).toMatchObject({
      reviews: [review],
      tiers: [{ tier: { code: 'silver' } }],
    });
    expect(await mutate('tierReview', whom(), fields)).toMatchObject({
      reviews: [review],
      tiers: [{ tier: { code: 'bronze' } }],
    });
  });
});

describe('the preview of a ladder', () => {
  it('counts who would move, also by what nobody has counted yet, and writes nothing', async () => {
    await publish({ ladders: [aLadder()] });
    const [second = '', third = ''] = await someCustomers(deps, program, 2, 'd');
    await buy('1200');
    await buy('800', second);
    await buy('10', third);
    await buy('10', third);
    await draftOf(deps, program, {
      earningRules: [PURCHASE_RULE],
      ladders: [
        aLadder({ tiers: [aTier('bronze', '0'), aTier('silver', '700'), aTier('gold', '1100')] }),
        aLadder({
          code: 'regular',
          basis: { kind: 'ACTIVITY_COUNT', activityType: 'purchase' },
          tiers: [aTier('often', '2')],
        }),
      ],
    });
    const before = await record();
    const preview = async (ladder: string): Promise<unknown> => {
      const { data, errors } = await execute(
        deps,
        asRole(program, 'DATA_ANALYST'),
        'query ($ladder: String!) { ladderPreview(ladder: $ladder) { customers moves { from to count } movers { customer { externalId } from to amount } } }',
        { ladder },
      );
      expect(errors).toBeUndefined();
      return data?.ladderPreview;
    };
    expect(await preview('status')).toMatchObject({
      customers: 3,
      moves: expect.arrayContaining([
        { from: 'silver', to: 'gold', count: 1 },
        { from: 'bronze', to: 'silver', count: 1 },
      ]),
    });
    expect(await preview('regular')).toEqual({
      customers: 3,
      moves: [{ from: null, to: 'often', count: 1 }],
      movers: [{ customer: { externalId: 'd2' }, from: null, to: 'often', amount: '2' }],
    });
    expect(await record()).toEqual(before);
    const { errors } = await execute(deps, asOwner(program), '{ ladderPreview(ladder: "none") { customers } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  const record = () =>
    deps.reads.query(
      `select (select jsonb_agg(t order by measure, customer_id, day) from tier_day t where program_id = $1) as days,
         (select jsonb_agg(t order by customer_id) from tier_standing t where program_id = $1) as standings,
         (select jsonb_agg(t order by id) from tier_membership t where program_id = $1) as memberships`,
      [program.programId],
    );
});

describe('levels and next steps', () => {
  it('tell the level by lifetime points, and what is nearest', async () => {
    await publish({
      ladders: [aLadder()],
      levels: [
        { code: 'rookie', name: 'Rookie', points: 0 },
        { code: 'pro', name: 'Pro', points: 1000 },
        { code: 'star', name: 'Star', points: 1600 },
      ],
    });
    await buy('1500');
    expect(await ask('level { number points toNext level { code } next { code } }')).toEqual({
      level: { number: 2, points: 1500, toNext: 100, level: { code: 'pro' }, next: { code: 'star' } },
    });
    expect(await ask('nextSteps(first: 2) { kind code ladder missing needed unit }')).toEqual({
      nextSteps: [
        { kind: 'LEVEL', code: 'star', ladder: null, missing: '100', needed: '1600', unit: 'points' },
        { kind: 'TIER', code: 'gold', ladder: 'status', missing: '3500', needed: '5000', unit: 'points' },
      ],
    });
  });
});

describe('ladders through the graph', () => {
  it('are saved into the draft, keep their place, and go live as they were written', async () => {
    const ladder = (code: string, name: string) => ({
      code,
      name,
      basis: { kind: 'SPEND', activityType: 'purchase', property: 'amount' },
      period: { kind: 'ROLLING', months: 12 },
      tiers: [
        { code: 'one', name: 'One', threshold: '10.50' },
        { code: 'two', name: 'Two', manualOnly: true },
      ],
      downgrade: 'ONE_STEP',
    });
    await mutate('ladderSave', { ladder: ladder('first', 'First') }, 'draft { version }');
    await mutate('ladderSave', { ladder: ladder('second', 'Second') }, 'draft { version }');
    const saved = await mutate('ladderSave', { ladder: ladder('first', 'Again') }, 'draft { ladders { code name } }');
    expect(saved).toMatchObject({
      draft: {
        ladders: [
          { code: 'first', name: 'Again' },
          { code: 'second', name: 'Second' },
        ],
      },
    });
    await mutate('levelSave', { level: { code: 'l1', name: 'L1', points: 10 } }, 'draft { levels { code points } }');
    await mutate('ladderRemove', { code: 'second' }, 'draft { ladders { code } }');
    expect(await mutate('ruleSetPublish', {}, 'revision { ladders { code } levels { code } }')).toMatchObject({
      revision: { ladders: [{ code: 'first' }], levels: [{ code: 'l1' }] },
    });
    const { data } = await execute(
      deps,
      asCustomer(program, customer),
      '{ ladders { code basis { kind property } period { kind months days } tiers { code threshold manualOnly } downgrade } levels { code } }',
    );
    expect(data).toEqual({
      ladders: [
        {
          code: 'first',
          basis: { kind: 'SPEND', property: 'amount' },
          period: { kind: 'ROLLING', months: 12, days: null },
          tiers: [
            { code: 'one', threshold: '10.50', manualOnly: false },
            { code: 'two', threshold: null, manualOnly: true },
          ],
          downgrade: 'ONE_STEP',
        },
      ],
      levels: [{ code: 'l1' }],
    });
  });

  it('that could not work are refused when they are published, with every problem', async () => {
    await mutate(
      'ladderSave',
      {
        ladder: {
          code: 'bad',
          name: 'Bad',
          basis: { kind: 'SPEND', activityType: 'flight', property: 'miles' },
          period: { kind: 'CALENDAR', unit: 'MONTH' },
          graceDays: 40,
          tiers: [
            { code: 'a', name: 'A', threshold: '10' },
            { code: 'b', name: 'B', threshold: '10' },
          ],
        },
      },
      'draft { version }',
    );
    const { data } = await execute<{ ruleSetPublish: { problems: { message: string }[] } }>(
      deps,
      asOwner(program),
      'mutation ($input: RuleSetPublishInput!) { ruleSetPublish(input: $input) { ... on InvalidRuleError { problems { path message } } } }',
      { input: { idempotencyKey: randomUUID() } },
    );
    expect(data?.ruleSetPublish.problems.map(({ message }) => message)).toEqual([
      'There is no activity type flight.',
      'b begins at 10, which is not above a at 10.',
      'graceDays is shorter than a period, which may have 28 days.',
    ]);
  });
});
