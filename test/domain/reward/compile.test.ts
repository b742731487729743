import { describe, expect, test } from 'vitest';

import { compileRewards } from '#domain/reward/compile.ts';
import { RewardSchema } from '#domain/reward/reward.ts';

import { POINTS, SURROUNDINGS } from '../../support/earning.ts';
import { aReward, type RewardGiven } from '../../support/reward.ts';

const STATUS = { ...POINTS, id: '00000000-0000-7000-9000-000000000002', code: 'status', isDefault: false };
const tierCodes = new Set(['gold', 'silver']);
const surroundings = { ...SURROUNDINGS, tierCodes, currencies: [POINTS, { ...STATUS, kind: 'STATUS' as const }] };
const id = '00000000-0000-7000-8000-000000000001';

/** What is wrong with a reward, by its fields. */
function problemsOf(given: RewardGiven): string[] {
  const compiled = compileRewards([{ id, ...aReward(given) }], surroundings);
  return 'problems' in compiled ? compiled.problems.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
}

const code = { kind: 'GENERATED_CODE', prefix: 'X-', length: 8, alphabet: 'ABCDEFGHJKLMNPQR' } as const;
const euro = { amount: 500, currency: 'EUR' };

describe('a reward cannot go live', () => {
  test.each<[string, RewardGiven, RegExp]>([
    ['with an unknown currency', { price: { currency: 'gold' } }, /mug\.price: There is no point currency gold/],
    ['for status points', { price: { currency: 'status' } }, /mug\.price: .*status points/],
    [
      'with two prices for a tier',
      {
        price: {
          byTier: [
            { tiers: ['gold', 'silver'], points: 1 },
            { tiers: ['gold'], points: 2 },
          ],
        },
      },
      /mug\.price: Tier gold has two prices/,
    ],
    ['for a tier that there is not', { tiers: ['gold', 'ruby'] }, /mug\.tiers: There is no tier ruby/],
    [
      'with a price for a tier that there is not',
      { price: { byTier: [{ tiers: ['ruby'], points: 1 }] } },
      /mug\.price: There is no tier ruby/,
    ],
    ['for money that is none', { price: { money: { amount: 1, currency: 'XXQ' } } }, /mug\.price: XXQ/],
    [
      'as credit in money that is none',
      { fulfilment: { kind: 'ACCOUNT_CREDIT', amount: { amount: 1, currency: 'XXQ' } } },
      /mug\.fulfilment: XXQ/,
    ],
    [
      'when it ends before it begins',
      { validFrom: '2026-03-02T00:00:00Z', validUntil: '2026-03-01T00:00:00Z' },
      /mug\.validUntil/,
    ],
    ['for an audience that does not parse', { audience: 'customer.' }, /mug\.audience/],
    ['for an audience by an unknown attribute', { audience: 'customer.attributes.shoe == "41"' }, /mug\.audience/],
    ['for an audience by an activity', { audience: 'activity.channel == "WEB"' }, /mug\.audience/],
    ['for an audience that is no yes or no', { audience: 'customer.locale' }, /mug\.audience: .*true or false/],
    [
      'for an audience without end',
      { audience: 'tiers.all(a, tiers.all(b, tiers.exists(c, a == b && b == c)))' },
      /mug\.audience: .*list walk/,
    ],
    ['with codes that can be guessed', { fulfilment: { ...code, length: 5 } }, /mug\.fulfilment: .*guessed/],
    [
      'with an alphabet that names a letter twice',
      { fulfilment: { ...code, length: 12, alphabet: 'ABCDEFGHAB' } },
      /mug\.fulfilment: .*twice/,
    ],
    ['with several codes at once', { fulfilment: code, maxQuantity: 2 }, /mug\.maxQuantity/],
    ['with codes delivered by hand', { fulfilment: code, byHand: true }, /mug\.byHand/],
    ['when it expires before it is delivered by hand', { byHand: true, validityDays: 3 }, /mug\.validityDays/],
    [
      'with percentages that would add up',
      { fulfilment: { kind: 'DISCOUNT', amount: null, percent: '10' }, maxQuantity: 2 },
      /mug\.maxQuantity/,
    ],
    [
      'with two limits of the same',
      {
        limits: [
          { of: 'CUSTOMER', per: 'DAY', quantity: 1 },
          { of: 'CUSTOMER', per: 'DAY', quantity: 2 },
        ],
      },
      /mug\.limits: There are two limits/,
    ],
  ])('%s', (_title, given, problem) => {
    expect(problemsOf(given)).toEqual([expect.stringMatching(problem)]);
  });

  test('and every problem is told at once', () => {
    const bad = { price: { currency: 'gold' }, audience: '1 +', byHand: true, validityDays: 1 };
    expect(problemsOf(bad).map((problem) => problem.split(':')[0])).toEqual([
      'mug.price',
      'mug.validityDays',
      'mug.audience',
    ]);
  });
});

describe('the form of a reward refuses', () => {
  const parse = (over: object): boolean => RewardSchema.safeParse({ id, ...aReward(), ...over }).success;
  const text = { name: 'A mug' };
  test.each<[string, object]>([
    ['a negative price', { price: { points: -1 } }],
    ['a price with a fraction', { price: { points: 1.5 } }],
    ['a negative price for a tier', { price: { points: 1, byTier: [{ tiers: ['gold'], points: -1 }] } }],
    ['money below nothing', { price: { points: 1, money: { amount: -5, currency: 'EUR' } } }],
    ['a negative stock', { stock: -1 }],
    ['a picture without encryption', { imageUrl: 'http://example.com/mug.png' }],
    ['a picture that is a script', { imageUrl: 'javascript:alert(1)' }],
    ['no text at all', { texts: {} }],
    ['a text in no locale', { texts: { 'not a locale': text } }],
    ['a discount of more than everything', { fulfilment: { kind: 'DISCOUNT', percent: '101' } }],
    ['a discount of nothing', { fulfilment: { kind: 'DISCOUNT', percent: '0.0' } }],
    ['a discount of both kinds', { fulfilment: { kind: 'DISCOUNT', percent: '10', amount: euro } }],
    ['a kind that there is not', { fulfilment: { kind: 'PONY' } }],
    ['a reservation longer than a hold lasts', { reservationMinutes: 30 * 24 * 60 + 1 }],
    ['a field that there is not', { colour: 'red' }],
  ])('%s', (_title, over) => {
    expect(parse(over)).toBe(false);
    expect(parse({})).toBe(true);
  });
});

test('the catalogue is in the order of sortOrder, then code', () => {
  const reward = (given: RewardGiven, place: number) => ({ ...aReward(given), id: id.slice(0, -1) + String(place) });
  const compiled = compileRewards(
    [
      reward({ code: 'b' }, 1),
      reward({ code: 'c', sortOrder: -1 }, 2),
      reward({ code: 'a', sortOrder: 1 }, 3),
      reward({ code: 'a0' }, 4),
    ],
    surroundings,
  );
  if ('problems' in compiled) throw new Error('it compiles');
  expect(compiled.rewards.all.map((entry) => entry.reward.code)).toEqual(['c', 'a0', 'b', 'a']);
});
