import { describe, expect, test } from 'vitest';

import type { EarningRule } from '#domain/earning/rule.ts';
import { openUsage } from '#domain/earning/usage.ts';
import { listWaysToEarn } from '#domain/explanation/how-to-earn.ts';
import { formatFor, languageOf, type Language } from '#domain/explanation/locale.ts';
import type { Milestone } from '#domain/milestone/milestone.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { RuleSet } from '#domain/rule-set/rule-set.ts';

import { aBoost, aRule, aRuleSet, aRuleSetOf, POINTS, PURCHASE } from '../../support/earning.ts';
import { aMilestone } from '../../support/milestone.ts';

const NOW = new Date('2026-03-18T10:00:00Z');
const ZONE = 'Europe/Berlin';

function waysOf(
  rules: readonly EarningRule[],
  language: Language = 'en',
  caps: Parameters<typeof listWaysToEarn>[3] = null,
) {
  return waysBy(aRuleSet(rules), language, caps).filter((way) => way.kind === 'RULE');
}

function waysBy(ruleSet: RuleSet, language: Language = 'en', caps: Parameters<typeof listWaysToEarn>[3] = null) {
  const catalogue = {
    program: { timeZone: ZONE },
    ruleSet,
    activityTypeByCode: new Map([['purchase', PURCHASE]]),
    activityTypeById: new Map([[PURCHASE.id, PURCHASE]]),
    currencyByCode: new Map([['points', POINTS]]),
    defaultCurrency: POINTS,
  } as unknown as Catalogue;
  return listWaysToEarn(catalogue, NOW, formatFor(language, ZONE), caps);
}

const sentences = (rule: Partial<EarningRule>): string[] =>
  (['en', 'de'] as const).map((language) => waysOf([aRule(rule)], language)[0]?.sentence ?? '');

