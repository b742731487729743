import type { Balance } from '#domain/ledger/balance.ts';
import { BalanceRef } from '#schema/balance.ts';
import { builder } from '#schema/builder.ts';
import { programOf, type Context } from '#schema/context.ts';
import { findReadCurrency } from '#schema/ledger-party.ts';
import { badUserInput } from '#schema/paging.ts';

import { followCustomer, requireOwnCustomer, whoseArgs } from './customer-stream.ts';
import { createStream, type Signals, type Source } from './stream.ts';

type BalanceChange = { isSnapshot: boolean; balances: readonly Balance[] };

/** Balances come at most ten times a second. */
const ITEM_EVERY_MS = 100;

const BalanceChangeRef = builder.objectRef<BalanceChange>('BalanceChange').implement({
  description: 'One item of balanceChanged.',
  subGraphs: ['Public'],
  fields: (t) => ({
    isSnapshot: t.exposeBoolean('isSnapshot', {
      description: 'True on the first item, which has every balance asked for.',
    }),
    balances: t.field({
      type: [BalanceRef],
      description: 'The balances that changed, as they are now. The version of each only grows.',
      resolve: (change) => [...change.balances],
    }),
  }),
});

builder.subscriptionField('balanceChanged', (t) =>
  t.field({
    type: BalanceChangeRef,
    description:
      'A customer’s balances: first all of them, then those that changed, whole and never older than what was sent, at most ten items a second. Needs ledger:read, or self:read for one’s own.',
    subGraphs: ['Public'],
    authScopes: { permission: ['ledger:read', 'self:read'] },
    args: {
      ...whoseArgs,
      currency: t.arg.string({ description: 'Code of one point currency; all of them when left out.' }),
    },
    subscribe: async (_root, { currency, ...named }, context) => {
      const customerId = await requireOwnCustomer(context, named);
      const only = typeof currency === 'string' ? await findReadCurrency(context, currency) : null;
      if (typeof currency === 'string' && only === null) throw badUserInput('There is no such point currency.');
      const currencyId = only?.id ?? null;
      return createStream<BalanceChange>(
        (signals) => openSource(context, customerId, currencyId, signals),
        ITEM_EVERY_MS,
      );
    },
    resolve: (change) => change,
  }),
);

async function openSource(
  context: Context,
  customerId: string,
  only: string | null,
  signals: Signals,
): Promise<Source<BalanceChange>> {
  const { programId } = programOf(context);
  const { catalogues } = context.deps;
  const told = new Map<string, number>();
  const following = await followCustomer(
    context,
    customerId,
    signals,
    (message) => message.kind === 'BALANCE' && (only === null || message.currencyId === only),
  );
  return {
    async take() {
      const { currencies } = await catalogues.current(programId);
      const wanted = currencies.filter((currency) => only === null || currency.id === only);
      const balances = await Promise.all(
        wanted.map(({ id }) =>
          context.loaders.ledgerBalance.load({ customerId, currencyId: id, asOf: null, basis: 'EFFECTIVE' }),
        ),
      );
      const isSnapshot = told.size === 0;
      const changed = balances.filter(({ currencyId, seq }) => seq > (told.get(currencyId) ?? -1));
      for (const { currencyId, seq } of changed) told.set(currencyId, seq);
      return changed.length === 0 ? null : { isSnapshot, balances: changed };
    },
    close: following.close,
  };
}
