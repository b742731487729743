import { CHALLENGES_MAX, STEPS_MAX } from '#domain/challenge/challenge.ts';

import { builder } from './builder.ts';
import { CHALLENGE_LAWS, GoalEnum, RepeatEnum } from './challenge.ts';
import { LocalTextInput, textsBy } from './local-text.ts';
import { MeasureInputRef, measureFrom } from './milestone.ts';
import { AwardExpiryInput, statedAwardExpiry } from './point-expiry.ts';
import { defineSection } from './rule-set-section.ts';

const StepInput = builder.inputType('ChallengeStepInput', {
  description: 'A step of a challenge.',
  fields: (t) => ({
    code: t.string({ required: true, description: 'Unique in its challenge.' }),
    texts: t.field({ type: [LocalTextInput], required: true, description: 'One a language, at least one.' }),
    measure: t.field({ type: MeasureInputRef, required: true, description: 'What it counts.' }),
    condition: t.string({
      required: true,
      defaultValue: '',
      description: 'CEL over activity, customer, account, tier and tiers; empty counts every activity of the type.',
    }),
    target: t.field({
      type: 'Decimal',
      required: true,
      description: 'How much completes it: above 0, whole for COUNT and POINTS.',
    }),
  }),
});

const RewardInput = builder.inputType('ChallengeRewardInput', {
  description: 'What a challenge is worth.',
  fields: (t) => ({
    points: t.field({
      type: 'Points',
      required: true,
      description: 'For who completes it or contributed, at least 1.',
    }),
    bystanderPoints: t.field({
      type: 'Points',
      required: true,
      defaultValue: 0,
      description: 'Of a shared goal: for the others in the team, or enrolled in the program.',
    }),
    currency: t.string({ description: 'Code of the point currency; null takes the program’s default.' }),
    expiry: t.field({ type: AwardExpiryInput, description: 'Overrides the currency’s expiry.' }),
    claimDays: t.int({
      description: 'Lets it wait to be claimed to the end of the local day so many days later, 1 to 3,650.',
    }),
  }),
});

const ChallengeInputRef = builder.inputType('ChallengeInput', {
  description: `A whole challenge, one of at most ${CHALLENGES_MAX}. ${CHALLENGE_LAWS}`,
  fields: (t) => ({
    code: t.string({ required: true, description: 'Names the challenge; one of the same code is replaced.' }),
    texts: t.field({ type: [LocalTextInput], required: true, description: 'One a language, at least one.' }),
    imageUrl: t.string({ description: 'An https address.' }),
    goal: t.field({
      type: GoalEnum,
      required: true,
      defaultValue: 'PERSONAL',
      description: 'Whose progress counts together.',
    }),
    steps: t.field({ type: [StepInput], required: true, description: `1 to ${STEPS_MAX}.` }),
    inOrder: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether a step counts only once those before it are completed.',
    }),
    requires: t.stringList({
      required: true,
      defaultValue: [],
      description: 'Codes of personal challenges to complete before, at most 10.',
    }),
    tiers: t.stringList({
      required: true,
      defaultValue: [],
      description: 'Codes of tiers of which the customer needs one; empty asks for none.',
    }),
    audience: t.string({
      required: true,
      defaultValue: '',
      description: 'CEL over customer, account, tier and tiers; empty holds for everybody.',
    }),
    mustJoin: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether each run begins by challengeJoin; not of a shared goal.',
    }),
    validFrom: t.field({ type: 'DateTime', description: 'Counts what occurred from then on, inclusive.' }),
    validUntil: t.field({ type: 'DateTime', description: 'Counts what occurred before, exclusive.' }),
    repeat: t.field({
      type: RepeatEnum,
      required: true,
      defaultValue: 'NEVER',
      description: 'Whether it comes again.',
    }),
    completionsMax: t.int({ description: 'With ON_COMPLETION: how often it can be completed, 2 to 10,000.' }),
    withinDays: t.int({
      description: 'A run ends with the local day so many days after it began, 1 to 3,650; not with a period.',
    }),
    reward: t.field({ type: RewardInput, description: 'What it is worth; left out, nothing.' }),
    contributorMinimum: t.int({
      required: true,
      defaultValue: 1,
      description: 'Of a shared goal: how many counted activities make a contributor.',
    }),
    paused: t.boolean({ required: true, defaultValue: false, description: 'True lets nothing count.' }),
    sortOrder: t.int({ required: true, defaultValue: 0, description: 'Lower first; −1,000,000 to 1,000,000.' }),
  }),
});

defineSection({
  section: 'challenges',
  name: 'challenge',
  field: 'challenge',
  input: ChallengeInputRef,
  toItem: ({ texts, steps, reward, imageUrl, validFrom, validUntil, completionsMax, withinDays, ...challenge }) => ({
    ...challenge,
    texts: textsBy(texts),
    steps: steps.map(({ measure, ...step }) => ({
      ...step,
      texts: textsBy(step.texts),
      measure: measureFrom(measure),
    })),
    imageUrl: imageUrl ?? null,
    validFrom: validFrom?.toISOString() ?? null,
    validUntil: validUntil?.toISOString() ?? null,
    completionsMax: completionsMax ?? null,
    withinDays: withinDays ?? null,
    prize:
      reward === null || reward === undefined
        ? null
        : {
            points: reward.points,
            bystanderPoints: reward.bystanderPoints,
            currency: reward.currency ?? null,
            expiry: statedAwardExpiry(reward),
            claimDays: reward.claimDays ?? null,
          },
  }),
});
