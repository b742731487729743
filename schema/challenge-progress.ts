import type { ChallengeProgress } from '#app/challenge/read.ts';
import type { CHALLENGE_CLOSED } from '#domain/challenge/eligible.ts';
import { stepsNow, type RUN_STATES, type StepNow } from '#domain/challenge/run.ts';
import { publicId } from '#domain/ids.ts';
import type { ChallengePrizeRow, PRIZE_ROLES } from '#storage/challenge-prize-store.ts';

import { builder } from './builder.ts';
import { ChallengeRef, ChallengeStepRef } from './challenge.ts';
import { programOf } from './context.ts';
import { CustomerRef } from './customer.ts';
import { SAME_FOR_EQUAL_RIGHTS } from './sharing.ts';

export type { ChallengeProgress };

const publicSurface = { subGraphs: ['Public' as const] };

const RunStateEnum = builder.enumType('ChallengeRunState', {
  description: 'What became of a try at a challenge.',
  ...publicSurface,
  values: {
    RUNNING: { description: 'Under way.' },
    COMPLETED: { description: 'All steps are completed.' },
    EXPIRED: { description: 'Its time ran out. What occurred before and is recorded later still counts.' },
    REVOKED: { description: 'What had completed it was reversed, after the next one had begun.' },
  } satisfies Record<(typeof RUN_STATES)[number], object>,
});

const ClosedEnum = builder.enumType('ChallengeClosed', {
  description: 'Why a challenge counts nothing for a customer.',
  ...publicSurface,
  values: {
    PAUSED: { description: 'It is paused.' },
    NOT_YET: { description: 'It has not begun.' },
    OVER: { description: 'It is over.' },
    NOT_ENROLLED: { description: 'The customer is not enrolled.' },
    TIER_NEEDED: { description: 'It is for other tiers.' },
    NOT_ELIGIBLE: { description: 'It is for other customers.' },
    REQUIRES: { description: 'Another challenge has to be completed before.' },
    NO_TEAM: { description: 'It is for teams, and the customer is in none.' },
  } satisfies Record<(typeof CHALLENGE_CLOSED)[number], object>,
});

const PrizeStateEnum = builder.enumType('ChallengePrizeState', {
  description: 'What became of a prize.',
  ...publicSurface,
  values: {
    GIVEN: { description: 'The customer has its points.' },
    CLAIMABLE: { description: 'It waits to be claimed by challengePrizeClaim.' },
    EXPIRED: { description: 'Nobody claimed it in time.' },
  },
});

const PrizeRoleEnum = builder.enumType('ChallengePrizeRole', {
  description: 'What a prize is for.',
  ...publicSurface,
  values: {
    WINNER: { description: 'For completing a personal challenge.' },
    CONTRIBUTOR: { description: 'For contributing to a shared goal that was reached.' },
    BYSTANDER: { description: 'For being there when it was.' },
  } satisfies Record<(typeof PRIZE_ROLES)[number], object>,
});

export const ChallengePrizeRef = builder.objectRef<ChallengePrizeRow>('ChallengePrize').implement({
  description: 'What a customer gets for a run of a challenge. Readable by whoever may read the customer’s challenges.',
  ...publicSurface,
  fields: (t) => ({
    id: t.id({ description: 'Its id, chp_….', resolve: ({ id }) => publicId('ChallengePrize', id) }),
    role: t.field({ type: PrizeRoleEnum, description: 'What it is for.', resolve: (it) => it.role }),
    state: t.field({
      type: PrizeStateEnum,
      description: 'What became of it, now.',
      resolve: async ({ state, claimUntil }, _args, { deps, ...context }) => {
        if (state === 'GIVEN') return 'GIVEN';
        const { program } = await deps.catalogues.current(programOf({ deps, ...context }).programId);
        return claimUntil !== null && claimUntil <= (program.testClock ?? deps.clock()) ? 'EXPIRED' : 'CLAIMABLE';
      },
    }),
    points: t.expose('points', {
      type: 'Points',
      description: 'Its points; once given, what the cap on the balance left of them.',
    }),
    currency: t.string({
      description: 'Code of the point currency.',
      resolve: async ({ currencyId }, _args, context) =>
        (await context.deps.catalogues.current(programOf(context).programId)).currencyById.get(currencyId)?.code ?? '',
    }),
    claimUntil: t.expose('claimUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when it can be claimed, exclusive; null for one that was given at once.',
    }),
    transactionId: t.id({
      nullable: true,
      description: 'The ledger transaction, ltx_…; null before, or when the cap left nothing to give.',
      resolve: (it) => (it.transactionId === null ? null : publicId('LedgerTransaction', it.transactionId)),
    }),
  }),
});

