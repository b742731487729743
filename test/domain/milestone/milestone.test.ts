import type { Big } from 'big.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { formatFor } from '#domain/explanation/locale.ts';
import { milestoneSentence } from '#domain/explanation/milestone-words.ts';
import { MilestoneSchema, MULTIPLES_MAX } from '#domain/milestone/milestone.ts';
import { milestoneWindow, nextThreshold, thresholdsCrossed } from '#domain/milestone/reach.ts';

import { aCompiledMilestone, aMilestone, big, milestoneProblems } from '../../support/milestone.ts';

const never = () => false;
const texts = (amounts: readonly Big[]) => amounts.map((amount) => amount.toFixed());

describe('thresholds', () => {
  it('are crossed by what leads from below to them or above, several at once', () => {
    const { thresholds, every } = aCompiledMilestone({
      measure: { kind: 'SUM', activityType: 'purchase', property: 'amount' },
      thresholds: ['10', '20.5', '30'],
    });
    const crossed = (before: string, after: string) =>
      texts(thresholdsCrossed({ thresholds, every }, big(before), big(after), never));
    expect(crossed('0', '9.999999999')).toEqual([]);
    expect(crossed('9.99', '10')).toEqual(['10']);
    expect(crossed('10', '10')).toEqual([]);
    expect(crossed('10', '20.49')).toEqual([]);
    expect(crossed('0', '31')).toEqual(['10', '20.5', '30']);
    expect(crossed('31', '0')).toEqual([]);
  });

  it('of every so many are its multiples, exact at any size, and no more than the bound of one step', () => {
    const compiled = aCompiledMilestone({
      measure: { kind: 'SUM', activityType: 'purchase', property: 'amount' },
      every: '0.000000003',
    });
    expect(texts(thresholdsCrossed(compiled, big('0.000000008'), big('0.000000013'), never))).toEqual([
      '0.000000009',
      '0.000000012',
    ]);
    expect(texts(thresholdsCrossed(compiled, big('-1'), big('0.000000004'), never))).toEqual(['0.000000003']);
    expect(thresholdsCrossed(compiled, big(0), big('1e15'), never)).toHaveLength(MULTIPLES_MAX);
    const huge = aCompiledMilestone({
      measure: { kind: 'SUM', activityType: 'purchase', property: 'amount' },
      every: '999999999999999',
    });
    expect(texts(thresholdsCrossed(huge, big('1999999999999997.999999999'), big('1999999999999998'), never))).toEqual([
      '1999999999999998',
    ]);
  });

  it('never come twice, whatever way the measure takes up and down', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -300, max: 300 }), { maxLength: 40 }),
        fc.constantFrom(aCompiledMilestone({ thresholds: ['5', '50', '200'] }), aCompiledMilestone({ every: '20' })),
        (steps, compiled) => {
          const reached = new Set<string>();
          let sum = big(0);
          for (const step of steps) {
            const after = sum.plus(step);
            for (const threshold of thresholdsCrossed(compiled, sum, after, (one) => reached.has(one.toFixed()))) {
              expect(reached.has(threshold.toFixed())).toBe(false);
              expect(threshold.gt(sum) && threshold.lte(after)).toBe(true);
              reached.add(threshold.toFixed());
            }
            sum = after;
          }
        },
      ),
    );
  });

  it('reached by amounts that only add up are the same in any order', () => {
    const amounts = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        amounts.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        fc.constantFrom(aCompiledMilestone({ thresholds: ['7', '99', '800'] }), aCompiledMilestone({ every: '25' })),
        ([list, shuffled], compiled) => {
          const walk = (steps: readonly number[]) => {
            const all: string[] = [];
            let sum = big(0);
            for (const amount of steps) {
              all.push(
                ...texts(thresholdsCrossed(compiled, sum, sum.plus(amount), (one) => all.includes(one.toFixed()))),
              );
              sum = sum.plus(amount);
            }
            return all.toSorted();
          };
          expect(walk(list)).toEqual(walk(shuffled));
        },
      ),
    );
  });

  it('that are next skip what is reached already, and end after the last of a list', () => {
    const list = aCompiledMilestone({ thresholds: ['3', '10'] });
    expect(nextThreshold(list, big(2), never)?.toFixed()).toBe('3');
    expect(nextThreshold(list, big(3), never)?.toFixed()).toBe('10');
    expect(nextThreshold(list, big(2), (one) => one.eq(3))?.toFixed()).toBe('10');
    expect(nextThreshold(list, big(10), never)).toBeNull();
    const every = aCompiledMilestone({ every: '5' });
    expect(nextThreshold(every, big(5), (one) => one.lte(15))?.toFixed()).toBe('20');
  });
});

