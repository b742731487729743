import type { Balance } from '#domain/ledger/balance.ts';
import type { PointCurrency } from '#domain/program/program.ts';

import { BalanceRef } from './balance.ts';
import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { CustomerRef } from './customer.ts';
import { findReadCurrency } from './ledger-party.ts';

const READERS = { permission: ['ledger:read', 'self:read'] as const };

builder.objectFields(CustomerRef, (t) => ({
  balances: t.field({
    type: [BalanceRef],
    description:
      'What the customer has now, of every point currency of the program, the default one first. Needs ledger:read.',
    authScopes: READERS,
    resolve: ({ id, currentBalances }, _args, context) => currentBalances ?? loadBalances(context, id),
  }),
  balance: t.field({
    type: BalanceRef,
    nullable: true,
    description:
      'What the customer has now of one point currency; null when the program has none of that code. `balance` of the query tells the past, too. Needs ledger:read.',
    authScopes: READERS,
    args: { currency: t.arg.string({ description: 'Code of a point currency; left out, the default one.' }) },
    resolve: ({ id, currentBalances }, { currency }, context) => {
      const isDefault = currency === null || currency === undefined;
      // A list has brought them along: an answer at once keeps its rows from waiting for one another.
      if (isDefault && currentBalances !== undefined) return currentBalances[0];
      return findBalance(context, id, currency, currentBalances);
    },
  }),
}));

async function findBalance(
  context: Context,
  customerId: string,
  code: string | null | undefined,
  known: readonly Balance[] | undefined,
): Promise<Balance | null> {
  const currency = await findReadCurrency(context, code);
  if (currency === null) return null;
  return known?.find(({ currencyId }) => currencyId === currency.id) ?? loadBalance(context, customerId, currency);
}

async function loadBalances(context: Context, customerId: string): Promise<Balance[]> {
  const { currencies } = await context.deps.catalogues.current(programOf(context).programId);
  const defaultFirst = currencies.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault));
  return Promise.all(defaultFirst.map((currency) => loadBalance(context, customerId, currency)));
}

/** All of one request come from one statement. */
function loadBalance(context: Context, customerId: string, { id: currencyId }: PointCurrency): Promise<Balance> {
  return context.loaders.ledgerBalance.load({ customerId, currencyId, asOf: null, basis: 'EFFECTIVE' });
}
