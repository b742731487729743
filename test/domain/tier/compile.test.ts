import { describe, expect, it } from 'vitest';

import { compileRuleSet } from '#domain/rule-set/rule-set.ts';
import { LadderSchema } from '#domain/tier/ladder.ts';

import { SURROUNDINGS } from '../../support/earning.ts';
import { aCompiledLadder, aLadder, aTier, ladderProblems } from '../../support/tier.ts';

describe('a ladder', () => {
  it.each([
    [
      'thresholds that overlap',
      { tiers: [aTier('a', '10'), aTier('b', '10.00')] },
      'status.tiers.b.threshold: b begins at 10.00, which is not above a at 10.',
    ],
    [
      'thresholds that fall',
      { tiers: [aTier('a', '10'), aTier('x', null, { manualOnly: true }), aTier('b', '9')] },
      'status.tiers.b.threshold: b begins at 9, which is not above a at 10.',
    ],
    ['a tier twice', { tiers: [aTier('a', '1'), aTier('a', '2')] }, 'status.tiers.a: a is used twice.'],
    [
      'an earned tier without a threshold',
      { tiers: [aTier('a', null)] },
      'status.tiers.a.threshold: A tier that is earned has a threshold.',
    ],
    [
      'a given tier with a threshold',
      { tiers: [aTier('a', '1', { manualOnly: true })] },
      'status.tiers.a.threshold: A tier that is only given by hand has no threshold.',
    ],
    [
      'half a point',
      { tiers: [aTier('a', '0.5')] },
      'status.tiers.a.threshold: POINTS_EARNED counts whole numbers, 0.5 is none.',
    ],
    [
      'an unknown point currency',
      { basis: { kind: 'POINTS_EARNED', currency: 'gems' } },
      'status.basis: There is no point currency gems.',
    ],
    [
      'an unknown activity type',
      { basis: { kind: 'ACTIVITY_COUNT', activityType: 'flight' } },
      'status.basis: There is no activity type flight.',
    ],
    [
      'an unknown property',
      { basis: { kind: 'SPEND', activityType: 'purchase', property: 'miles' } },
      'status.basis: purchase has no number property miles.',
    ],
    [
      'a property that is no number',
      { basis: { kind: 'SPEND', activityType: 'purchase', property: 'sku' } },
      'status.basis: purchase has no number property sku.',
    ],
    [
      'a grace as long as a period',
      { period: { kind: 'CALENDAR', unit: 'QUARTER' }, graceDays: 90 },
      'status.graceDays: graceDays is shorter than a period, which may have 90 days.',
    ],
    [
      'a warning before nothing',
      { period: { kind: 'LIFETIME' }, warningDays: 1 },
      'status.warningDays: A lifetime has no end of which to warn.',
    ],
    [
      'lifetime points over a year',
      { basis: { kind: 'LIFETIME_POINTS', currency: null } },
      'status.period: LIFETIME_POINTS counts over a lifetime; POINTS_EARNED counts over a period.',
    ],
    [
      'two benefits of one code',
      {
        tiers: [
          aTier('a', '1', {
            benefits: [
              { code: 'b', kind: 'k', name: 'B', value: '' },
              { code: 'b', kind: 'k', name: 'B', value: '' },
            ],
          }),
        ],
      },
      'status.tiers.a.benefits: Two benefits of a tier have one code.',
    ],
  ] as [string, Parameters<typeof ladderProblems>[0], string][])('with %s is refused', (_title, ladder, problem) => {
    expect(ladderProblems(ladder)).toEqual([problem]);
  });

  it('tells the problems of all ladders at once', () => {
    expect(ladderProblems({ code: 'one', tiers: [aTier('a', null)] }, { code: 'two', graceDays: 365 })).toHaveLength(2);
  });

  it('without tiers, with a rolling period in two lengths, or with a negative threshold has no valid form', () => {
    const id = '00000000-0000-7000-b000-000000000000';
    for (const broken of [
      { tiers: [] },
      { period: { kind: 'ROLLING', days: 1, months: 1 } },
      { period: { kind: 'ROLLING', days: null, months: null } },
      { tiers: [aTier('a', '-1')] },
    ])
      expect(LadderSchema.safeParse({ ...aLadder(), id, ...broken }).success).toBe(false);
  });

  it('begins where its first tier needs nothing', () => {
    expect(aCompiledLadder().base).toBe(0);
    expect(aCompiledLadder({ tiers: [aTier('silver', '1')] }).base).toBe(-1);
    expect(aCompiledLadder({ tiers: [aTier('vip', null, { manualOnly: true }), aTier('silver', '0')] }).base).toBe(-1);
  });

  it('is absent from revisions of before there were ladders', () => {
    const compiled = compileRuleSet(1, { earningRules: [] }, SURROUNDINGS);
    expect(compiled).toMatchObject({ ruleSet: { ladders: [], levels: { levels: [] } } });
  });
});
