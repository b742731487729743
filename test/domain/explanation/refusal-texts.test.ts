import { describe, expect, test } from 'vitest';

import { DECLINE_REASONS } from '#domain/earning/evaluate.ts';
import { formatFor, LANGUAGES } from '#domain/explanation/locale.ts';
import { declineText, refusalText } from '#domain/explanation/refusal-texts.ts';
import { explainRefusal } from '#domain/explanation/refused-redemption.ts';
import { REFUSAL_CODES, type RedemptionRefusal, type StepUpLack } from '#domain/reward/refusal.ts';

const ZONE = 'Europe/Berlin';
const UNTIL = '2026-03-31T22:00:00.000Z';
const limit = { per: 'MONTH' as const, limit: 3, used: 2, wanted: 2, until: UNTIL };

/** One refusal of every code, with data. */
const REFUSALS: { [Code in RedemptionRefusal['code']]: Extract<RedemptionRefusal, { code: Code }> } = {
  BLOCKED: { code: 'BLOCKED' },
  NOT_ENROLLED: { code: 'NOT_ENROLLED', state: 'LEFT' },
  CONSENT_REQUIRED: { code: 'CONSENT_REQUIRED', version: 2 },
  PAUSED: { code: 'PAUSED' },
  NOT_YET: { code: 'NOT_YET', from: UNTIL },
  NO_LONGER: { code: 'NO_LONGER', until: UNTIL },
  TIER_REQUIRED: { code: 'TIER_REQUIRED', tiers: ['silver', 'gold'], has: ['basic'] },
  NOT_IN_AUDIENCE: { code: 'NOT_IN_AUDIENCE', failing: 'customer.attributes.margin > 3' },
  OUT_OF_STOCK: { code: 'OUT_OF_STOCK', wanted: 2, left: 1 },
  NO_CODES_LEFT: { code: 'NO_CODES_LEFT' },
  CUSTOMER_LIMIT: { code: 'CUSTOMER_LIMIT', ...limit },
  ACCOUNT_LIMIT: { code: 'ACCOUNT_LIMIT', ...limit },
  TOTAL_LIMIT: { code: 'TOTAL_LIMIT', ...limit },
  INSUFFICIENT_POINTS: { code: 'INSUFFICIENT_POINTS', currency: 'points', needed: 1_500, available: 300 },
  PAYMENT_REQUIRED: { code: 'PAYMENT_REQUIRED', amount: 500, currency: 'EUR' },
  STEP_UP_REQUIRED: { code: 'STEP_UP_REQUIRED', why: 'MISSING' },
};

const LACKS: Record<StepUpLack, true> = { MISSING: true, WRONG: true, ENDED: true, TRIES_USED_UP: true };

const isSentence = expect.stringMatching(/^\p{Lu}.{10,}[.]$/su) as string;

describe.each(LANGUAGES)('in %s', (language) => {
  const format = formatFor(language, ZONE);

  test.each(DECLINE_REASONS)('a rule that gave nothing because of %s is explained in a sentence', (reason) => {
    expect(declineText(reason, UNTIL, format)).toEqual(isSentence);
  });

  test.each(REFUSAL_CODES)('a redemption refused with %s is explained in a sentence', (code) => {
    expect(refusalText(REFUSALS[code], format)).toEqual(isSentence);
  });

  test('every way in which a confirmation fails has its own sentence', () => {
    const lacks = Object.keys(LACKS) as StepUpLack[];
    const texts = lacks.map((why) => refusalText({ code: 'STEP_UP_REQUIRED', why }, format));
    expect(new Set(texts).size).toBe(lacks.length);
  });
});

test('numbers and days are written as the language writes them, in the zone of the program', () => {
  const text = (language: 'en' | 'de', code: RedemptionRefusal['code']) =>
    refusalText(REFUSALS[code], formatFor(language, ZONE));
  expect(text('en', 'INSUFFICIENT_POINTS')).toBe('You need 1,200 more points: it costs 1,500, and you have 300.');
  expect(text('de', 'INSUFFICIENT_POINTS')).toBe(
    'Ihnen fehlen 1.200 Punkte: Die Prämie kostet 1.500, und Sie haben 300.',
  );
  expect(text('en', 'CUSTOMER_LIMIT')).toBe('You have reached the limit of 3 a month. It counts anew on 1 April 2026.');
  expect(text('de', 'NOT_YET')).toBe('Diese Prämie gibt es ab dem 1. April 2026.');
});

test('what only the team should know stands in the trace and not in the text', () => {
  const { text, trace } = explainRefusal(
    {
      rewardCode: 'mug',
      revision: 4,
      quantity: 2,
      points: 3_000,
      refusals: [REFUSALS.NOT_IN_AUDIENCE, REFUSALS.INSUFFICIENT_POINTS],
      refusedAt: new Date(UNTIL),
    },
    formatFor('en', ZONE),
  );
  expect(text).not.toContain('margin');
  expect(trace).toMatchObject([
    { kind: 'REFUSAL', item: 'mug', revision: 4, part: 'customer.attributes.margin > 3', basis: 'RECORDED' },
    { part: 'INSUFFICIENT_POINTS', seen: '300', needed: '>= 1500' },
  ]);
});
