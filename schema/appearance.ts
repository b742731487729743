import { setAppearance } from '#app/appearance/set.ts';
import type { APPEARANCES, BoardAppearance } from '#domain/appearance/appearance.ts';

import { actingCustomer } from './acting-customer.ts';
import { builder } from './builder.ts';
import { scopeOf } from './context.ts';
import { CustomerRef } from './customer.ts';
import { defineMutation } from './mutation.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const AppearanceEnum = builder.enumType('Appearance', {
  description: 'How a customer appears on leaderboards.',
  ...publicSurface,
  values: {
    NAME: { description: 'Under the display name.' },
    ALIAS: { description: 'Under a name for boards alone.' },
    ANONYMOUS: { description: 'Without a name.' },
    HIDDEN: {
      description:
        'Not at all: the others are ranked as if there were no such customer, who still sees the rank it would have.',
    },
  } satisfies Record<(typeof APPEARANCES)[number], object>,
});

const BoardAppearanceRef = builder.objectRef<BoardAppearance>('BoardAppearance').implement({
  description: 'How a customer chose to appear on leaderboards.',
  ...publicSurface,
  fields: (t) => ({
    appearance: t.field({ type: AppearanceEnum, description: 'The choice.', resolve: (it) => it.appearance }),
    alias: t.exposeString('alias', { nullable: true, description: 'The name of ALIAS; null for others.' }),
  }),
});

builder.objectField(CustomerRef, 'boardAppearance', (t) =>
  t.field({
    type: BoardAppearanceRef,
    ...publicSurface,
    description: 'How the customer appears on leaderboards: NAME until it chooses. Needs customer:read, or self:read.',
    authScopes: { permission: ['customer:read', 'self:read'] },
    resolve: ({ id }, _args, context) => context.loaders.appearance.load(id),
  }),
);

defineMutation('boardAppearanceSet', {
  description:
    'Sets how a customer appears on leaderboards; boards follow at once, names within seconds. Sealed seasons stay as they are. Causes appearance.changed.',
  permission: ['team:write', 'self:social'],
  isPublic: true,
  input: (t) => ({
    customerId: t.id({ description: 'Who, cus_…; a customer token leaves it out and means its own.' }),
    appearance: t.field({ type: AppearanceEnum, required: true, description: 'The choice.' }),
    alias: t.string({ description: 'For ALIAS: 1 to 40 characters.' }),
  }),
  run: ({ customerId, appearance, alias }, context, command) => {
    const customer = actingCustomer(context, customerId, 'A customer token speaks for itself only.');
    return setAppearance(context.deps, scopeOf(context), command, { customer, appearance, alias: alias ?? null });
  },
  payload: (t) => ({
    boardAppearance: t.field({
      type: BoardAppearanceRef,
      description: 'The choice as it is now.',
      resolve: (it, _args, context) => context.loaders.appearance.load(it.customerId),
    }),
  }),
});
