import { describe, expect, test } from 'vitest';

import type { PointsEarned } from '#domain/activity/effect.ts';
import type { TransactionFacts } from '#domain/explanation/cause.ts';
import { formatFor } from '#domain/explanation/locale.ts';
import { explainTransaction } from '#domain/explanation/transaction.ts';
import type { TransactionKind, TransactionRow } from '#domain/ledger/writes.ts';

import { aRule, POINTS } from '../../support/earning.ts';

const AT = new Date('2026-03-01T11:00:00Z');
const EN = formatFor('en', 'Europe/Berlin');
const DE = formatFor('de', 'Europe/Berlin');

function aTransaction(kind: TransactionKind, overrides: Partial<TransactionRow> = {}): TransactionRow {
  return {
    id: 't1',
    currencyId: POINTS.id,
    kind,
    customerId: 'c1',
    toCustomerId: null,
    amount: 1_500,
    uncollected: 0,
    effectiveAt: AT,
    recordedAt: AT,
    activityId: null,
    ruleId: null,
    ruleRevision: null,
    holdId: null,
    reversesId: null,
    reason: null,
    actor: 'key:key_1',
    ...overrides,
  };
}

function someFacts(transaction: TransactionRow, overrides: Partial<TransactionFacts> = {}): TransactionFacts {
  return {
    transaction,
    customerId: 'c1',
    currency: POINTS,
    change: 0,
    activity: null,
    effect: null,
    rule: null,
    today: {},
    hold: null,
    reverses: null,
    paid: null,
    ...overrides,
  };
}

const PURCHASE_FACT = {
  typeCode: 'purchase',
  typeName: 'Purchase',
  channel: 'WEB',
  occurredAt: AT,
  recordedAt: AT,
  properties: { amount: '700.00' },
};

const EFFECT: PointsEarned = {
  kind: 'POINTS_EARNED',
  transactionId: 't1',
  ruleId: 'r1',
  ruleCode: 'purchase_points',
  ruleName: 'Purchase points',
  revision: 7,
  currencyId: POINTS.id,
  points: 1_500,
  uncapped: 2_100,
  cappedBy: 'RULE',
  boosts: [{ code: 'double', name: 'Double week', multiplier: '2' }],
  tiers: { main: 'gold' },
  pending: true,
  availableAt: '2026-03-14T23:00:00.000Z',
  expiresAt: '2027-03-31T22:00:00.000Z',
};

const RULE = aRule({
  code: 'purchase_points',
  condition:
    'activity.properties.amount >= 20.0 && customer.attributes.plan == "pro" && tier == "gold" && counters.today < 3',
  award: { kind: 'PER_UNIT', property: 'amount', pointsPerUnit: '1.5', rounding: 'FLOOR' },
});

const EARNING = someFacts(aTransaction('EARN', { ruleRevision: 7 }), {
  activity: PURCHASE_FACT,
  effect: EFFECT,
  rule: RULE,
  change: 1_500,
  today: { customer: { attributes: { plan: 'free' } } },
});

const A_MOVE = {
  transactionId: '00000000-0000-7000-8000-000000000001',
  lotId: '00000000-0000-7000-8000-000000000002',
  points: 1_000,
  fromExpiresAt: null,
  toExpiresAt: new Date('2027-04-30T22:00:00Z'),
};

describe('an earning', () => {
  test('is explained to the customer from the activity to the expiry', () => {
    expect(explainTransaction(EARNING, EN).text).toBe(
      'You earned 1,500 Points for Purchase on 1 March 2026 at 12:00. That is 1.5 Points for each unit of amount (700), rounded down. Multiplied by 2: Double week. Without the limit on this it would have been 2,100 Points. They can be spent from 15 March 2026. They are valid until 1 April 2027.',
    );
    expect(explainTransaction(EARNING, DE).text).toBe(
      'Sie haben 1.500 Points für Purchase am 1. März 2026 um 12:00 erhalten. Das sind 1,5 Points für jede Einheit von amount (700), abgerundet. Mal 2: Double week. Ohne die Grenze hierfür wären es 2.100 Points gewesen. Einlösbar ab dem 15. März 2026. Gültig bis zum 1. April 2027.',
    );
  });

  test('is traced for the team by what the rule of then saw and needed, and says what is not known any more', () => {
    const { trace } = explainTransaction(EARNING, EN);
    expect(trace.filter(({ kind }) => kind === 'CONDITION')).toMatchObject([
      {
        part: 'activity.properties.amount >= 20.0',
        seen: 'activity.properties.amount = 700.00',
        needed: '>= 20',
        basis: 'RECORDED',
        revision: 7,
      },
      {
        part: 'customer.attributes.plan == "pro"',
        seen: 'customer.attributes.plan = free',
        needed: '== "pro"',
        basis: 'TODAY',
      },
      { part: 'tier == "gold"', seen: 'tier = {"main":"gold"}', basis: 'RECORDED' },
      { part: 'counters.today < 3', seen: 'counters.today = ?', basis: 'NOT_KEPT' },
    ]);
    expect(trace.map(({ kind }) => kind)).toEqual([
      'CAUSE',
      'RULE',
      'CONDITION',
      'CONDITION',
      'CONDITION',
      'CONDITION',
      'AWARD',
      'BOOST',
      'LIMIT',
      'WAIT',
      'EXPIRY',
    ]);
    expect(trace.find(({ kind }) => kind === 'AWARD')).toMatchObject({
      seen: '700.00',
      text: 'amount 700.00 × 1.5, rounded FLOOR',
    });
    expect(trace.find(({ kind }) => kind === 'LIMIT')).toMatchObject({ seen: '2100', needed: '<= 1500' });
  });

  test('whose rule or activity cannot be found is still explained', () => {
    expect(explainTransaction(someFacts(aTransaction('EARN')), EN)).toMatchObject({
      text: 'You earned 1,500 Points for Points on 1 March 2026 at 12:00.',
      trace: [{ kind: 'CAUSE' }],
    });
  });
});

