import type { ItemInput } from '#domain/rule-set/content.ts';

const shipping = { code: 'shipping', kind: 'shipping', name: 'Free shipping', value: 'free' };

/** Counted by the calendar year, so that whoever opens the demo begins below, and sees tiers rise under their own hands. */
export const DEMO_LADDERS: readonly ItemInput<'ladders'>[] = [
  {
    code: 'membership',
    name: 'Membership',
    basis: { kind: 'POINTS_EARNED', currency: null },
    period: { kind: 'CALENDAR', unit: 'YEAR' },
    downgrade: 'ONE_STEP',
    graceDays: 30,
    warningDays: 30,
    tiers: [
      {
        code: 'bronze',
        name: 'Bronze',
        threshold: '0',
        benefits: [{ code: 'newsletter', kind: 'access', name: 'New records by mail every month', value: 'monthly' }],
      },
      { code: 'silver', name: 'Silver', threshold: '100', benefits: [shipping] },
      {
        code: 'gold',
        name: 'Gold',
        threshold: '250',
        benefits: [shipping, { code: 'evenings', kind: 'access', name: 'Listening evenings', value: 'invited' }],
      },
    ],
  },
];

/** By all points ever earned: where the imported purchases show. */
export const DEMO_LEVELS: readonly ItemInput<'levels'>[] = [
  { code: 'newcomer', name: 'Newcomer', points: 0 },
  { code: 'listener', name: 'Listener', points: 100 },
  { code: 'fan', name: 'Fan', points: 300 },
  { code: 'collector', name: 'Collector', points: 800 },
  { code: 'connoisseur', name: 'Connoisseur', points: 1_600 },
  { code: 'curator', name: 'Curator', points: 4_000 },
];

/** Of check-ins, so that the imported purchases stay worth what they were, and a visitor of the page gets there. */
export const DEMO_MILESTONES: readonly ItemInput<'milestones'>[] = [
  {
    code: 'ten_visits',
    name: 'Ten check-ins in a month',
    measure: { kind: 'COUNT', activityType: 'visit' },
    period: 'MONTH',
    thresholds: ['10'],
    points: 25,
  },
];
