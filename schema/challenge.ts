import { STEPS_MAX, type CHALLENGE_GOALS, type CHALLENGE_REPEATS } from '#domain/challenge/challenge.ts';
import type { Challenge, ChallengePrize, ChallengeStep } from '#domain/challenge/challenge.ts';
import { dateOf } from '#domain/form.ts';
import { publicId } from '#domain/ids.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { textFields } from './local-text.ts';
import { MeasureRef } from './milestone.ts';
import { PointExpiryUnion } from './point-expiry.ts';
import { DraftRef, RevisionRef } from './rule-set.ts';
import { SAME_FOR_EQUAL_RIGHTS } from './sharing.ts';

const publicSurface = { subGraphs: ['Public' as const] };

export const CHALLENGE_LAWS = [
  'An activity counts when it occurred within the window, the step’s condition and the audience hold and the customer is enrolled; what was recorded before the challenge went live does not.',
  'What is recorded late counts for the calendar period that it belongs to.',
  'No step counts beyond its target.',
  'Reversing a whole activity takes back what it counted in a run that is not completed; of what it completed, a prize that was not claimed. A shared goal that was reached stays reached.',
].join(' ');

export const GoalEnum = builder.enumType('ChallengeGoal', {
  description: 'Whose progress counts together.',
  ...publicSurface,
  values: {
    PERSONAL: { description: 'Each customer’s own.' },
    TEAM: { description: 'That of the customers of a team: what each did while in it.' },
    COMMUNITY: { description: 'That of all customers of the program.' },
  } satisfies Record<(typeof CHALLENGE_GOALS)[number], object>,
});

export const RepeatEnum = builder.enumType('ChallengeRepeat', {
  description: 'Whether a challenge can be completed again.',
  ...publicSurface,
  values: {
    NEVER: { description: 'Once. A run that ran out of time may be tried again.' },
    ON_COMPLETION: { description: 'A new run begins once the one before is completed.' },
    DAY: { description: 'Once each local day of the program.' },
    WEEK: { description: 'Once each ISO week of the program’s zone.' },
    MONTH: { description: 'Once each calendar month of the program’s zone.' },
  } satisfies Record<(typeof CHALLENGE_REPEATS)[number], object>,
});

export const ChallengeStepRef = builder.objectRef<ChallengeStep>('ChallengeStep').implement({
  description: 'A step of a challenge.',
  ...publicSurface,
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Unique in its challenge.' }),
    ...textFields(t, 'What to do; may be empty.'),
    measure: t.field({ type: MeasureRef, description: 'What it counts.', resolve: (it) => it.measure }),
    target: t.expose('target', { type: 'Decimal', description: 'How much completes it, in the unit of its measure.' }),
  }),
  extensions: SAME_FOR_EQUAL_RIGHTS,
});

const ChallengeReward = builder.objectRef<ChallengePrize>('ChallengeReward').implement({
  description: 'What a challenge is worth.',
  ...publicSurface,
  fields: (t) => ({
    points: t.expose('points', {
      type: 'Points',
      description: 'For who completes it, or is among the contributors to a shared goal.',
    }),
    bystanderPoints: t.expose('bystanderPoints', {
      type: 'Points',
      description: 'Of a shared goal: for the others in the team, or enrolled in the program; 0 gives them nothing.',
    }),
    currency: t.exposeString('currency', {
      nullable: true,
      description: 'Code of the point currency; null takes the program’s default.',
    }),
    expiry: t.field({
      type: PointExpiryUnion,
      nullable: true,
      description: 'How the points expire, in place of the currency’s way; null keeps that.',
      resolve: ({ expiry }) => expiry,
    }),
    claimDays: t.exposeInt('claimDays', {
      nullable: true,
      description: 'It waits to be claimed to the end of the local day so many days later; null gives it at once.',
    }),
  }),
  extensions: SAME_FOR_EQUAL_RIGHTS,
});

export const ChallengeRef = builder.objectRef<Challenge>('Challenge').implement({
  description: `Something to do, in 1 to ${STEPS_MAX} steps, alone or together. ${CHALLENGE_LAWS}`,
  ...publicSurface,
  fields: (t) => ({
    id: t.id({ description: 'Stable over revisions, chl_….', resolve: ({ id }) => publicId('Challenge', id) }),
    code: t.exposeString('code', { description: 'Unique among the challenges of its rule set.' }),
    ...textFields(t, 'What it is about; may be empty.'),
    imageUrl: t.exposeString('imageUrl', { nullable: true, description: 'An https address; null without a picture.' }),
    goal: t.field({ type: GoalEnum, description: 'Whose progress counts together.', resolve: (it) => it.goal }),
    steps: t.field({ type: [ChallengeStepRef], description: 'Its steps, in their order.', resolve: (it) => it.steps }),
    inOrder: t.exposeBoolean('inOrder', {
      description: 'Whether a step counts only once those before it are completed, and one activity for one step only.',
    }),
    requires: t.exposeStringList('requires', { description: 'Codes of challenges to complete before.' }),
    tiers: t.exposeStringList('tiers', {
      description: 'Codes of tiers of which the customer needs one; empty asks for none.',
    }),
    mustJoin: t.exposeBoolean('mustJoin', { description: 'Whether each run begins by challengeJoin.' }),
    validFrom: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Activities count that occurred from then on, inclusive; null has no start.',
      resolve: ({ validFrom }) => dateOf(validFrom),
    }),
    validUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Activities count that occurred before, exclusive; null has no end.',
      resolve: ({ validUntil }) => dateOf(validUntil),
    }),
    repeat: t.field({ type: RepeatEnum, description: 'Whether it comes again.', resolve: (it) => it.repeat }),
    completionsMax: t.exposeInt('completionsMax', {
      nullable: true,
      description: 'With ON_COMPLETION: how often it can be completed; null without end.',
    }),
    withinDays: t.exposeInt('withinDays', {
      nullable: true,
      description: 'A run ends with the local day so many days after it began; null leaves it open.',
    }),
    reward: t.field({
      type: ChallengeReward,
      nullable: true,
      description: 'What it is worth; null for the honour.',
      resolve: ({ prize }) => prize,
    }),
    contributorMinimum: t.exposeInt('contributorMinimum', {
      description: 'Of a shared goal: how many counted activities make a contributor.',
    }),
    paused: t.exposeBoolean('paused', { description: 'True while nothing counts.' }),
    sortOrder: t.exposeInt('sortOrder', { description: 'Lower first; equal ones by code.' }),
  }),
  extensions: SAME_FOR_EQUAL_RIGHTS,
});

for (const holder of [DraftRef, RevisionRef]) {
  builder.objectFields(holder, (t) => ({
    challenges: t.field({
      type: [ChallengeRef],
      description: 'All its challenges.',
      resolve: (it) => it.content.challenges,
    }),
  }));
}

builder.queryField('challenges', (t) =>
  t.field({
    type: [ChallengeRef],
    subGraphs: ['Public'],
    description:
      'The live challenges in the order in which they are shown; paused ones are left out. Who comes how far is on the customer. Needs earning:read.',
    authScopes: { permission: 'earning:read' },
    resolve: async (_root, _args, context) => {
      const { ruleSet } = await context.deps.catalogues.current(programOf(context).programId);
      return ruleSet.challenges.map(({ challenge }) => challenge).filter(({ paused }) => !paused);
    },
  }),
);
