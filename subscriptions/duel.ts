import type { DUEL_CHANGES, DuelChange } from '#domain/events.ts';
import { builder } from '#schema/builder.ts';
import { programOf, type Context } from '#schema/context.ts';
import { DuelRef, type DuelView } from '#schema/duel.ts';
import { StreamItemRef, type StreamMark } from '#schema/stream-item.ts';
import { readDuels } from '#storage/duel-store.ts';

import { createCustomerStream, requireOwnCustomer, streamArgs, type StreamPlan } from './customer-stream.ts';

type DuelItem = { change: DuelChange | null; duels: readonly DuelView[] };

const DuelChangeEnum = builder.enumType('DuelChangeKind', {
  description: 'What happened to a duel, as one of its customers sees it.',
  subGraphs: ['Public'],
  values: {
    OFFERED: { description: 'The customer has offered it.' },
    INVITED: { description: 'The customer is challenged.' },
    STARTED: { description: 'It was accepted and runs.' },
    SCORED: { description: 'An attempt of either side counted, or was taken back.' },
    DECLINED: { description: 'It was declined.' },
    WITHDRAWN: { description: 'It was taken back.' },
    LAPSED: { description: 'Nobody accepted it in time.' },
    WON: { description: 'The customer has won.' },
    LOST: { description: 'The other one has won.' },
    DRAWN: { description: 'Nobody has won.' },
  } satisfies Record<(typeof DUEL_CHANGES)[number], object>,
});

const DuelChangeRef = builder.objectRef<DuelItem & StreamMark>('DuelChange').implement({
  description: 'One item of duelChanged.',
  subGraphs: ['Public'],
  interfaces: [StreamItemRef],
  fields: (t) => ({
    change: t.field({
      type: DuelChangeEnum,
      nullable: true,
      description: 'What happened; null on a snapshot.',
      resolve: (it) => it.change,
    }),
    duels: t.field({
      type: [DuelRef],
      description:
        'As they are now: on a snapshot all that Customer.duels shows, else the one that changed, which may have gone on since.',
      resolve: (it) => [...it.duels],
    }),
  }),
});

builder.subscriptionField('duelChanged', (t) =>
  t.field({
    type: DuelChangeRef,
    description:
      'A customer’s duels: first all of them, then every invitation, answer, attempt of either side and result, in order, each once and none left out. Needs tier:read, or self:read for one’s own.',
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

function planOf(context: Context, customerId: string): StreamPlan<DuelItem> {
  return {
    name: 'duelChanged',
    snapshot: async () => ({ change: null, duels: await context.loaders.duels.load(customerId) }),
    async item(event) {
      if (event.type !== 'duel.changed') return null;
      const { reads } = context.deps;
      return { change: event.change, duels: await readDuels(reads, programOf(context).programId, [event.duelId]) };
    },
  };
}
