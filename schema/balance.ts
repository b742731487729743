import { may } from '#domain/caller.ts';
import { InvalidInputError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import type { Balance } from '#domain/ledger/balance.ts';
import type { BalanceBasis } from '#storage/sql/select-account-views.ts';

import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { findOwnCustomer, findReadCurrency } from './ledger-party.ts';
import { badUserInput } from './paging.ts';
import { PointCurrencyRef } from './point-currency.ts';

export const BalanceRef = builder.objectRef<Balance>('Balance').implement({
  description:
    'What a customer has of one point currency at an instant, also when no job has yet written what came due by then. Readable with ledger:read, or by the customer.',
  subGraphs: ['Public'],
  fields: (t) => ({
    accountId: t.id({
      nullable: true,
      description: 'The account in which it rests, lac_…, to be explained; null while it never had any points.',
      resolve: async ({ customerId, currencyId }, _args, context) => {
        const id = await context.loaders.ledgerAccountId.load({ customerId, currencyId });
        return id === null ? null : publicId('LedgerAccount', id);
      },
    }),
    currency: t.field({
      type: PointCurrencyRef,
      description: 'Of which points.',
      resolve: (balance, _args, context) => currencyOf(context, balance.currencyId),
    }),
    pending: t.expose('pending', { type: 'Points', description: 'Earned and not yet to be spent.' }),
    available: t.field({
      type: 'Points',
      description: 'To be spent now; zero while there is a debt.',
      resolve: (balance) => Math.max(0, balance.available),
    }),
    held: t.expose('held', { type: 'Points', description: 'Set aside by open holds.' }),
    negative: t.field({
      type: 'Points',
      description:
        'What is owed after points that were spent had to be taken back; the next points pay it first. Zero or above.',
      resolve: (balance) => Math.max(0, -balance.available),
    }),
    version: t.expose('seq', {
      type: 'Points',
      description: 'Number of the account’s last entry: of two balances of now, the higher one is newer.',
    }),
    asOf: t.field({
      type: 'DateTime',
      description: 'The instant meant.',
      resolve: (balance) => new Date(balance.asOf),
    }),
  }),
});

export const BalanceBasisEnum = builder.enumType('BalanceBasis', {
  description: 'What makes an entry count in a past balance.',
  subGraphs: ['Public'],
  values: {
    EFFECTIVE: { description: 'It had taken effect by then, even if it was written down later: what was true.' },
    RECORDED: { description: 'It had been written down by then: what the service knew.' },
  } satisfies Record<BalanceBasis, object>,
});

/** A currency that the ledger names: it is never deleted. */
export async function currencyOf(context: Context, currencyId: string) {
  const { currencyById } = await context.deps.catalogues.current(programOf(context).programId);
  const currency = currencyById.get(currencyId);
  if (currency === undefined) throw new Error(`point currency ${currencyId} is gone`);
  return currency;
}

builder.queryField('balance', (t) =>
  t.field({
    type: BalanceRef,
    nullable: true,
    subGraphs: ['Public'],
    description:
      'A customer’s balance of one point currency, now or at a past instant. Null when there is no such customer or currency. Balances of one request are as of one moment. Needs ledger:read, or self:read for one’s own.',
    authScopes: { permission: ['ledger:read', 'self:read'] },
    args: {
      customerId: t.arg.id({
        description: 'Whose, cus_…. This or customerExternalId; a customer token needs neither.',
      }),
      customerExternalId: t.arg.string({ description: 'Whose, by the tenant’s own id.' }),
      currency: t.arg.string({ description: 'Code of a point currency; left out, the default one.' }),
      asOf: t.arg({
        type: 'DateTime',
        description: 'A past instant, inclusive; left out, now. One in the future is refused.',
      }),
      basis: t.arg({
        type: BalanceBasisEnum,
        required: true,
        defaultValue: 'EFFECTIVE',
        description: 'Only with asOf: what makes an entry count.',
      }),
    },
    resolve: async (_root, { asOf, basis, ...args }, context) => {
      const [customerId, currency] = await Promise.all([
        findOwnCustomer(context, args),
        findReadCurrency(context, args.currency),
      ]);
      if (customerId === null || currency === null) return null;
      if (!may(context.caller, 'ledger:read') && basis === 'RECORDED')
        throw badUserInput('Customers read balances by their effect.');
      return context.loaders.ledgerBalance
        .load({ customerId, currencyId: currency.id, asOf: asOf ?? null, basis })
        .catch((error: unknown) => {
          throw error instanceof InvalidInputError ? badUserInput(error.message) : error;
        });
    },
  }),
);
