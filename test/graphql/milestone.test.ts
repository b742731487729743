import { randomUUID } from 'node:crypto';

import { beforeEach, describe, expect, it } from 'vitest';

import { publicId } from '#domain/ids.ts';

import { aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aMilestone } from '../support/milestone.ts';
import { asCustomer, asOwner, asRole, execute, testDeps, type TestProgram } from '../support/program.ts';
import { publishSet } from '../support/rule-set.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

let program: TestProgram;
let customer: string;

beforeEach(async () => {
  program = await aShop(deps, {}, []);
  [customer = ''] = await someCustomers(deps, program, 1);
});

async function ask<Data>(caller: Parameters<typeof execute>[1], document: string, variables = {}): Promise<Data> {
  const { data, errors } = await execute<Data>(deps, caller, document, variables);
  expect(errors).toBeUndefined();
  return data!;
}

const EFFECTS = `mutation ($input: ActivityTrackInput!) { activityTrack(input: $input) { ... on ActivityTrackPayload {
  activity { effects { __typename ... on MilestoneReached { code name period threshold points currency transactionId } } } } } }`;

async function buy(): Promise<{ __typename: string; transactionId?: string }[]> {
  const data = await ask<{ activityTrack: { activity: { effects: { __typename: string }[] } } }>(
    asOwner(program),
    EFFECTS,
    {
      input: {
        idempotencyKey: randomUUID(),
        type: 'purchase',
        customerId: publicId('Customer', customer),
        properties: { amount: '10' },
      },
    },
  );
  return data.activityTrack.activity.effects;
}

const PROGRESS = `{
  milestones { milestone { code sentence(locale: "de") } period periodUntil value nextThreshold missing reached { threshold activityId } }
  nextSteps { kind code needed missing unit } }`;

