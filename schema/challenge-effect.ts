import type { ChallengeProgressed } from '#domain/activity/effect.ts';
import { dateOf } from '#domain/form.ts';
import { publicId } from '#domain/ids.ts';

import { builder } from './builder.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const StepProgressedRef = builder.objectRef<ChallengeProgressed['steps'][number]>('ChallengeStepProgressed').implement({
  description: 'A step of a challenge that an activity moved.',
  ...publicSurface,
  fields: (t) => ({
    step: t.exposeString('step', { description: 'Code of the step.' }),
    amount: t.expose('amount', {
      type: 'Decimal',
      description: 'What the activity added, in the unit of its measure.',
    }),
    total: t.expose('total', { type: 'Decimal', description: 'What the step came to with it.' }),
    target: t.expose('target', { type: 'Decimal', description: 'What completes it.' }),
    isCompleted: t.exposeBoolean('isCompleted', { description: 'Whether it did.' }),
  }),
});

export const ChallengeProgressedRef = builder.objectRef<ChallengeProgressed>('ChallengeProgressed').implement({
  description:
    'The activity counted for a challenge. Causes challenge.progressed, and challenge.goal_moved of a shared goal.',
  ...publicSurface,
  fields: (t) => ({
    code: t.exposeString('challengeCode', { description: 'Code of the challenge.' }),
    name: t.exposeString('challengeName', { description: 'Its name at that time, in the customer’s language.' }),
    period: t.exposeString('period', {
      description: 'In which period, by the program’s zone: 2026-11-22, 2026-W47, 2026-11 or all.',
    }),
    steps: t.field({
      type: [StepProgressedRef],
      description: 'The steps that it moved.',
      resolve: (it) => [...it.steps],
    }),
    isCompleted: t.exposeBoolean('isCompleted', {
      description: 'Whether it completed the challenge, or reached the goal.',
    }),
    points: t.field({
      type: 'Points',
      description: 'Points of the prize of a personal challenge, given or to be claimed; 0 otherwise.',
      resolve: ({ prize }) => prize?.points ?? 0,
    }),
    claimUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Until when the prize waits to be claimed, exclusive; null when there is nothing to claim.',
      resolve: ({ prize }) => dateOf(prize?.claimUntil ?? null),
    }),
    revision: t.exposeInt('revision', { description: 'The rule set’s revision.' }),
    transactionId: t.id({
      nullable: true,
      description: 'The ledger transaction, ltx_…; null when no points were given.',
      resolve: ({ prize }) =>
        prize === null || prize.transactionId === null ? null : publicId('LedgerTransaction', prize.transactionId),
    }),
  }),
});
