import type { EventBody } from '#domain/events.ts';
import { builder } from '#schema/builder.ts';
import { ChallengePrizeRef, ChallengeProgressRef, type ChallengeProgress } from '#schema/challenge-progress.ts';
import { programOf, type Context } from '#schema/context.ts';
import { StreamItemRef, type StreamMark } from '#schema/stream-item.ts';
import { readPrizes, type ChallengePrizeRow } from '#storage/challenge-prize-store.ts';

import { createCustomerStream, requireOwnCustomer, streamArgs, type StreamPlan } from './customer-stream.ts';

type ChallengeItem = {
  challenges: readonly ChallengeProgress[];
  isCompleted: boolean;
  prize: ChallengePrizeRow | null;
};

const ChallengeChangeRef = builder.objectRef<ChallengeItem & StreamMark>('ChallengeChange').implement({
  description: 'One item of challengeChanged.',
  subGraphs: ['Public'],
  interfaces: [StreamItemRef],
  fields: (t) => ({
    challenges: t.field({
      type: [ChallengeProgressRef],
      description:
        'How far the customer is now: with all live challenges on a snapshot, else with the one that moved, which may have gone on since. None where it is not live any more.',
      resolve: (it) => [...it.challenges],
    }),
    isCompleted: t.exposeBoolean('isCompleted', {
      description: 'Whether the change completed a challenge, or reached a shared goal.',
    }),
    prize: t.field({
      type: ChallengePrizeRef,
      nullable: true,
      description: 'The prize that was given, claimed or waits to be claimed; null when it is about progress.',
      resolve: (it) => it.prize,
    }),
  }),
});

builder.subscriptionField('challengeChanged', (t) =>
  t.field({
    type: ChallengeChangeRef,
    description:
      'A customer’s challenges: first how far they are with each, then every step further that their own activities bring, each try that they join and each prize, in order, each once and none left out. What others do for a shared goal is told by challengeGoalMoved. Needs tier:read, or self:read for one’s own.',
    subGraphs: ['Public'],
    authScopes: { permission: ['tier:read', 'self:read'] },
    args: streamArgs,
    subscribe: async (_root, { after, ...named }, context) => {
      const customerId = await requireOwnCustomer(context, named);
      return createCustomerStream(context, customerId, after, planOf(context, customerId));
    },
    resolve: (change) => change,
  }),
);

type Progressed = Extract<EventBody, { type: 'challenge.progressed' }>;

function planOf(context: Context, customerId: string): StreamPlan<ChallengeItem> {
  const progressOf = ({ challengeId }: Progressed) =>
    context.loaders.challenges
      .load(customerId)
      .then((all) => all.filter(({ compiled }) => compiled.challenge.id === challengeId));
  return {
    name: 'challengeChanged',
    snapshot: async () => ({
      challenges: await context.loaders.challenges.load(customerId),
      isCompleted: false,
      prize: null,
    }),
    async item(event) {
      if (event.type === 'challenge.progressed')
        return { challenges: await progressOf(event), isCompleted: event.isCompleted, prize: null };
      if (event.type !== 'challenge.prize_changed') return null;
      const [prize = null] = await readPrizes(context.deps.reads, programOf(context).programId, [event.prizeId]);
      return { challenges: [], isCompleted: false, prize };
    },
  };
}
