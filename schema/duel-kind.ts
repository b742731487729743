import {
  DUEL_KINDS_MAX,
  type DUEL_SCORINGS,
  type DUEL_TIES,
  type DuelKind,
  type DuelPrize,
} from '#domain/duel/duel-kind.ts';
import { publicId } from '#domain/ids.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { LocalTextInput, textsBy, textFields } from './local-text.ts';
import { MeasureInputRef, measureFrom, MeasureRef } from './milestone.ts';
import { AwardExpiryInput, PointExpiryUnion, statedAwardExpiry } from './point-expiry.ts';
import { defineSection } from './rule-set-section.ts';
import { DraftRef, RevisionRef } from './rule-set.ts';
import { SAME_FOR_EQUAL_RIGHTS } from './sharing.ts';

const publicSurface = { subGraphs: ['Public' as const] };

export const DUEL_LAWS = [
  'A duel runs for its hours from its acceptance, by the terms of its offer.',
  'An activity counts for every running duel of its customer when it occurred within it, the condition holds and attempts are left.',
  'The higher score wins; who never scored loses to who did; of two who never did, nobody wins.',
  'Reversing a whole activity takes its attempt back while the duel runs; a duel that is decided stays decided.',
].join(' ');

const ScoringEnum = builder.enumType('DuelScoring', {
  description: 'What a side’s attempts come to.',
  ...publicSurface,
  values: {
    SUM: { description: 'All of them together.' },
    BEST: { description: 'The highest one.' },
  } satisfies Record<(typeof DUEL_SCORINGS)[number], object>,
});

const TieEnum = builder.enumType('DuelTie', {
  description: 'Who has won when both sides have the same score.',
  ...publicSurface,
  values: {
    BOTH: { description: 'Both, and each gets the whole prize.' },
    NOBODY: { description: 'Nobody.' },
  } satisfies Record<(typeof DUEL_TIES)[number], object>,
});

const DuelRewardRef = builder.objectRef<DuelPrize>('DuelReward').implement({
  description: 'What winning a duel is worth. An adjustment: it can be spent, and does not count as earned.',
  ...publicSurface,
  fields: (t) => ({
    points: t.expose('points', { type: 'Points', description: 'For each winner.' }),
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
    monthlyMax: t.exposeInt('monthlyMax', {
      description: 'How many prizes of this kind a customer gets in a calendar month of the program’s zone.',
    }),
  }),
  extensions: SAME_FOR_EQUAL_RIGHTS,
});

export const DuelKindRef = builder.objectRef<DuelKind>('DuelKind').implement({
  description: `What two customers may contest. ${DUEL_LAWS}`,
  ...publicSurface,
  fields: (t) => ({
    id: t.id({ description: 'Stable over revisions, dlk_….', resolve: ({ id }) => publicId('DuelKind', id) }),
    code: t.exposeString('code', { description: 'Unique among the kinds of its rule set.' }),
    ...textFields(t, 'What it is about; may be empty.'),
    measure: t.field({ type: MeasureRef, description: 'What it counts.', resolve: (it) => it.measure }),
    scoring: t.field({ type: ScoringEnum, description: 'What attempts come to.', resolve: (it) => it.scoring }),
    attemptsMax: t.exposeInt('attemptsMax', {
      nullable: true,
      description: 'How many activities count for each side; null has no end.',
    }),
    hours: t.exposeInt('hours', { description: 'How long it runs once it is accepted.' }),
    answerHours: t.exposeInt('answerHours', { description: 'How long it may be accepted.' }),
    graceMinutes: t.exposeInt('graceMinutes', {
      description: 'How long it waits after its end for what is reported late.',
    }),
    friendsOnly: t.exposeBoolean('friendsOnly', { description: 'Whether a customer may challenge friends only.' }),
    atOnceMax: t.exposeInt('atOnceMax', {
      description: 'How many a customer may have running, or offered by itself, at once.',
    }),
    tiers: t.exposeStringList('tiers', {
      description: 'Codes of tiers of which both customers need one; empty asks for none.',
    }),
    tie: t.field({ type: TieEnum, description: 'Who wins with equal scores.', resolve: (it) => it.tie }),
    reward: t.field({
      type: DuelRewardRef,
      nullable: true,
      description: 'What winning is worth; null for the honour.',
      resolve: ({ prize }) => prize,
    }),
    paused: t.exposeBoolean('paused', { description: 'True while nothing new begins; what runs goes on.' }),
    sortOrder: t.exposeInt('sortOrder', { description: 'Lower first; equal ones by code.' }),
  }),
  extensions: SAME_FOR_EQUAL_RIGHTS,
});

