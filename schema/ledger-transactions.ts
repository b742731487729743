import { may } from '#domain/caller.ts';
import { uuidOf } from '#domain/ids.ts';
import type { TransactionRow } from '#domain/ledger/writes.ts';
import type { Position } from '#domain/page.ts';
import type { TransactionWhere } from '#storage/sql/list-ledger-transactions.ts';

import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { findOwnCustomer, findReadCurrency } from './ledger-party.ts';
import { LedgerTransactionRef, listTransactions, TransactionKindEnum } from './ledger-transaction.ts';
import { connectionOf, connectionType, isEmptyKey, pageArgs, readPage } from './paging.ts';

const LedgerTransactionConnection = connectionType('LedgerTransaction', LedgerTransactionRef, {
  subGraphs: ['Public'],
});

const WhereInput = builder.inputType('LedgerTransactionWhereInput', {
  description: 'Which transactions are meant. Everything given must hold; null counts as not given.',
  subGraphs: ['Public'],
  fields: (t) => ({
    currency: t.string({ description: 'Code of a point currency; left out, all.' }),
    kindIn: t.field({ type: [TransactionKindEnum], description: 'One of these kinds.' }),
    activityId: t.id({ description: 'Caused by this activity, act_….' }),
    recordedFrom: t.field({ type: 'DateTime', description: 'Written down at this instant or later, inclusive.' }),
    recordedUntil: t.field({ type: 'DateTime', description: 'Written down before this instant, exclusive.' }),
  }),
});

const positionOf = (it: TransactionRow): Position => ({ key: '', id: it.id });

/** The filter with UUIDs for names; null when it names something that does not exist, which nothing can meet. */
async function whereOf(
  context: Context,
  where: typeof WhereInput.$inferInput | null | undefined,
): Promise<TransactionWhere | null> {
  const code = where?.currency ?? null;
  const currency = code === null ? null : await findReadCurrency(context, code);
  const activity = where?.activityId ?? null;
  const activityId = activity === null ? null : uuidOf('Activity', String(activity));
  if ((code !== null && currency === null) || (activity !== null && activityId === null)) return null;
  return {
    currencyId: currency?.id ?? null,
    kinds: where?.kindIn ?? null,
    activityId,
    recordedFrom: where?.recordedFrom ?? null,
    recordedUntil: where?.recordedUntil ?? null,
  };
}

builder.queryField('ledgerTransactions', (t) =>
  t.field({
    type: LedgerTransactionConnection,
    subGraphs: ['Public'],
    description:
      'Ledger transactions, newest first: a customer’s own (as sender or receiver), or the whole program’s when no customer is named. New ones never shift a page. Needs ledger:read, or self:read for one’s own.',
    authScopes: { permission: ['ledger:read', 'self:read'] },
    args: {
      ...pageArgs,
      customerId: t.arg.id({ description: 'Whose, cus_…. A customer token means its own.' }),
      customerExternalId: t.arg.string({ description: 'Whose, by the tenant’s own id; not together with customerId.' }),
      where: t.arg({ type: WhereInput, description: 'Which ones; left out, all.' }),
    },
    resolve: async (_root, args, context) => {
      const named = (args.customerId ?? args.customerExternalId ?? null) !== null;
      const wholeProgram = !named && may(context.caller, 'ledger:read');
      const customerId = wholeProgram ? null : await findOwnCustomer(context, args);
      const page = readPage(args, ['ledgerTransactions', customerId, args.where], isEmptyKey);
      const where = await whereOf(context, args.where);
      if (where === null || (customerId === null && !wholeProgram)) return connectionOf([], page, positionOf);
      return connectionOf(await listTransactions(context, customerId, where, page), page, positionOf);
    },
  }),
);
