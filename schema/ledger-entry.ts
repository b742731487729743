import { publicId } from '#domain/ids.ts';
import type { Bucket, Counterparty } from '#domain/ledger/account.ts';
import type { EntryView } from '#storage/ledger-transaction-store.ts';

import { builder } from './builder.ts';

const BucketEnum = builder.enumType('LedgerBucket', {
  description: 'Which part of a balance an entry changes.',
  subGraphs: ['Public'],
  values: {
    PENDING: { description: 'Earned and not yet to be spent.' },
    AVAILABLE: { description: 'To be spent; on a counterparty, its whole balance.' },
    HELD: { description: 'Set aside by holds.' },
  } satisfies Record<Bucket, object>,
});

const AccountKindEnum = builder.enumType('LedgerAccountKind', {
  description: 'Where points rest.',
  subGraphs: ['Public'],
  values: {
    CUSTOMER: { description: 'With a customer.' },
    ISSUANCE: { description: 'Where earned points come from.' },
    REDEMPTION: { description: 'Where spent points go.' },
    EXPIRY: { description: 'Where expired points go.' },
    ADJUSTMENT: { description: 'The other side of manual corrections.' },
  } satisfies Record<'CUSTOMER' | Counterparty, object>,
});

export const LedgerEntryRef = builder.objectRef<EntryView>('LedgerEntry').implement({
  description:
    'One signed amount on one account. It is never changed nor deleted; the entries of a transaction sum to zero.',
  subGraphs: ['Public'],
  fields: (t) => ({
    id: t.id({ description: 'Id, len_….', resolve: (entry) => publicId('LedgerEntry', entry.id) }),
    account: t.field({
      type: AccountKindEnum,
      description: 'On what kind of account.',
      resolve: (entry) => entry.accountKind,
    }),
    customerId: t.id({
      nullable: true,
      description: 'Whose account, cus_…; null on a counterparty.',
      resolve: (entry) => (entry.customerId === null ? null : publicId('Customer', entry.customerId)),
    }),
    bucket: t.field({ type: BucketEnum, description: 'Which part of the balance.', resolve: (entry) => entry.bucket }),
    amount: t.expose('amount', {
      type: 'Points',
      description: 'Points, above zero what came, below zero what went. Never zero.',
    }),
    lotId: t.id({
      nullable: true,
      description: 'The lot, lot_…; null on a counterparty, and for what makes or pays a debt.',
      resolve: (entry) => (entry.lotId === null ? null : publicId('Lot', entry.lotId)),
    }),
    sequence: t.expose('seq', {
      type: 'Points',
      nullable: true,
      description: 'Its number on the account, from 1 without a gap; null on a counterparty.',
    }),
    balanceAfter: t.expose('balanceAfter', {
      type: 'Points',
      nullable: true,
      description:
        'The bucket’s balance right after it; below zero is a debt. Null on a counterparty, whose balance is not kept.',
    }),
  }),
});