describe('every other transaction is explained', () => {
  const hold = { reason: 'order 7', expiresAt: new Date('2026-03-02T23:00:00Z') };
  test.each<[TransactionKind, Partial<TransactionFacts>, string, string]>([
    [
      'RELEASE',
      { activity: PURCHASE_FACT },
      '1,500 Points that waited can be spent now, because of Purchase.',
      '1.500 Points sind jetzt einlösbar, durch Purchase.',
    ],
    [
      'CANCEL',
      {},
      '1,500 Points that waited were taken back.',
      '1.500 Points, die noch warteten, wurden zurückgenommen.',
    ],
    [
      'SPEND',
      {},
      'You spent 1,500 Points on 1 March 2026 at 12:00.',
      'Sie haben am 1. März 2026 um 12:00 1.500 Points eingelöst.',
    ],
    [
      'HOLD',
      { hold },
      '1,500 Points are set aside until 3 March 2026.',
      '1.500 Points sind zurückgelegt bis zum 3. März 2026.',
    ],
    [
      'CAPTURE',
      { hold },
      '1,500 Points that were set aside have been spent.',
      '1.500 Points, die zurückgelegt waren, sind eingelöst.',
    ],
    [
      'HOLD_RELEASE',
      { hold },
      '1,500 Points that were set aside are yours again.',
      '1.500 Points, die zurückgelegt waren, sind wieder frei.',
    ],
    [
      'HOLD_EXPIRE',
      { hold },
      '1,500 Points that were set aside are yours again, since the time for it ran out.',
      '1.500 Points, die zurückgelegt waren, sind wieder frei, weil die Frist abgelaufen ist.',
    ],
    [
      'EXPIRE',
      {},
      '1,500 Points passed their validity on 1 March 2026 at 12:00.',
      '1.500 Points sind am 1. März 2026 um 12:00 verfallen.',
    ],
    [
      'REVERSE',
      { activity: PURCHASE_FACT, change: -1_500 },
      '1,500 Points were taken back, because Purchase was undone.',
      '1.500 Points wurden zurückgenommen, weil Purchase rückgängig gemacht wurde.',
    ],
    ['REVERSE', { change: 1_500 }, '1,500 Points were given back.', '1.500 Points wurden Ihnen zurückgegeben.'],
    [
      'TRANSFER',
      {},
      'You gave 1,500 Points to another member.',
      'Sie haben 1.500 Points an ein anderes Mitglied gegeben.',
    ],
    ['ADJUST', { change: 1_500 }, 'Our team added 1,500 Points.', 'Unser Team hat 1.500 Points gutgeschrieben.'],
    [
      'EXPIRY_MOVE',
      { expiryMoves: [A_MOVE, { ...A_MOVE, points: 500 }] },
      'Our team changed how long 1,500 Points are valid: until 1 May 2027.',
      'Unser Team hat die Gültigkeit von 1.500 Points geändert: bis zum 1. Mai 2027.',
    ],
    ['ADJUST', { change: -1_500 }, 'Our team deducted 1,500 Points.', 'Unser Team hat 1.500 Points abgezogen.'],
  ])('%s', (kind, overrides, en, de) => {
    const facts = someFacts(aTransaction(kind), overrides);
    expect(explainTransaction(facts, EN).text).toBe(en);
    expect(explainTransaction(facts, DE).text).toBe(de);
  });

  test('a transfer from either side, and what a reversal could not collect', () => {
    const transfer = aTransaction('TRANSFER', { toCustomerId: 'c2' });
    expect(explainTransaction(someFacts(transfer, { customerId: 'c2' }), EN).text).toBe(
      'Another member gave you 1,500 Points.',
    );
    const short = someFacts(aTransaction('REVERSE', { uncollected: 20 }), { change: -1_500 });
    expect(explainTransaction(short, EN)).toMatchObject({
      text: '1,500 Points were taken back. 20 Points more would have been due, and stay with you.',
      trace: [{ kind: 'CAUSE' }, { kind: 'LIMIT', seen: '20' }],
    });
  });

  test('with the reward that it paid for', () => {
    const paid = { redemptionId: 'rdm_1', code: 'mug', name: 'A mug', revision: 4, quantity: 2 };
    expect(explainTransaction(someFacts(aTransaction('CAPTURE'), { paid }), EN)).toMatchObject({
      text: '1,500 Points that were set aside have been spent. Reward: A mug.',
      trace: [{ kind: 'CAUSE' }, { kind: 'CAUSE', item: 'mug', revision: 4, text: '2 × mug, redemption rdm_1' }],
    });
  });

  test('without its reason or who did it, which only the team sees', () => {
    const secret = aTransaction('ADJUST', { reason: 'fraud suspected', actor: 'staff:eve' });
    const { text, trace } = explainTransaction(someFacts(secret, { change: 1 }), EN);
    expect(text).not.toMatch(/fraud|eve/);
    expect(trace[0]?.text).toBe('ADJUST, by staff:eve: fraud suspected');
  });
});
