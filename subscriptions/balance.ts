import type { Balance } from '#domain/ledger/balance.ts';
import { BalanceRef } from '#schema/balance.ts';
import { builder } from '#schema/builder.ts';
import { programOf, type Context } from '#schema/context.ts';
import { findReadCurrency } from '#schema/ledger-party.ts';
import { badUserInput } from '#schema/paging.ts';
import { StreamItemRef, type StreamMark } from '#schema/stream-item.ts';

import { createCustomerStream, requireOwnCustomer, streamArgs, type StreamPlan } from './customer-stream.ts';

type BalanceChange = { balances: readonly Balance[] };

const BalanceChangeRef = builder.objectRef<BalanceChange & StreamMark>('BalanceChange').implement({
  description: 'One item of balanceChanged.',
  subGraphs: ['Public'],
  interfaces: [StreamItemRef],
  fields: (t) => ({
    balances: t.field({
      type: [BalanceRef],
      description:
        'On a snapshot every balance asked for; else the one that changed, right after that change. The version of each only grows.',
      resolve: (change) => [...change.balances],
    }),
  }),
});

builder.subscriptionField('balanceChanged', (t) =>
  t.field({
    type: BalanceChangeRef,
    description:
      'A customer’s balances: first all of them, then every change of one, in order, each once and none left out. Changes of one account by one transaction, such as a batch of activities, are one. Needs ledger:read, or self:read for one’s own.',
    subGraphs: ['Public'],
    authScopes: { permission: ['ledger:read', 'self:read'] },
    args: {
      ...streamArgs,
      currency: t.arg.string({ description: 'Code of one point currency; all of them when left out.' }),
    },
    subscribe: async (_root, { currency, after, ...named }, context) => {
      const customerId = await requireOwnCustomer(context, named);
      const only = typeof currency === 'string' ? await findReadCurrency(context, currency) : null;
      if (typeof currency === 'string' && only === null) throw badUserInput('There is no such point currency.');
      return createCustomerStream(context, customerId, after, planOf(context, customerId, only?.id ?? null));
    },
    resolve: (change) => change,
  }),
);

function planOf(context: Context, customerId: string, only: string | null): StreamPlan<BalanceChange> {
  const told = new Map<string, number>();
  return {
    name: only === null ? 'balanceChanged' : `balanceChanged ${only.slice(-12)}`,
    async snapshot() {
      const { currencies } = await context.deps.catalogues.current(programOf(context).programId);
      const wanted = currencies.filter((currency) => only === null || currency.id === only);
      const balances = await Promise.all(
        wanted.map(({ id: currencyId }) =>
          context.loaders.ledgerBalance.load({ customerId, currencyId, asOf: null, basis: 'EFFECTIVE' }),
        ),
      );
      for (const { currencyId, seq } of balances) told.set(currencyId, seq);
      return { balances };
    },
    item(event) {
      if (event.type !== 'balance.changed' || (only !== null && event.currencyId !== only)) return null;
      const { currencyId, pending, available, held, seq, at } = event;
      // A snapshot may be a moment newer than the place from which on changes are told.
      if (seq <= (told.get(currencyId) ?? -1)) return null;
      told.set(currencyId, seq);
      return { balances: [{ customerId, currencyId, pending, available, held, seq, asOf: at }] };
    },
  };
}
