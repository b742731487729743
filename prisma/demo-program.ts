import type { ActivityTypeInput } from '#app/activity-type/save.ts';
import type { ProgramCreateInput } from '#app/program/create.ts';
import type { LeaderboardDefinition } from '#domain/leaderboard/definition.ts';
import type { ItemInput } from '#domain/rule-set/content.ts';

/** What the demo program is made of. It is found again by its name. */
export const DEMO_PROGRAM: ProgramCreateInput = {
  name: 'Laurel demo',
  timeZone: 'America/New_York',
  currency: 'USD',
  mode: 'LIVE',
};

const optional = { required: false, oneOf: null };

/** Purchases come from the shop's own server; the others a customer may report from a page, which the demo page does. */
export const DEMO_ACTIVITY_TYPES: readonly ActivityTypeInput[] = [
  {
    code: 'purchase',
    name: 'Purchase',
    customerMayTrack: false,
    properties: [
      { name: 'amount', type: 'DECIMAL', required: true, oneOf: null },
      { name: 'discs', type: 'INTEGER', ...optional },
      { name: 'items', type: 'INTEGER', ...optional },
      { name: 'invoice', type: 'STRING', ...optional },
      { name: 'country', type: 'STRING', ...optional },
    ],
  },
  {
    code: 'review_written',
    name: 'Review written',
    customerMayTrack: true,
    properties: [{ name: 'stars', type: 'INTEGER', ...optional }],
  },
  { code: 'visit', name: 'Visit', customerMayTrack: true, properties: [] },
];

const plainRule = {
  condition: '',
  currency: null,
  caps: [],
  pending: null,
  expiry: null,
  validFrom: null,
  validUntil: null,
  priority: 0,
  exclusiveGroup: null,
};

export const DEMO_RULES: readonly ItemInput<'earningRules'>[] = [
  {
    ...plainRule,
    code: 'purchase_points',
    name: 'One point a whole dollar',
    activityType: 'purchase',
    award: { kind: 'PER_UNIT', property: 'amount', pointsPerUnit: '1', rounding: 'FLOOR' },
  },
  {
    ...plainRule,
    code: 'review_points',
    name: '50 points a review, three a day',
    activityType: 'review_written',
    award: { kind: 'FIXED', points: 50 },
    caps: [{ per: 'DAY', points: null, uses: 3, beyond: 'REFUSE' }],
  },
  {
    ...plainRule,
    code: 'visit_points',
    name: '5 points a visit, 500 points a day',
    activityType: 'visit',
    award: { kind: 'FIXED', points: 5 },
    caps: [{ per: 'DAY', points: 500, uses: null, beyond: 'TRUNCATE' }],
  },
];

const points = {
  metric: 'POINTS_EARNED',
  currency: null,
  activityType: null,
  property: null,
  scoreDecimals: 0,
  direction: 'DESCENDING',
  isPublic: true,
} as const;

export const DEMO_LEADERBOARDS: readonly LeaderboardDefinition[] = [
  { ...points, code: 'points_all_time', name: 'Points of all time', period: 'ALL_TIME' },
  { ...points, code: 'points_month', name: 'Points of the month', period: 'MONTH' },
  { ...points, code: 'points_week', name: 'Points of the week', period: 'WEEK' },
  { ...points, code: 'points_day', name: 'Points of the day', period: 'DAY' },
  {
    ...points,
    code: 'purchases_all_time',
    name: 'Most purchases',
    period: 'ALL_TIME',
    metric: 'ACTIVITY_COUNT',
    activityType: 'purchase',
  },
  {
    ...points,
    code: 'best_purchase',
    name: 'Largest single purchase',
    period: 'ALL_TIME',
    metric: 'PROPERTY_BEST',
    activityType: 'purchase',
    property: 'amount',
    scoreDecimals: 2,
  },
];