describe('how to earn', () => {
  test('says a fixed award', () => {
    expect(sentences({ award: { kind: 'FIXED', points: 1_500 } })).toEqual([
      '1,500 Points for Purchase.',
      '1.500 Points für Purchase.',
    ]);
  });

  test('says an award a unit with its rounding', () => {
    expect(
      sentences({ award: { kind: 'PER_UNIT', property: 'amount', pointsPerUnit: '1.5', rounding: 'FLOOR' } }),
    ).toEqual([
      '1.5 Points for each unit of amount, rounded down, for Purchase.',
      '1,5 Points für jede Einheit von amount, abgerundet, für Purchase.',
    ]);
  });

  test('says that a formula is one', () => {
    expect(sentences({ award: { kind: 'EXPRESSION', expression: '1 + 1', rounding: 'FLOOR' } })).toEqual([
      'A varying number of Points for Purchase.',
      'Eine wechselnde Zahl von Points für Purchase.',
    ]);
  });

  test('says conditions of simple shapes in words, and quotes others', () => {
    const condition =
      'activity.properties.amount >= 1000.5 && tier == "gold" && counters.thisMonth == 0 && customer.attributes.plan in ["pro", "team"] && activity.properties.sku.startsWith("A")';
    const [en, de] = sentences({ award: { kind: 'FIXED', points: 1 }, condition });
    expect(en).toBe(
      '1 Points for Purchase, if amount is at least 1,000.5 and your tier is gold and it is the first time in that month and your plan is pro or team and “activity.properties.sku.startsWith("A")”.',
    );
    expect(de).toBe(
      '1 Points für Purchase, wenn gilt: amount ist mindestens 1.000,5 und Ihre Stufe ist gold und es ist das erste Mal in dem Monat und Ihr Merkmal plan ist pro oder team und “activity.properties.sku.startsWith("A")”.',
    );
    expect(waysOf([aRule({ condition })])[0]?.conditions.map(({ inWords }) => inWords)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  test('says caps, waiting, cool-down and the end, in the zone of the program', () => {
    const rule = {
      award: { kind: 'FIXED' as const, points: 5 },
      caps: [
        { per: 'DAY' as const, points: 20, uses: 3, beyond: 'TRUNCATE' as const },
        { per: 'ALL_TIME' as const, points: null, uses: 10, beyond: 'TRUNCATE' as const },
      ],
      pending: { kind: 'DAYS' as const, days: 14 },
      coolDownMinutes: 30,
      validUntil: '2026-03-31T22:00:00Z',
    };
    expect(sentences(rule)).toEqual([
      '5 Points for Purchase. At most 20 Points and 3 times a day. At most 10 times in all. At least 30 minutes must lie between two times. They can be spent after 14 days. Until 1 April 2026.',
      '5 Points für Purchase. Höchstens 20 Points und 3-mal am Tag. Höchstens 10-mal insgesamt. Zwischen zwei Malen müssen mindestens 30 Minuten liegen. Einlösbar nach 14 Tagen. Bis 1. April 2026.',
    ]);
  });

  test('leaves out what is paused, archived, over or still to come, at the very instants', () => {
    const at = (ms: number): string => new Date(NOW.getTime() + ms).toISOString();
    const rules = [
      aRule({ code: 'low', priority: 1 }),
      aRule({ code: 'high', priority: 9 }),
      aRule({ code: 'paused', state: 'PAUSED' }),
      aRule({ code: 'archived', state: 'ARCHIVED' }),
      aRule({ code: 'over', validUntil: at(0) }),
      aRule({ code: 'ending', validUntil: at(1) }),
      aRule({ code: 'starting', validFrom: at(0) }),
      aRule({ code: 'coming', validFrom: at(1) }),
    ];
    expect(waysOf(rules).map(({ rule }) => rule.code)).toEqual(['high', 'low', 'ending', 'starting']);
  });

  test('tells a customer what is left of each cap, and when it counts anew', () => {
    const rule = aRule({
      caps: [
        { per: 'DAY', points: 20, uses: 3, beyond: 'TRUNCATE' },
        { per: 'WEEK', points: 30, uses: null, beyond: 'TRUNCATE' },
        { per: 'ALL_TIME', points: null, uses: 10, beyond: 'TRUNCATE' },
        { per: 'ACTIVITY', points: 5, uses: null, beyond: 'TRUNCATE' },
      ],
    });
    const used = (period: string, points: number, uses: number) => ({
      subject: rule.id,
      period,
      usage: { points, uses, lastAt: null },
    });
    const caps = openUsage([used('2026-03-18', 15, 2), used('2026-W12', 45, 9), used('all', 45, 9)]);
    expect(waysOf([rule], 'en', caps)[0]?.left).toEqual([
      { per: 'DAY', points: 5, uses: 1, renewsAt: new Date('2026-03-18T23:00:00Z') },
      { per: 'WEEK', points: 0, uses: null, renewsAt: new Date('2026-03-22T23:00:00Z') },
      { per: 'ALL_TIME', points: null, uses: 1, renewsAt: null },
    ]);
    expect(waysOf([rule])[0]?.left).toBeNull();
  });

  test('says what multiplies the points, when and for whom, and leaves out boosts that are over or to come', () => {
    const at = (ms: number): string => new Date(NOW.getTime() + ms).toISOString();
    const night = { days: [1, 2, 3, 4, 5, 6, 7], from: '23:00', until: '05:00' };
    const sections = {
      earningRules: [aRule({ award: { kind: 'FIXED' as const, points: 5 } })],
      boosts: [
        aBoost({ code: 'a', name: 'Spring', multiplier: '1.5', validUntil: '2026-04-01T00:00:00+02:00' }),
        aBoost({ code: 'b', name: 'Night', hours: [night], condition: 'tier == "gold"' }),
        aBoost({ code: 'over', validUntil: at(0) }),
        aBoost({ code: 'coming', validFrom: at(1) }),
        aBoost({ code: 'other', rules: ['elsewhere'] }),
      ],
    };
    sections.earningRules.push(aRule({ code: 'elsewhere', state: 'PAUSED' }));
    const [en, de] = (['en', 'de'] as const).map((language) => waysBy(aRuleSetOf(sections), language)[0]);
    expect(en?.sentence).toBe(
      '5 Points for Purchase. “Spring”: 1.5 times the points until 1 April 2026. “Night”: 2 times the points at certain times, if your tier is gold.',
    );
    expect(de?.sentence).toBe(
      '5 Points für Purchase. „Spring“: 1,5-mal so viel bis 1. April 2026. „Night“: 2-mal so viel zu bestimmten Zeiten, wenn gilt: Ihre Stufe ist gold.',
    );
    expect(en?.kind === 'RULE' && en.boosts.map(({ boost, isOpen }) => [boost.code, isOpen])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });

  test('says when it comes by itself', () => {
    const occasion = {
      ...{ id: '00000000-0000-7000-8000-0000000000aa', code: 'birthday', name: 'Birthday', catchUpDays: 7 },
      ...{ date: { kind: 'BIRTHDAY' as const }, leapDay: 'FEB_28' as const, activityType: 'purchase' },
    };
    const sections = {
      earningRules: [aRule({ award: { kind: 'FIXED' as const, points: 5 } })],
      occasions: [
        { ...occasion, audience: '', paused: false },
        { ...occasion, id: '00000000-0000-7000-8000-0000000000ab', code: 'resting', audience: '', paused: true },
      ],
    };
    const [en, de] = (['en', 'de'] as const).map((language) => waysBy(aRuleSetOf(sections), language)[0]);
    expect(en?.sentence).toBe('5 Points for Purchase. By itself, once a year, on your birthday.');
    expect(de?.sentence).toBe('5 Points für Purchase. Von selbst, einmal im Jahr, an Ihrem Geburtstag.');
  });

  test('has the milestones after the rules, and leaves out those that are paused', () => {
    const milestones = [
      aMilestone(),
      aMilestone({ code: 'resting', paused: true }),
      aMilestone({ code: 'each', measure: { kind: 'POINTS', currency: null }, every: '500', points: 20 }),
    ].map((milestone, place) => ({ ...milestone, id: `00000000-0000-7000-b000-00000000000${place}` }));
    const sections = { earningRules: [aRule({ code: 'rule' })], milestones: milestones as Milestone[] };
    const ways = waysBy(aRuleSetOf(sections));
    expect(ways.map((way) => (way.kind === 'RULE' ? way.rule.code : way.milestone.code))).toEqual([
      'rule',
      'regular',
      'each',
    ]);
    expect(ways.slice(1)).toMatchObject([
      { activityType: { code: 'purchase' }, sentence: '100 Points on reaching 3 or 10 times Purchase in all.' },
      { activityType: null, sentence: '20 Points for every 500 Points earned in all.' },
    ]);
  });
});

test('a locale speaks the language of its first part, and English where there is no table', () => {
  expect(['de-AT', 'de', 'DE_CH', 'en-US', 'fr', '', null].map(languageOf)).toEqual([
    'de',
    'de',
    'de',
    'en',
    'en',
    'en',
    'en',
  ]);
});
