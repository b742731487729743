import { describe, expect, it } from 'vitest';

import { BadgeSchema } from '#domain/badge/badge.ts';

import { aBadge, badgeProblems, compiledBadges, type BadgeInput } from '../../support/badge.ts';

const count = (targets: string[], condition = '') => [
  { kind: 'COUNT' as const, activityType: 'purchase', targets, condition },
];
const asks = (badge: string, level: string | null = null) => [{ kind: 'BADGE' as const, badge, level }];
const levels = (...codes: string[]) => codes.map((code) => ({ code }));

describe('a badge is refused at publication', () => {
  it.each<[Partial<BadgeInput>, string[]]>([
    [{ criteria: count(['0']) }, ['criteria: 0 is not above 0, where everybody begins.']],
    [{ criteria: count(['1.5']) }, ['criteria: COUNT comes in whole numbers, 1.5 is none.']],
    [{ criteria: count(['1', '2']) }, ['criteria: COUNT has 2 targets for 1 levels: give one a level.']],
    [
      { levels: levels('bronze', 'silver'), criteria: count(['5', '5']) },
      ['levels: Level 2 asks for nothing more than the one before: let a target rise.'],
    ],
    [
      { levels: levels('bronze', 'silver'), criteria: count(['5', '4']) },
      [
        'criteria: 4 is below 5: targets do not fall.',
        'levels: Level 2 asks for nothing more than the one before: let a target rise.',
      ],
    ],
    [{ levels: levels('bronze', 'bronze'), criteria: count(['1', '2']) }, ['levels: Two levels have one code.']],
    [
      { criteria: [{ kind: 'COUNT', activityType: 'flight', targets: ['1'] }] },
      ['criteria: There is no activity type flight.'],
    ],
    [
      { criteria: [{ kind: 'SUM', activityType: 'purchase', property: 'sku', targets: ['1'] }] },
      ['criteria: purchase has no number property sku.'],
    ],
    [{ criteria: [{ kind: 'TIER', ladder: 'status', tier: 'gold' }] }, ['criteria: There is no ladder status.']],
    [{ criteria: [{ kind: 'LEVEL', level: 'pro' }] }, ['criteria: There is no level pro.']],
    [
      { criteria: [{ kind: 'STREAK', streak: 'weekly', of: 'LONGEST', targets: ['7'] }] },
      ['criteria: There is no streak weekly.'],
    ],
    [{ criteria: asks('nothing') }, ['criteria: There is no badge nothing.']],
    [{ criteria: asks('badge_0') }, ['criteria: Badges ask for each other in a circle: badge_0 → badge_0.']],
    [
      { criteria: count(['1'], 'customer.attributes.plan == "pro"') },
      ['criteria: The condition on purchase: Unknown variable: customer'],
    ],
    [
      { criteria: count(['1'], 'activity.properties.amount') },
      ['criteria: The condition on purchase: A condition is true or false; this one is double.'],
    ],
    [{ audience: 'activity.type == "purchase"' }, ['audience: Unknown variable: activity']],
    [{ currency: 'gems' }, ['currency: There is no point currency gems.']],
    [{ countsFrom: '2026-02-01', countsUntil: '2026-02-01' }, ['countsUntil: The end lies before the start.']],
    [
      { criteria: [], repeat: { kind: 'PERIOD', period: 'MONTH' } },
      ['repeat: A badge without criteria is given by hand, as often as you like.'],
    ],
    [
      { repeat: { kind: 'EACH' }, points: 5, criteria: [{ kind: 'POINTS', targets: ['10'] }] },
      ['points: It would count the points that it gives: give none, or count something else.'],
    ],
  ])('%j', (badge, problems) => {
    expect(badgeProblems([badge])).toEqual(problems.map((text) => `badge_0.${text}`));
  });

  it('that asks in a circle with others, and names the whole circle', () => {
    const circle = [{ criteria: asks('badge_1') }, { criteria: asks('badge_2') }, { criteria: asks('badge_0') }];
    expect(badgeProblems(circle)).toEqual([
      'badge_0.criteria: Badges ask for each other in a circle: badge_0 → badge_1 → badge_2 → badge_0.',
    ]);
    expect(badgeProblems([{ criteria: asks('badge_1') }, { criteria: asks('badge_2') }, {}])).toEqual([]);
  });

  it('that would be awarded without end', () => {
    const endless: Partial<BadgeInput> = {
      repeat: { kind: 'EACH' },
      match: 'ANY',
      criteria: [...count(['2']), ...asks('badge_1')],
    };
    expect(badgeProblems([endless, {}])).toEqual([
      'badge_0.repeat: Under ANY, a tier, level or badge would award it without end: use ALL.',
    ]);
    expect(badgeProblems([{ ...endless, match: 'ALL' }, {}])).toEqual([]);
  });
});

it('what a badge asks for comes before it, wherever it stands in the rule set', () => {
  const { live } = compiledBadges([
    aBadge({ code: 'all_round', criteria: [...asks('regular'), ...asks('early')] }),
    aBadge({ code: 'early', criteria: asks('regular') }),
    aBadge(),
    aBadge({ code: 'by_hand', criteria: [] }),
    aBadge({ code: 'paused', paused: true }),
  ]);
  expect(live.map(({ badge }) => badge.code)).toEqual(['regular', 'early', 'all_round']);
});

it('the past is credited anew by a badge whose criteria changed, and by those that ask for it, and by no other', () => {
  const shapes = (target: string, points: number) =>
    compiledBadges([
      aBadge({ criteria: count([target]), points }),
      aBadge({ code: 'all_round', criteria: asks('regular') }),
      aBadge({ code: 'other', criteria: count(['7']) }),
    ]).live.map(({ shape }) => shape);
  const changed = (a: string[], b: string[]) => a.map((shape, place) => shape !== b[place]);
  expect(changed(shapes('3', 0), shapes('3', 50))).toEqual([false, false, false]);
  expect(changed(shapes('3', 0), shapes('4', 0))).toEqual([true, true, false]);
});

it('a badge is held for months or for days, not for both', () => {
  const { id, ...badge } = { id: '00000000-0000-7000-b000-000000000000', ...aBadge() };
  expect(BadgeSchema.safeParse({ id, ...badge, heldFor: { months: 1, days: 1 } }).success).toBe(false);
  expect(BadgeSchema.safeParse({ id, ...badge, heldFor: { months: 1 } }).success).toBe(true);
  expect(BadgeSchema.safeParse({ id, ...badge, texts: {} }).success).toBe(false);
  expect(BadgeSchema.safeParse({ id, ...badge, imageUrl: 'http://example.com/a.png' }).success).toBe(false);
});
