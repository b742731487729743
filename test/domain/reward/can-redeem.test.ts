import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { formatFor, LANGUAGES } from '#domain/explanation/locale.ts';
import { refusalText } from '#domain/explanation/refusal-texts.ts';
import { decideRedemption, type RedemptionFacts, type RedemptionWish } from '#domain/reward/can-redeem.ts';
import { compileRewards, type CompiledReward } from '#domain/reward/compile.ts';
import { REFUSAL_CODES, type RedemptionRefusal } from '#domain/reward/refusal.ts';
import { textsFor } from '#domain/reward/texts.ts';

import { SURROUNDINGS } from '../../support/earning.ts';
import { aReward, type RewardGiven } from '../../support/reward.ts';

const tierCodes = new Set(['bronze', 'silver', 'gold', 'ruby']);
const NOW = new Date('2026-03-01T12:00:00Z');
const around = { program: { timeZone: 'Europe/Berlin' }, now: NOW };
const ONE: RedemptionWish = { quantity: 1, mode: 'ISSUE', by: 'TEAM', stepUp: 'MISSING' };

function compiledOf(given: RewardGiven = {}): CompiledReward {
  const id = '00000000-0000-7000-8000-000000000001';
  const compiled = compileRewards([{ id, ...aReward(given) }], { ...SURROUNDINGS, tierCodes });
  const [first] = 'problems' in compiled ? [] : compiled.rewards.all;
  if (first === undefined) throw new Error(JSON.stringify(compiled));
  return first;
}

/** Somebody who may have anything, unless told otherwise. */
function someFacts(over: Partial<RedemptionFacts> = {}): RedemptionFacts {
  const customer = { externalId: 'c1', locale: 'en', timeZone: null, enrolmentState: 'ENROLLED', attributes: {} };
  return {
    customer,
    account: null,
    tiers: [],
    available: 1_000_000,
    stock: { reserved: 0, issued: 0 },
    hasFreeCode: true,
    used: [],
    missingConsent: null,
    ...over,
  };
}

const inState = (enrolmentState: string) => ({ customer: { ...someFacts().customer, enrolmentState } });
const limit = (of: 'CUSTOMER' | 'ACCOUNT' | 'EVERYBODY', per: 'DAY' | 'ALL_TIME', quantity: number) => ({
  limits: [{ of, per, quantity }],
});
const dayEnds = '2026-03-01T23:00:00.000Z';

type Case = [
  code: string,
  reward: RewardGiven,
  facts: Partial<RedemptionFacts>,
  refusal: object,
  wish?: Partial<RedemptionWish>,
];

const CASES: Case[] = [
  ['BLOCKED', {}, inState('BLOCKED'), {}],
  ['NOT_ENROLLED', {}, inState('INVITED'), { state: 'INVITED' }],
  ['CONSENT_REQUIRED', {}, { missingConsent: 2 }, { version: 2 }],
  ['PAUSED', { paused: true }, {}, {}],
  ['NOT_YET', { validFrom: '2026-03-01T12:00:00.001Z' }, {}, { from: '2026-03-01T12:00:00.001Z' }],
  ['NO_LONGER', { validUntil: '2026-03-01T12:00:00Z' }, {}, { until: '2026-03-01T12:00:00.000Z' }],
  ['TIER_REQUIRED', { tiers: ['gold', 'ruby'] }, { tiers: ['silver'] }, { tiers: ['gold', 'ruby'], has: ['silver'] }],
  [
    'NOT_IN_AUDIENCE',
    { audience: 'customer.locale == "en" && customer.attributes.plan == "pro"' },
    {},
    { failing: 'customer.attributes.plan == "pro"' },
  ],
  ['OUT_OF_STOCK', { stock: 5 }, { stock: { reserved: 2, issued: 3 } }, { wanted: 1, left: 0 }],
  ['NO_CODES_LEFT', { fulfilment: { kind: 'CODE_POOL' } }, { hasFreeCode: false }, {}],
  [
    'CUSTOMER_LIMIT',
    limit('CUSTOMER', 'DAY', 2),
    { used: [2] },
    { per: 'DAY', limit: 2, used: 2, wanted: 1, until: dayEnds },
  ],
  [
    'ACCOUNT_LIMIT',
    limit('ACCOUNT', 'DAY', 2),
    { used: [2] },
    { per: 'DAY', limit: 2, used: 2, wanted: 1, until: dayEnds },
  ],
  [
    'TOTAL_LIMIT',
    limit('EVERYBODY', 'ALL_TIME', 5),
    { stock: { reserved: 2, issued: 3 } },
    { per: 'ALL_TIME', limit: 5, used: 5, wanted: 1, until: null },
  ],
  ['INSUFFICIENT_POINTS', {}, { available: 99 }, { currency: 'points', needed: 100, available: 99 }],
  [
    'PAYMENT_REQUIRED',
    { price: { money: { amount: 500, currency: 'EUR' } } },
    {},
    { amount: 500, currency: 'EUR' },
    { by: 'CUSTOMER' },
  ],
  ['STEP_UP_REQUIRED', { stepUpAbove: 100 }, {}, { why: 'MISSING' }],
];

