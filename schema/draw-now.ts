import { readDraws, type DrawForCustomer, type DrawNow } from '#app/draw/read.ts';
import type { Odds, UsedUp } from '#domain/draw/play.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { CustomerRef } from './customer.ts';
import { DrawRefusalRef } from './draw-refusal.ts';
import { DrawOutcomeRef, DrawRef } from './draw.ts';

const publicSurface = { subGraphs: ['Public' as const] };

export const UsedUpEnum = builder.enumType('DrawUsedUp', {
  description: 'Why an outcome cannot be given.',
  ...publicSurface,
  values: {
    LIMIT: { description: 'It was given as often as its limits allow.' },
    STOCK: { description: 'Its reward has no piece or code left, is paused, or is out of its time.' },
    BUDGET: { description: 'It does not fit into what is left of the draw’s budget.' },
  } satisfies Record<UsedUp, object>,
});

type OddsOfDraw = Odds & { tickets: number };

const OddsRef = builder.objectRef<OddsOfDraw>('DrawOdds').implement({
  description: 'The chance of an outcome, as it is stated and as it is now.',
  ...publicSurface,
  fields: (t) => ({
    outcome: t.field({ type: DrawOutcomeRef, description: 'Of which.', resolve: (it) => it.outcome.outcome }),
    tickets: t.expose('tickets', { type: 'Points', description: 'Tickets in all: one of them is drawn.' }),
    stated: t.expose('stated', { type: 'Points', description: 'Tickets that draw it: its weight.' }),
    now: t.expose('now', {
      type: 'Points',
      description:
        'Tickets by which it would be given now: 0 when it is used up; of the fallback, with those of all that is.',
    }),
    chance: t.float({
      description: 'The chance that it is given now, from 0 to 1: `now` out of `tickets`.',
      resolve: (it) => it.now / it.tickets,
    }),
    usedUp: t.field({
      type: UsedUpEnum,
      nullable: true,
      description: 'Why it cannot be given now; null when it can.',
      resolve: (it) => it.usedUp,
    }),
  }),
});

const oddsOf = ({ odds, compiled }: DrawNow): OddsOfDraw[] =>
  odds.map((one) => ({ ...one, tickets: compiled.tickets }));

const OpenDrawRef = builder.objectRef<DrawNow>('OpenDraw').implement({
  description: 'A live prize draw with its chances now, for anybody: what single customers have had does not count.',
  ...publicSurface,
  fields: (t) => ({
    draw: t.field({ type: DrawRef, description: 'Which one.', resolve: (it) => it.compiled.draw }),
    odds: t.field({ type: [OddsRef], description: 'All its outcomes, in their order.', resolve: oddsOf }),
  }),
});

const CustomerDrawRef = builder.objectRef<DrawForCustomer>('CustomerDraw').implement({
  description: 'A live prize draw as it stands for a customer. Readable with redemption:read, or by the customer.',
  ...publicSurface,
  fields: (t) => ({
    draw: t.field({ type: DrawRef, description: 'Which one.', resolve: (it) => it.compiled.draw }),
    odds: t.field({
      type: [OddsRef],
      description: 'All its outcomes, in their order, with the customer’s own limits.',
      resolve: oddsOf,
    }),
    canPlay: t.boolean({
      description: 'Whether drawPlay would go through now. No promise: others play, too.',
      resolve: ({ decision }) => decision.refusals.length === 0,
    }),
    cost: t.field({
      type: 'Points',
      description: 'Points that a play costs now; 0 while there is a free one.',
      resolve: ({ decision }) => decision.points,
    }),
    freePlaysLeft: t.int({
      description: 'Free plays left in the running period.',
      resolve: ({ decision }) => decision.freeLeft,
    }),
    refusals: t.field({
      type: [DrawRefusalRef],
      description: 'Why the customer cannot play now, the weightiest reason first; none when they can.',
      resolve: ({ decision }) => [...decision.refusals],
    }),
  }),
});

builder.queryField('draws', (t) =>
  t.field({
    type: [OpenDrawRef],
    ...publicSurface,
    description:
      'The live prize draws with their chances now, in the order in which they are shown; paused ones are left out. Needs reward:read.',
    authScopes: { permission: 'reward:read' },
    resolve: (_root, _args, context) => readDraws(context.deps, programOf(context).programId),
  }),
);

builder.objectFields(CustomerRef, (t) => ({
  draws: t.field({
    type: [CustomerDrawRef],
    ...publicSurface,
    description:
      'The live prize draws for the customer: chances, price, free plays left and why they cannot play, decided as drawPlay would. Paused ones are left out. Needs redemption:read, or self:read for one’s own.',
    authScopes: { permission: ['redemption:read', 'self:read'] },
    resolve: async ({ id }, _args, context) => [...(await context.loaders.draws.load(id))],
  }),
}));