for (const holder of [DraftRef, RevisionRef])
  builder.objectFields(holder, (t) => ({
    duelKinds: t.field({
      type: [DuelKindRef],
      description: 'All its kinds of duels.',
      resolve: (it) => it.content.duelKinds,
    }),
  }));

builder.queryField('duelKinds', (t) =>
  t.field({
    type: [DuelKindRef],
    ...publicSurface,
    description: 'The kinds of duels that may be started, in the order in which they are shown. Needs earning:read.',
    authScopes: { permission: 'earning:read' },
    resolve: async (_root, _args, context) => {
      const { ruleSet } = await context.deps.catalogues.current(programOf(context).programId);
      return ruleSet.duelKinds.map(({ kind }) => kind).filter(({ paused }) => !paused);
    },
  }),
);

const DuelRewardInput = builder.inputType('DuelRewardInput', {
  description: 'What winning a duel is worth.',
  fields: (t) => ({
    points: t.field({ type: 'Points', required: true, description: 'For each winner, at least 1.' }),
    currency: t.string({ description: 'Code of the point currency; null takes the program’s default.' }),
    expiry: t.field({ type: AwardExpiryInput, description: 'Overrides the currency’s expiry.' }),
    monthlyMax: t.int({
      required: true,
      defaultValue: 10,
      description: 'How many prizes of this kind a customer gets in a calendar month, 1 to 1,000.',
    }),
  }),
});

const DuelKindInput = builder.inputType('DuelKindInput', {
  description: `A whole kind of duel, one of at most ${DUEL_KINDS_MAX}. ${DUEL_LAWS}`,
  fields: (t) => ({
    code: t.string({ required: true, description: 'Names the kind; one of the same code is replaced.' }),
    texts: t.field({ type: [LocalTextInput], required: true, description: 'One a language, at least one.' }),
    measure: t.field({ type: MeasureInputRef, required: true, description: 'What it counts.' }),
    condition: t.string({
      required: true,
      defaultValue: '',
      description: 'CEL over activity, customer, account, tier and tiers; empty counts every activity of the type.',
    }),
    scoring: t.field({
      type: ScoringEnum,
      required: true,
      defaultValue: 'SUM',
      description: 'What attempts come to.',
    }),
    attemptsMax: t.int({ description: 'How many activities count for each side, 1 to 1,000; left out, all.' }),
    hours: t.int({ required: true, description: 'How long it runs once it is accepted, 1 to 2,160.' }),
    answerHours: t.int({ required: true, defaultValue: 72, description: 'How long it may be accepted, 1 to 720.' }),
    graceMinutes: t.int({
      required: true,
      defaultValue: 5,
      description: 'How long it waits after its end for what is reported late, 0 to 1,440.',
    }),
    friendsOnly: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether a customer may challenge friends only; nothing is open to everybody then.',
    }),
    atOnceMax: t.int({
      required: true,
      defaultValue: 10,
      description: 'How many a customer may have running, or offered by itself, at once, 1 to 100.',
    }),
    tiers: t.stringList({
      required: true,
      defaultValue: [],
      description: 'Codes of tiers of which both customers need one; empty asks for none.',
    }),
    audience: t.string({
      required: true,
      defaultValue: '',
      description: 'CEL over customer, account, tier and tiers that has to hold for both; empty holds for everybody.',
    }),
    tie: t.field({
      type: TieEnum,
      required: true,
      defaultValue: 'NOBODY',
      description: 'Who wins with equal scores.',
    }),
    reward: t.field({ type: DuelRewardInput, description: 'What winning is worth; left out, nothing.' }),
    paused: t.boolean({ required: true, defaultValue: false, description: 'True lets nothing new begin.' }),
    sortOrder: t.int({ required: true, defaultValue: 0, description: 'Lower first; −1,000,000 to 1,000,000.' }),
  }),
});

defineSection({
  section: 'duelKinds',
  name: 'duelKind',
  field: 'duelKind',
  input: DuelKindInput,
  toItem: ({ texts, measure, attemptsMax, reward, ...kind }) => ({
    ...kind,
    texts: textsBy(texts),
    measure: measureFrom(measure),
    attemptsMax: attemptsMax ?? null,
    prize:
      reward === null || reward === undefined
        ? null
        : {
            points: reward.points,
            currency: reward.currency ?? null,
            expiry: statedAwardExpiry(reward),
            monthlyMax: reward.monthlyMax,
          },
  }),
});
