import { adjustPoints } from '#app/ledger/adjust-points.ts';
import { reverseTransaction } from '#app/ledger/reverse-transaction.ts';
import { cancelLot, releaseLot, type LotSettled } from '#app/ledger/settle-lot.ts';
import type { PointsMoved } from '#app/ledger/spend-points.ts';
import { InsufficientPointsError, LimitExceededError, PointsOutOfRangeError } from '#domain/errors.ts';
import { uuidOf } from '#domain/ids.ts';
import { adjustmentMaxOf } from '#domain/ledger/policy.ts';

import { BalanceRef } from './balance.ts';
import { scopeOf, type Context } from './context.ts';
import { present } from './ids.ts';
import { customerFields } from './ledger-mutations.ts';
import { customerNameOf } from './ledger-party.ts';
import { LedgerTransactionRef } from './ledger-transaction.ts';
import { LotRef } from './lot.ts';
import { defineMutation, type Inputs, type Outputs } from './mutation.ts';

const LIMIT = 'Bounded by what the key, or its role, may move by hand at once.';
const EVENTS = 'Causes balance.changed.';

const transactionOf = (result: PointsMoved, _args: unknown, context: Context) =>
  present(context.loaders.ledgerTransaction.load(result.transactionId));
const lotOf = (result: LotSettled, _args: unknown, context: Context) => present(context.loaders.lot.load(result.lotId));

/** Fields that inputs and payloads share; the balance is the one right after it, also when replayed. */
const lotInput = (t: Inputs) => ({
  lotId: t.id({ required: true, description: 'The pending lot, lot_….' }),
  reason: t.string({ description: 'Why, 1 to 500 characters; null: nothing is said.' }),
});
const transactionField = <Result extends PointsMoved>(t: Outputs<Result>, description = 'What was written.') =>
  t.field({ type: LedgerTransactionRef, description, resolve: transactionOf });
const balanceField = <Result extends PointsMoved>(t: Outputs<Result>) =>
  t.field({ type: BalanceRef, description: 'The balance right after it.', resolve: (result) => result.balance });
const lotPayload = <Result extends LotSettled>(t: Outputs<Result>) => ({
  lot: t.field({ type: LotRef, description: 'The lot, as it is now.', resolve: lotOf }),
  transaction: transactionField(t),
  balance: balanceField(t),
});

defineMutation('pointsAdjust', {
  description: `Corrects a balance by hand, with a reason. Giving makes a lot and is refused beyond the balance cap; taking draws on the soonest-expiring lots and never makes a debt. Open in every enrolment state, and for status points. ${LIMIT} ${EVENTS}`,
  permission: 'ledger:adjust',
  errors: [InsufficientPointsError, PointsOutOfRangeError, LimitExceededError],
  input: (t) => ({
    ...customerFields(t),
    amount: t.field({ type: 'Points', required: true, description: 'Above zero gives, below zero takes; not zero.' }),
    expiresAt: t.field({
      type: 'DateTime',
      description:
        'Only when giving: when the points stop being valid, in the future; null: when the customer has been inactive where the currency’s points last with activity, else never.',
    }),
    reason: t.string({ required: true, description: 'Why, 1 to 500 characters.' }),
  }),
  run: (input, context, command) =>
    adjustPoints(context.deps, scopeOf(context), command, {
      customer: customerNameOf(input.customerId, input.customerExternalId),
      currency: input.currency ?? null,
      amount: input.amount,
      reason: input.reason,
      expiresAt: input.expiresAt ?? null,
      adjustmentMax: adjustmentMaxOf(context.caller),
    }),
  payload: (t) => ({
    transaction: transactionField(t),
    balance: balanceField(t),
  }),
});

defineMutation('lotRelease', {
  description: `Makes the points of a pending lot available before their time; a debt is paid first. ${LIMIT} ${EVENTS}`,
  permission: 'ledger:adjust',
  errors: [LimitExceededError, PointsOutOfRangeError],
  input: lotInput,
  run: (input, context, command) =>
    releaseLot(context.deps, scopeOf(context), command, {
      lotId: uuidOf('Lot', String(input.lotId)),
      reason: input.reason ?? null,
      adjustmentMax: adjustmentMaxOf(context.caller),
    }),
  payload: lotPayload,
});

defineMutation('lotCancel', {
  description: `Takes the points of a pending lot back, as if they had not been issued. ${LIMIT} ${EVENTS}`,
  permission: 'ledger:adjust',
  errors: [LimitExceededError],
  input: lotInput,
  run: (input, context, command) =>
    cancelLot(context.deps, scopeOf(context), command, {
      lotId: uuidOf('Lot', String(input.lotId)),
      reason: input.reason ?? null,
      adjustmentMax: adjustmentMaxOf(context.caller),
    }),
  payload: lotPayload,
});

defineMutation('ledgerTransactionReverse', {
  description: `Undoes an EARN, SPEND, CAPTURE or ADJUST, or what earlier reversals have left of it; other kinds, and what is reversed already, answer StateConflictError. Spent points go back into their lots with their old expiry. Given points are taken back as far as the program’s clawback policy reaches, which may leave a debt. Points that expired are not taken a second time. Boards of points earned follow. ${LIMIT} Causes balance.changed, leaderboard.scored.`,
  permission: 'ledger:adjust',
  errors: [LimitExceededError, PointsOutOfRangeError],
  input: (t) => ({
    transactionId: t.id({ required: true, description: 'The transaction, ltx_….' }),
    reason: t.string({ required: true, description: 'Why, 1 to 500 characters.' }),
  }),
  run: (input, context, command) =>
    reverseTransaction(context.deps, scopeOf(context), command, {
      transactionId: uuidOf('LedgerTransaction', String(input.transactionId)),
      reason: input.reason,
      adjustmentMax: adjustmentMaxOf(context.caller),
    }),
  payload: (t) => ({
    transaction: transactionField(t, 'The reversal.'),
    reversed: t.field({ type: 'Points', description: 'Points that moved back.', resolve: (result) => result.reversed }),
    uncollected: t.field({
      type: 'Points',
      description: 'Points that the clawback policy left with the customer, or that had expired.',
      resolve: (result) => result.uncollected,
    }),
    balance: balanceField(t),
  }),
});