export const StepProgressRef = builder.objectRef<StepNow>('ChallengeStepProgress').implement({
  description: 'How far a step is.',
  ...publicSurface,
  fields: (t) => ({
    step: t.field({ type: ChallengeStepRef, description: 'Which step.', resolve: (it) => it.step.step }),
    amount: t.field({
      type: 'Decimal',
      description: 'What is counted so far, at most the target.',
      resolve: (it) => it.amount.toFixed(),
    }),
    isCompleted: t.exposeBoolean('isCompleted', { description: 'Whether it has come to its target.' }),
  }),
  extensions: SAME_FOR_EQUAL_RIGHTS,
});

type Run = NonNullable<ChallengeProgress['run']>;

export const RunRef = builder.objectRef<Run>('ChallengeRun').implement({
  description: 'One try at a challenge.',
  ...publicSurface,
  fields: (t) => ({
    id: t.id({ description: 'Its id, chr_….', resolve: ({ id }) => publicId('ChallengeRun', id) }),
    state: t.field({ type: RunStateEnum, description: 'What became of it, now.', resolve: (it) => it.state }),
    number: t.exposeInt('number', { description: 'Which try it is in its period, from 1.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      description: 'When the first activity that counted occurred, or the customer joined.',
    }),
    endsAt: t.expose('endsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'What occurs from then on does not count for it; null is open.',
    }),
    completedAt: t.expose('completedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the activity occurred that completed it.',
    }),
  }),
  extensions: SAME_FOR_EQUAL_RIGHTS,
});

export const ChallengeProgressRef = builder.objectRef<ChallengeProgress>('ChallengeProgress').implement({
  description:
    'How far a customer is with a challenge in the running period, alone or with those who share it. Readable with tier:read, or by the customer.',
  ...publicSurface,
  fields: (t) => ({
    challenge: t.field({ type: ChallengeRef, description: 'Which one.', resolve: (it) => it.compiled.challenge }),
    period: t.exposeString('period', {
      description: 'The running period, by the program’s zone: 2026-11-22, 2026-W47, 2026-11 or all.',
    }),
    run: t.field({
      type: RunRef,
      nullable: true,
      description: 'The newest try; null before the first.',
      resolve: (it) => it.run,
    }),
    steps: t.field({
      type: [StepProgressRef],
      description: 'Its steps, in their order.',
      resolve: ({ compiled, run }) => stepsNow(compiled, run),
    }),
    completions: t.exposeInt('completions', { description: 'How often it was completed in the period.' }),
    closed: t.field({
      type: ClosedEnum,
      nullable: true,
      description: 'Why nothing counts now; null when it does, or would once joined.',
      resolve: (it) => it.closed,
    }),
    canJoin: t.exposeBoolean('canJoin', { description: 'Whether challengeJoin would begin a run now.' }),
    prize: t.field({
      type: ChallengePrizeRef,
      nullable: true,
      description: 'What the customer got for the newest try; null for nothing so far.',
      resolve: (it) => it.prize,
    }),
    contributors: t.int({
      nullable: true,
      description: 'Of a shared goal: how many customers have contributed.',
      resolve: (it) => it.contribution?.contributors ?? null,
    }),
    ownActivities: t.int({
      nullable: true,
      description: 'Of a shared goal: how many activities of the customer counted.',
      resolve: (it) => it.contribution?.activities ?? null,
    }),
  }),
});

builder.objectFields(CustomerRef, (t) => ({
  challenges: t.field({
    type: [ChallengeProgressRef],
    description:
      'How far the customer is with each live challenge, in the order in which they are shown; paused ones and team challenges of who is in no team are left out. Needs tier:read, or self:read for one’s own.',
    authScopes: { permission: ['tier:read', 'self:read'] },
    resolve: async ({ id }, _args, context) => [...(await context.loaders.challenges.load(id))],
  }),
}));