describe('a refusal', () => {
  test.each(CASES)('%s says what is missing', (code, reward, facts, data, wish = {}) => {
    const decision = decideRedemption(compiledOf(reward), someFacts(facts), { ...ONE, ...wish }, around);
    expect(decision.refusals).toEqual([{ code, ...data }]);
    const [refusal] = decision.refusals as RedemptionRefusal[];
    for (const language of LANGUAGES)
      expect(refusalText(refusal!, formatFor(language, 'Europe/Berlin'))).toMatch(/^[A-Z].*\.$/);
    // What is stored and answered is the same after JSON.
    expect(JSON.parse(JSON.stringify(refusal))).toEqual(refusal);
  });

  test('of every code is among these, and each is told in its order when all come together', () => {
    expect(CASES.map(([code]) => code)).toEqual(REFUSAL_CODES);
    const everything: RewardGiven = {
      ...Object.assign({}, ...CASES.map(([, reward]) => reward)),
      price: { money: { amount: 500, currency: 'EUR' } },
      limits: CASES.flatMap(([, reward]) => reward.limits ?? []),
      validUntil: null,
    };
    const facts = Object.assign({}, ...CASES.map(([, , own]) => own)) as Partial<RedemptionFacts>;
    const { refusals } = decideRedemption(
      compiledOf(everything),
      someFacts({ ...facts, used: [2, 2, 2], ...inState('LEFT') }),
      { ...ONE, by: 'CUSTOMER' },
      around,
    );
    const told = REFUSAL_CODES.filter((code) => code !== 'BLOCKED' && code !== 'NO_LONGER');
    expect(refusals.map(({ code }) => code)).toEqual(told);
  });
});

describe('a yes', () => {
  const yes = (reward: RewardGiven, facts: Partial<RedemptionFacts> = {}, wish: Partial<RedemptionWish> = {}) =>
    decideRedemption(compiledOf(reward), someFacts(facts), { ...ONE, ...wish }, around);

  test('tells the price, points and money, times the quantity', () => {
    const reward = { maxQuantity: 5, price: { money: { amount: 250, currency: 'EUR' } } };
    expect(yes(reward, {}, { quantity: 3 })).toEqual({
      cost: { points: 300, money: { amount: 750, currency: 'EUR' } },
      refusals: [],
    });
  });

  test.each([
    [[], 100],
    [['silver'], 80],
    [['gold'], 0],
    [['silver', 'gold'], 0],
    [['bronze'], 100],
  ])('asks of tiers %j the price of %i', (tiers, points) => {
    const byTier = [
      { tiers: ['silver'], points: 80 },
      { tiers: ['gold', 'ruby'], points: 0 },
    ];
    expect(yes({ price: { byTier } }, { tiers }).cost.points).toBe(points);
  });

  test.each<[string, RewardGiven, Partial<RedemptionFacts>, Partial<RedemptionWish>]>([
    ['to who is paused: what one has stays', {}, inState('PAUSED'), {}],
    ['at the first instant of the window', { validFrom: NOW.toISOString() }, {}, {}],
    ['with exactly the points that it costs', {}, { available: 100 }, {}],
    ['for nothing, also under a debt', { points: 0 }, { available: -5 }, {}],
    [
      'to a customer who reserves what costs money',
      { price: { money: { amount: 5, currency: 'EUR' } } },
      {},
      { by: 'CUSTOMER', mode: 'RESERVE' },
    ],
    ['below the points that ask for a code', { stepUpAbove: 101 }, {}, {}],
    ['with the right code', { stepUpAbove: 100 }, {}, { stepUp: null }],
    ['for the last piece', { stock: 5 }, { stock: { reserved: 2, issued: 2 } }, {}],
    ['to the audience', { audience: '"gold" in tiers && tier == "gold"' }, { tiers: ['gold'] }, {}],
  ])('is given %s', (_title, reward, facts, wish) => {
    expect(yes(reward, facts, wish).refusals).toEqual([]);
  });
});

test('more points, stock or codes, or a smaller wish, never turn a yes into a no', () => {
  const arbitrary = fc.record({
    available: fc.integer({ min: -50, max: 400 }),
    issued: fc.nat(10),
    reserved: fc.nat(10),
    used: fc.nat(6),
    quantity: fc.integer({ min: 2, max: 5 }),
    more: fc.nat(300),
  });
  const reward = compiledOf({ stock: 10, maxQuantity: 5, limits: [{ of: 'CUSTOMER', per: 'WEEK', quantity: 5 }] });
  fc.assert(
    fc.property(arbitrary, ({ available, issued, reserved, used, quantity, more }) => {
      const facts = someFacts({ available, stock: { issued, reserved }, used: [used] });
      const isYes = (of: RedemptionFacts, wanted: number): boolean =>
        decideRedemption(reward, of, { ...ONE, quantity: wanted }, around).refusals.length === 0;
      if (!isYes(facts, quantity)) return;
      expect(isYes({ ...facts, available: available + more }, quantity)).toBe(true);
      expect(isYes({ ...facts, stock: { issued, reserved: 0 } }, quantity)).toBe(true);
      expect(isYes(facts, quantity - 1)).toBe(true);
    }),
  );
});

test('texts are those of the locale, else of the language, else English, else the first', () => {
  const text = (name: string) => ({ name, description: '', terms: '' });
  const texts = { en: text('mug'), de: text('Becher'), 'de-AT': text('Häferl') };
  const asked = ['de-AT', 'de-at', 'de-CH', 'de', 'fr', null].map((locale) => textsFor(texts, locale).name);
  expect(asked).toEqual(['Häferl', 'Häferl', 'Becher', 'Becher', 'mug', 'mug']);
  expect(textsFor({ fr: text('tasse'), es: text('taza') }, 'de')).toEqual({ locale: 'es', ...text('taza') });
});
