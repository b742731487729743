import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decidePlay, type PlayFacts } from '#domain/draw/can-play.ts';
import { compileDraws, type CompiledDraw } from '#domain/draw/compile.ts';
import { DrawSchema } from '#domain/draw/draw.ts';
import { drawOutcome, isAnythingLeft, oddsOf, outcomeOf, whatIsUsedUp, type Given } from '#domain/draw/play.ts';
import { DRAW_REFUSAL_CODES, type DrawRefusal } from '#domain/draw/refusal.ts';
import { drawRefusalText, explainPlay } from '#domain/explanation/draw-words.ts';
import { formatFor, LANGUAGES } from '#domain/explanation/locale.ts';
import { RewardSchema } from '#domain/reward/reward.ts';

import { aDraw, type DrawGiven } from '../../support/draw.ts';
import { aReward } from '../../support/reward.ts';

const id = '01900000-0000-7000-8000-000000000001';
const currency = (code: string, kind: 'SPENDABLE' | 'STATUS' = 'SPENDABLE') => ({
  ...{ id: code, code, name: code, kind, isDefault: code === 'points', balanceCap: null, expiry: null },
  expiryNoticeDays: [],
});
const SURROUNDINGS = {
  currencies: [currency('points'), currency('stars'), currency('status', 'STATUS')],
  attributes: [],
  tierCodes: new Set(['gold']),
  rewards: [RewardSchema.parse({ ...aReward(), id })],
};

const compile = (given: DrawGiven) => compileDraws([DrawSchema.parse({ ...aDraw(given), id })], SURROUNDINGS);

function compiled(given: DrawGiven = {}): CompiledDraw {
  const result = compile(given);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.draws[0]!;
}

const POINTS = { kind: 'POINTS' as const, points: 50 };
const NOTHING_GIVEN: Given = { timesByLimit: [], inStock: [], points: 0, money: 0 };
const NOW = new Date('2026-11-22T12:00:00Z');
const AROUND = { program: { timeZone: 'Europe/Berlin' }, now: NOW };

