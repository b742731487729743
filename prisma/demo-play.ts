import type { ItemInput } from '#domain/rule-set/content.ts';

/** For what a visitor of the pages does, by the button that checks in, and for purchases of the past. */
export const DEMO_BADGES: readonly ItemInput<'badges'>[] = [
  {
    code: 'first_visit',
    texts: {
      en: { name: 'Hello', description: 'Checked in once.' },
      de: { name: 'Hallo', description: 'Einmal eingecheckt.' },
    },
    criteria: [{ kind: 'COUNT', activityType: 'visit', targets: ['1'] }],
  },
  {
    code: 'critic',
    texts: {
      en: { name: 'Critic', description: 'Wrote three reviews.' },
      de: { name: 'Kritik', description: 'Drei Rezensionen geschrieben.' },
    },
    criteria: [{ kind: 'COUNT', activityType: 'review_written', targets: ['3'] }],
  },
  {
    code: 'collector',
    texts: {
      en: { name: 'Collector', description: 'Bought records ten times.' },
      de: { name: 'Sammlerin', description: 'Zehnmal Platten gekauft.' },
    },
    criteria: [{ kind: 'COUNT', activityType: 'purchase', targets: ['10'] }],
  },
];

/** A check-in a day, of which one a week may be missed. */
export const DEMO_STREAKS: readonly ItemInput<'streaks'>[] = [
  {
    code: 'daily_visit',
    name: 'Check-ins',
    cadence: 'DAY',
    conditions: [{ measure: { kind: 'COUNT', activityType: 'visit' } }],
    freezes: { initial: 1, max: 2, everyPeriods: 7 },
  },
];

/** One that two presses of a button complete, and one that takes both buttons. */
export const DEMO_CHALLENGES: readonly ItemInput<'challenges'>[] = [
  {
    code: 'warm_up',
    texts: {
      en: { name: 'Warm up', description: 'Every day anew.' },
      de: { name: 'Aufwärmen', description: 'Jeden Tag neu.' },
    },
    repeat: 'DAY',
    steps: [
      {
        code: 'visits',
        texts: { en: { name: 'Check in three times' }, de: { name: 'Dreimal einchecken' } },
        measure: { kind: 'COUNT', activityType: 'visit' },
        target: '3',
      },
    ],
    prize: { points: 10 },
  },
  {
    code: 'listener',
    texts: {
      en: { name: 'Attentive listener', description: 'Come by, then say what you think.' },
      de: { name: 'Aufmerksam', description: 'Vorbeikommen und sagen, was man denkt.' },
    },
    steps: [
      {
        code: 'visits',
        texts: { en: { name: 'Check in ten times' }, de: { name: 'Zehnmal einchecken' } },
        measure: { kind: 'COUNT', activityType: 'visit' },
        target: '10',
      },
      {
        code: 'reviews',
        texts: { en: { name: 'Write two reviews' }, de: { name: 'Zwei Rezensionen schreiben' } },
        measure: { kind: 'COUNT', activityType: 'review_written' },
        target: '2',
      },
    ],
    prize: { points: 100, claimDays: 14 },
  },
];