describe('milestones on the graph', () => {
  it('are saved into the draft, removed from it, and read from revisions', async () => {
    const milestone = {
      code: 'regular',
      name: 'Regular',
      measure: { kind: 'COUNT', activityType: 'purchase' },
      thresholds: ['2', '5'],
      points: 50,
      expiryMonths: 6,
    };
    const saved = await ask(
      asOwner(program),
      `mutation ($input: MilestoneSaveInput!) { milestoneSave(input: $input) { __typename ... on MilestoneSavePayload { draft { milestones {
        code name measure { kind activityType property currency } period thresholds every points currency expiryMonths expiryDays paused } } } } }`,
      { input: { idempotencyKey: 'k1', milestone } },
    );
    const { measure, ...rest } = milestone;
    const expected = {
      ...rest,
      measure: { ...measure, property: null, currency: null },
      period: 'ALL_TIME',
      every: null,
      currency: null,
      expiryDays: null,
      paused: false,
    };
    expect(saved).toEqual({
      milestoneSave: { __typename: 'MilestoneSavePayload', draft: { milestones: [expected] } },
    });
    const wrong = { ...milestone, every: '3' };
    const refused = await ask(
      asOwner(program),
      `mutation ($input: MilestoneSaveInput!) { milestoneSave(input: $input) { __typename ... on InvalidRuleError { problems { path message } } } }`,
      { input: { idempotencyKey: 'k2', milestone: wrong } },
    );
    expect(refused).toMatchObject({ milestoneSave: { __typename: 'InvalidRuleError' } });
    const removed = await ask(
      asOwner(program),
      `mutation { milestoneRemove(input: { idempotencyKey: "k3", code: "regular" }) { ... on MilestoneRemovePayload { draft { milestones { code } } } } }`,
    );
    expect(removed).toEqual({ milestoneRemove: { draft: { milestones: [] } } });
  });

  it('tell a customer their own progress, what comes next, and in words how to get there', async () => {
    await publishSet(deps, program, { milestones: [aMilestone({ thresholds: ['2', '5'] })] });
    await buy();
    expect(await buy()).toEqual([
      {
        __typename: 'MilestoneReached',
        code: 'regular',
        name: 'Regular',
        period: 'all',
        threshold: '2',
        points: 100,
        currency: 'points',
        transactionId: expect.stringMatching(/^ltx_/),
      },
    ]);
    const { me: own } = await ask<{ me: unknown }>(asCustomer(program, customer), `{ me ${PROGRESS} }`);
    expect(own).toEqual({
      milestones: [
        {
          milestone: { code: 'regular', sentence: '100 Points bei 2 oder 5 Mal Purchase insgesamt.' },
          period: 'all',
          periodUntil: null,
          value: '2',
          nextThreshold: '5',
          missing: '3',
          reached: [{ threshold: '2', activityId: expect.stringMatching(/^act_/) }],
        },
      ],
      nextSteps: [{ kind: 'MILESTONE', code: 'regular', needed: '5', missing: '3', unit: 'activities' }],
    });
    expect(await ask(asCustomer(program, customer), '{ milestones { code sentence } }')).toEqual({
      milestones: [{ code: 'regular', sentence: '100 Points on reaching 2 or 5 times Purchase in all.' }],
    });
  });

  it('are named by the explanation of what they gave, to the customer and to the team', async () => {
    await publishSet(deps, program, { earningRules: [PURCHASE_RULE], milestones: [aMilestone({ thresholds: ['1'] })] });
    const [, reached] = await buy();
    const explanation = `query ($id: ID!) { explain(id: $id) { text trace { kind text item revision valueNeeded } } node(id: $id) { ... on LedgerTransaction { kind ruleId } } }`;
    const { explain, node } = await ask<{ explain: { text: string; trace: object[] }; node: object }>(
      asRole(program, 'OWNER'),
      explanation,
      { id: reached!.transactionId },
    );
    expect(explain.text).toMatch(
      /^You earned 100 Points for Purchase on .*\. You reached the milestone “Regular”: 1 times Purchase in all\.$/,
    );
    expect(explain.trace).toEqual([
      expect.objectContaining({ kind: 'CAUSE', item: 'purchase' }),
      {
        kind: 'RULE',
        text: 'milestone regular “Regular” of revision 1, counts ACTIVITY_COUNT over ALL_TIME',
        item: 'regular',
        revision: 1,
        valueNeeded: null,
      },
      {
        kind: 'AWARD',
        text: '100 points, fixed, for each threshold',
        item: 'regular',
        revision: 1,
        valueNeeded: '>= 1 in all',
      },
      expect.objectContaining({ kind: 'EXPIRY', item: 'regular' }),
    ]);
    expect(node).toEqual({ kind: 'EARN', ruleId: expect.stringMatching(/^mst_/) });
  });

  it('that a later revision has no more, and rules that nobody knows, still explain what was earned', async () => {
    await publishSet(deps, program, { milestones: [aMilestone({ thresholds: ['1'] })] });
    const [reached] = await buy();
    await publishSet(deps, program, { earningRules: [PURCHASE_RULE] });
    const text = async (id: string | undefined) =>
      (
        await ask<{ explain: { text: string } }>(asOwner(program), 'query ($id: ID!) { explain(id: $id) { text } }', {
          id,
        })
      ).explain.text;
    expect(await text(reached?.transactionId)).toContain('the milestone “Regular”');
    const [{ id: unknown } = { id: '' }] = await deps.postgres
      .query<{ id: string }>(
        `insert into ledger_transaction (program_id, id, currency_id, kind, customer_id, amount, effective_at, recorded_at, rule_id, rule_revision, actor)
         select program_id, gen_random_uuid(), currency_id, kind, customer_id, 7, effective_at, recorded_at, gen_random_uuid(), 1, actor
         from ledger_transaction where program_id = $1 returning id`,
        [program.programId],
      )
      .then((result) => ('rows' in result ? (result.rows as { id: string }[]) : []));
    expect(await text(publicId('LedgerTransaction', unknown))).toMatch(/^You earned 7 Points/);
  });
});

it('progress is the customer’s own, and shown to who may read tiers alone', async () => {
  await publishSet(deps, program, { milestones: [aMilestone()] });
  await buy();
  const [other = ''] = await someCustomers(deps, program, 1, 'other');
  const own = await ask<{ me: { milestones: { value: string }[] } }>(asCustomer(program, other), `{ me ${PROGRESS} }`);
  expect(own.me.milestones).toMatchObject([{ value: '0' }]);
  const id = publicId('Customer', customer);
  const document = `query ($id: ID!) { customer(id: $id) ${PROGRESS} }`;
  expect(await ask(asOwner(program), document, { id })).toMatchObject({ customer: { milestones: [{ value: '1' }] } });
  const { errors } = await execute(deps, asCustomer(program, other), document, { id });
  expect(errors).toMatchObject([{ path: ['customer'], originalError: { code: 'FORBIDDEN' } }]);
});