/** A generator of a fixed sequence (mulberry32), as a number from 0 to 1. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('a ticket', () => {
  test('falls into exactly one outcome, and into each as often as its weight says', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 8 }), (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const hits = weights.map(() => 0);
        for (let ticket = 0; ticket < total; ticket += 1) hits[outcomeOf(weights, ticket)]! += 1;
        expect(hits).toEqual(weights);
        for (const none of [-1, total]) expect(() => outcomeOf(weights, none)).toThrow(RangeError);
      }),
    );
  });

  test('of 200,000 drawn at random gives each outcome its share, by the chi-square test at one in a thousand', () => {
    const draw = compiled({
      outcomes: [
        { code: 'car', weight: 1, prize: POINTS },
        { code: 'bike', weight: 49, prize: POINTS },
        { code: 'mug', weight: 950, prize: POINTS },
        { code: 'blank', weight: 9_000 },
      ],
    });
    const random = sequence(20_261_122);
    const counts = new Map<string, number>();
    const plays = 200_000;
    for (let n = 0; n < plays; n += 1) {
      const ticket = Math.floor(random() * draw.tickets);
      const { code } = drawOutcome(draw, [null, null, null, null], ticket).given.outcome;
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    const chiSquare = draw.outcomes.reduce((sum, { outcome }) => {
      const expected = (plays * outcome.weight) / draw.tickets;
      return sum + ((counts.get(outcome.code) ?? 0) - expected) ** 2 / expected;
    }, 0);
    // The 99.9 % quantile with three degrees of freedom.
    expect(chiSquare).toBeLessThan(16.27);
  });
});

describe('what is used up', () => {
  const draw = compiled({
    outcomes: [
      { code: 'ten', prize: { kind: 'POINTS', points: 10 }, limits: [{ of: 'EVERYBODY', per: 'DAY', times: 2 }] },
      { code: 'mug', prize: { kind: 'REWARD', reward: 'mug' }, cost: 500 },
      { code: 'blank', weight: 8 },
    ],
    budget: { per: 'MONTH', points: 100, money: 1_000 },
  });
  const given = (over: Partial<Given>): Given => ({
    ...NOTHING_GIVEN,
    timesByLimit: [[0]],
    inStock: [true, true, true],
    ...over,
  });

  test.each([
    ['nothing', {}, [null, null, null]],
    ['what was given as often as its limit says', { timesByLimit: [[2]] }, ['LIMIT', null, null]],
    ['a reward without a piece', { inStock: [true, false, true] }, [null, 'STOCK', null]],
    ['points that still fit into the budget', { points: 90 }, [null, null, null]],
    ['points that do not', { points: 91 }, ['BUDGET', null, null]],
    ['money that does not', { money: 501 }, [null, 'BUDGET', null]],
  ])('is %s', (_what, over, expected) => {
    expect(whatIsUsedUp(draw, given(over))).toEqual(expected);
  });

  test('falls to the fallback, for free where that gives nothing', () => {
    const { drawn, given: got, usedUp, isPaid } = drawOutcome(draw, ['LIMIT', null, null], 0);
    expect([drawn.outcome.code, got.outcome.code, usedUp, isPaid]).toEqual(['ten', 'blank', 'LIMIT', false]);
    expect(drawOutcome(draw, ['LIMIT', null, null], 5)).toMatchObject({ usedUp: null, isPaid: true });
    const box = compiled({
      fallback: 'one',
      outcomes: [
        { code: 'ten', prize: { kind: 'POINTS', points: 10 }, limits: [{ of: 'CUSTOMER', per: 'DAY', times: 1 }] },
        { code: 'one', weight: 0, prize: { kind: 'POINTS', points: 1 } },
      ],
    });
    expect(drawOutcome(box, ['LIMIT', null], 0)).toMatchObject({ usedUp: 'LIMIT', isPaid: true });
    expect(isAnythingLeft(box, ['LIMIT', null])).toBe(true);
    expect(isAnythingLeft(draw, ['LIMIT', 'STOCK', null])).toBe(false);
  });

  test('has no chance any more, and its tickets are the fallback’s: the chances are whole whatever is used up', () => {
    const chances = (usedUp: Parameters<typeof oddsOf>[1]) => oddsOf(draw, usedUp).map(({ now }) => now);
    expect(chances([null, null, null])).toEqual([1, 1, 8]);
    expect(chances(['LIMIT', null, null])).toEqual([0, 1, 9]);
    expect(chances(['LIMIT', 'STOCK', null])).toEqual([0, 0, 10]);
    fc.assert(
      fc.property(fc.tuple(fc.boolean(), fc.boolean()), fc.nat(9), ([ten, mug], ticket) => {
        const usedUp = [ten ? ('LIMIT' as const) : null, mug ? ('STOCK' as const) : null, null];
        const odds = oddsOf(draw, usedUp);
        expect(odds.reduce((sum, { now }) => sum + now, 0)).toBe(draw.tickets);
        expect(odds.find(({ outcome }) => outcome === drawOutcome(draw, usedUp, ticket).given)?.now).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a draw that is published', () => {
  const limits = [{ of: 'EVERYBODY' as const, per: 'DAY' as const, times: 1 }];
  const win = { code: 'win', prize: POINTS };
  test.each<[string, DrawGiven, string[]]>([
    ['has a fallback', { fallback: 'none' }, ['wheel.fallback']],
    ['has a fallback without limits', { outcomes: [win, { code: 'blank', limits }] }, ['wheel.fallback']],
    [
      'has a fallback that is no reward',
      { outcomes: [win, { code: 'blank', prize: { kind: 'REWARD', reward: 'mug' } }] },
      ['wheel.fallback'],
    ],
    [
      'has a fallback outside its budget',
      { outcomes: [win, { code: 'blank', prize: POINTS }], budget: { per: 'DAY', points: 9 } },
      ['wheel.fallback'],
    ],
    ['can be played by somebody', { price: null }, ['wheel.price']],
    ['is paid in points that can be spent', { price: { points: 1, currency: 'status' } }, ['wheel.price']],
    ['has something to win', { outcomes: [{ code: 'win' }, { code: 'blank' }] }, ['wheel.outcomes']],
    ['has no code twice', { outcomes: [win, win, { code: 'blank' }] }, ['wheel.outcomes']],
    [
      'draws all but its fallback',
      { outcomes: [win, { code: 'never', weight: 0 }, { code: 'blank' }] },
      ['wheel.outcomes.never'],
    ],
    [
      'names rewards that there are',
      { outcomes: [win, { code: 'x', prize: { kind: 'REWARD', reward: 'cup' } }, { code: 'blank' }] },
      ['wheel.outcomes.x'],
    ],
    [
      'says what its rewards cost where a budget counts money',
      {
        outcomes: [win, { code: 'x', prize: { kind: 'REWARD', reward: 'mug' } }, { code: 'blank' }],
        budget: { per: 'DAY', money: 9 },
      },
      ['wheel.budget'],
    ],
    ['names tiers that there are', { tiers: ['tin'] }, ['wheel.tiers']],
    [
      'ends after it starts',
      { validFrom: '2026-02-01T00:00:00Z', validUntil: '2026-01-01T00:00:00Z' },
      ['wheel.validUntil'],
    ],
    ['has a condition that can be read', { audience: 'customer.' }, ['wheel.audience']],
  ])('%s', (_law, given, paths) => {
    const result = compile(given);
    expect('problems' in result ? result.problems.map(({ path }) => path.join('.')) : []).toEqual(paths);
  });
});

describe('a play', () => {
  const facts = (over: Partial<PlayFacts> = {}): PlayFacts => ({
    customer: { externalId: 'c', locale: null, timeZone: null, enrolmentState: 'ENROLLED', attributes: {} },
    ...{ account: null, tiers: [], missingConsent: null, available: 100, plays: [], freePlays: 0 },
    ...over,
  });
  const decide = (given: DrawGiven, over: Partial<PlayFacts> = {}, usedUp: (null | 'LIMIT')[] = [null, null]) =>
    decidePlay(compiled(given), facts(over), usedUp, AROUND);

  test('is free while there are free plays, and costs its price afterwards', () => {
    const given: DrawGiven = { freePlays: { per: 'DAY', times: 2 } };
    expect(decide(given, { freePlays: 1 })).toEqual({ points: 0, isFree: true, freeLeft: 1, refusals: [] });
    expect(decide(given, { freePlays: 2 })).toEqual({ points: 10, isFree: false, freeLeft: 0, refusals: [] });
  });

  test('is refused with every reason, the weightiest first, and with when it is over', () => {
    const day = [
      { of: 'EVERYBODY' as const, per: 'DAY' as const, times: 5 },
      { of: 'CUSTOMER' as const, per: 'ALL_TIME' as const, times: 1 },
    ];
    const { refusals } = decide({ paused: true, limits: day, tiers: ['gold'] }, { available: 3, plays: [5, 1] }, [
      'LIMIT',
      null,
    ]);
    expect(refusals).toEqual([
      { code: 'PAUSED' },
      { code: 'TIER_REQUIRED', tiers: ['gold'], has: [] },
      { code: 'NOTHING_LEFT' },
      { code: 'CUSTOMER_LIMIT', per: 'ALL_TIME', limit: 1, used: 1, wanted: 1, until: null },
      { code: 'TOTAL_LIMIT', per: 'DAY', limit: 5, used: 5, wanted: 1, until: '2026-11-22T23:00:00.000Z' },
      { code: 'INSUFFICIENT_POINTS', currency: 'points', needed: 10, available: 3 },
    ]);
    const freeOnly = decide({ price: null, freePlays: { per: 'WEEK', times: 1 } }, { freePlays: 1 });
    expect(freeOnly.refusals).toEqual([{ code: 'NO_FREE_PLAY', until: '2026-11-22T23:00:00.000Z' }]);
  });

  test('that is refused is told why in every language', () => {
    const all: Record<string, DrawRefusal> = {
      NOT_ENROLLED: { code: 'NOT_ENROLLED', state: 'LEFT' },
      CONSENT_REQUIRED: { code: 'CONSENT_REQUIRED', version: 2 },
      NOT_YET: { code: 'NOT_YET', from: NOW.toISOString() },
      NO_LONGER: { code: 'NO_LONGER', until: NOW.toISOString() },
      TIER_REQUIRED: { code: 'TIER_REQUIRED', tiers: ['gold'], has: [] },
      NOT_IN_AUDIENCE: { code: 'NOT_IN_AUDIENCE', failing: 'secret' },
      CUSTOMER_LIMIT: { code: 'CUSTOMER_LIMIT', per: 'DAY', limit: 1, used: 1, wanted: 1, until: null },
      TOTAL_LIMIT: { code: 'TOTAL_LIMIT', per: 'DAY', limit: 1, used: 1, wanted: 1, until: NOW.toISOString() },
      NO_FREE_PLAY: { code: 'NO_FREE_PLAY', until: null },
      INSUFFICIENT_POINTS: { code: 'INSUFFICIENT_POINTS', currency: 'points', needed: 10, available: 3 },
    };
    for (const language of LANGUAGES)
      for (const code of DRAW_REFUSAL_CODES) {
        const text = drawRefusalText(all[code] ?? ({ code } as DrawRefusal), formatFor(language, 'UTC'));
        expect(text, code).toMatch(/^[A-ZÄÖÜ].{10,}\.$/s);
        expect(text).not.toMatch(/secret|undefined/);
      }
  });

  test('is explained by its ticket, the tickets that draw the outcome, and why another one was given', () => {
    const draw = compiled();
    const [win, blank] = draw.outcomes.map(({ outcome }) => outcome);
    const weights = [win!, blank!];
    const { text, trace } = explainPlay(
      {
        ...{ drawCode: 'wheel', revision: 4, ticket: 0, tickets: 10, drawn: 'win', given: 'blank', usedUp: 'LIMIT' },
        ...{ outcome: blank!, cost: 0, isFree: false, playedAt: NOW, weights },
      },
      'en',
      formatFor('en', 'UTC'),
    );
    expect(text).toBe('Your ticket was number 1 of 10. The prize that it drew was already gone. Result: The blank.');
    expect(trace.map(({ kind, seen, needed, revision }) => [kind, seen, needed, revision])).toEqual([
      ['DRAW', '0', '0 to 0', 4],
      ['DRAW', null, null, 4],
      ['LIMIT', null, null, 4],
    ]);
  });
});