it('the window of a month or a year holds the local days of it, and all time has no bound', () => {
  expect(milestoneWindow('MONTH', '2028-02-29')).toEqual({ from: '2028-02-01', to: '2028-03-01' });
  expect(milestoneWindow('YEAR', '2028-12-31')).toEqual({ from: '2028-01-01', to: '2029-01-01' });
  expect(milestoneWindow('ALL_TIME', '2028-12-31')).toEqual({ from: null, to: null });
});

describe('a milestone is refused at publication', () => {
  const points = { kind: 'POINTS' as const, currency: null };
  it.each([
    [{ thresholds: ['3', '3'] }, ['regular.thresholds: 3 is not above 3: thresholds rise.']],
    [{ thresholds: ['0'] }, ['regular.thresholds: 0 is not above 0, where everybody begins.']],
    [{ thresholds: ['1.5'] }, ['regular.thresholds: Points and activities come in whole numbers, 1.5 is none.']],
    [{ every: '0' }, ['regular.every: 0 is not above 0, where everybody begins.']],
    [
      { measure: { kind: 'COUNT' as const, activityType: 'visit' } },
      ['regular.measure: There is no activity type visit.'],
    ],
    [
      { measure: { kind: 'SUM' as const, activityType: 'purchase', property: 'sku' } },
      ['regular.measure: purchase has no number property sku.'],
    ],
    [{ currency: 'gems' }, ['regular.currency: There is no point currency gems.']],
    [{ measure: { ...points, currency: 'gems' } }, ['regular.measure: There is no point currency gems.']],
  ])('with %j', (overrides, problems) => {
    expect(milestoneProblems(overrides)).toEqual(problems);
  });

  it('where points for points would never end, all such milestones together', () => {
    expect(milestoneProblems({ measure: points, every: '101', points: 100 })).toEqual([]);
    const half = { measure: points, every: '100', points: 50 };
    expect(milestoneProblems({ ...half, code: 'a' }, { ...half, code: 'b' })).toHaveLength(2);
    expect(milestoneProblems({ ...half, code: 'a' }, { ...half, code: 'b', points: 49 })).toEqual([]);
  });

  it('with both thresholds and every, or neither', () => {
    const id = '00000000-0000-7000-b000-000000000000';
    for (const wrong of [
      { thresholds: ['3'], every: '3' },
      { thresholds: [], every: null },
    ])
      expect(MilestoneSchema.safeParse({ ...aMilestone(), ...wrong, id }).success).toBe(false);
  });
});

it('a milestone tells itself in a sentence of either language', () => {
  const names = { award: 'Points', activity: 'Purchase', counted: 'amount' };
  const [en, de] = (['en', 'de'] as const).map((language) => formatFor(language, 'UTC'));
  const { milestone } = aCompiledMilestone({ thresholds: ['3', '1000'] });
  expect(milestoneSentence(milestone, names, en!)).toBe('100 Points on reaching 3 or 1,000 times Purchase in all.');
  const spend = aCompiledMilestone({
    measure: { kind: 'SUM', activityType: 'purchase', property: 'amount' },
    every: '250.5',
    period: 'YEAR',
  });
  expect(milestoneSentence(spend.milestone, names, de!)).toBe(
    '100 Points für je 250,5 an amount für Purchase im Kalenderjahr.',
  );
});
