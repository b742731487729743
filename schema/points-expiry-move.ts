import { moveExpiry, type ExpiryMoved, type MovedLots } from '#app/ledger/move-expiry.ts';
import { InvalidInputError, LimitExceededError } from '#domain/errors.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import { adjustmentMaxOf } from '#domain/ledger/policy.ts';
import type { LotExpiryMove } from '#domain/ledger/writes.ts';

import { BalanceRef } from './balance.ts';
import { builder } from './builder.ts';
import { scopeOf, type Context } from './context.ts';
import { present } from './ids.ts';
import { customerFields } from './ledger-mutations.ts';
import { customerNameOf } from './ledger-party.ts';
import { LedgerTransactionRef } from './ledger-transaction.ts';
import { defineMutation, type Inputs } from './mutation.ts';

const LotExpiryMoveRef = builder.objectRef<LotExpiryMove>('LotExpiryMove').implement({
  description: 'What a transaction did to the expiry of one lot. Readable with ledger:read, or by the customer.',
  subGraphs: ['Public'],
  fields: (t) => ({
    lotId: t.id({ description: 'The lot, lot_….', resolve: (it) => publicId('Lot', it.lotId) }),
    points: t.expose('points', { type: 'Points', description: 'Points of it then, held ones included.' }),
    from: t.expose('fromExpiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The first instant at which they were no longer to be valid; null: never.',
    }),
    to: t.expose('toExpiresAt', { type: 'DateTime', description: 'The same since then.' }),
  }),
});

builder.objectField(LedgerTransactionRef, 'expiryMoves', (t) =>
  t.field({
    type: [LotExpiryMoveRef],
    description: 'Of an EXPIRY_MOVE: what it did to each lot, the soonest-expiring first. Empty otherwise.',
    resolve: async (it, _args, context) =>
      it.kind === 'EXPIRY_MOVE' ? [...(await context.loaders.expiryMoves.load(it.id))] : [],
  }),
);

const inputFields = (t: Inputs) => ({
  ...customerFields(t),
  lotId: t.id({ description: 'One lot, lot_…; then neither the customer nor the currency is named.' }),
  expiresBefore: t.field({
    type: 'DateTime',
    description: 'All lots of the customer and the currency that expire before this instant, exclusive.',
  }),
  expiresAt: t.field({
    type: 'DateTime',
    required: true,
    description: 'The new first instant at which the points are no longer valid; in the future.',
  }),
  reason: t.string({ required: true, description: 'Why, 1 to 500 characters, kept on the transaction.' }),
});

defineMutation('pointsExpiryMove', {
  description:
    'Moves when points that a customer has expire, to a later or an earlier instant that has not passed: of one lot, or of all lots of a currency that expire before an instant. Held points are moved, too; what has expired stays so, and no points come or go. The lots no longer last with activity. Written as an EXPIRY_MOVE in the ledger and in the audit. Open in every enrolment state. Bounded by what the key, or its role, may move by hand at once. StateConflictError when nothing would change. Causes balance.changed.',
  permission: 'ledger:adjust',
  errors: [LimitExceededError],
  input: inputFields,
  run: (input, context, command) =>
    moveExpiry(context.deps, scopeOf(context), command, {
      lots: movedLots(input),
      expiresAt: input.expiresAt,
      reason: input.reason,
      adjustmentMax: adjustmentMaxOf(context.caller),
    }),
  payload: (t) => ({
    transaction: t.field({ type: LedgerTransactionRef, description: 'What was written.', resolve: transactionOf }),
    points: t.field({
      type: 'Points',
      description: 'Points whose expiry was moved, held ones included.',
      resolve: (result) => result.points,
    }),
    balance: t.field({
      type: BalanceRef,
      description: 'The balance right after it.',
      resolve: (result) => result.balance,
    }),
  }),
});

const transactionOf = (result: ExpiryMoved, _args: unknown, context: Context) =>
  present(context.loaders.ledgerTransaction.load(result.transactionId));

type Named = {
  lotId?: string | number | null | undefined;
  customerId?: string | number | null | undefined;
  customerExternalId?: string | null | undefined;
  currency?: string | null | undefined;
  expiresBefore?: Date | null | undefined;
};

function movedLots({ lotId, customerId, customerExternalId, currency, expiresBefore }: Named): MovedLots {
  if ((lotId ?? null) === null) {
    const customer = customerNameOf(customerId, customerExternalId);
    if (!expiresBefore) throw new InvalidInputError('Say which points: lotId or expiresBefore.', ['expiresBefore']);
    return { customer, currency: currency ?? null, expiresBefore };
  }
  if ([customerId, customerExternalId, currency, expiresBefore].some((it) => (it ?? null) !== null))
    throw new InvalidInputError('A lot is named alone, without customer, currency and expiresBefore.', ['lotId']);
  return { lotId: uuidOf('Lot', String(lotId)) };
}
