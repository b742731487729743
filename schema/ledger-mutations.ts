import { captureHold } from '#app/ledger/capture-hold.ts';
import { holdPoints, type PointsHeld } from '#app/ledger/hold-points.ts';
import { releaseHold } from '#app/ledger/release-hold.ts';
import { spendPoints, type PointsMoved } from '#app/ledger/spend-points.ts';
import { transferPoints } from '#app/ledger/transfer-points.ts';
import { InsufficientPointsError, PointsOutOfRangeError } from '#domain/errors.ts';
import { uuidOf } from '#domain/ids.ts';
import type { Balance } from '#domain/ledger/balance.ts';
import { HOLD_SECONDS_DEFAULT, HOLD_SECONDS_MAX } from '#domain/ledger/policy.ts';

import { BalanceRef } from './balance.ts';
import { scopeOf, type Context } from './context.ts';
import { HoldRef } from './hold.ts';
import { present } from './ids.ts';
import { customerNameOf } from './ledger-party.ts';
import { LedgerTransactionRef } from './ledger-transaction.ts';
import { defineMutation, type Inputs } from './mutation.ts';

const EVENTS = 'Causes balance.changed.';
const STATES =
  'Refused for a customer who has left or is blocked; in other states, enrolled or not, points may be used.';

/** Fields that inputs share. */
export const customerFields = (t: Inputs) => ({
  customerId: t.id({ description: 'Whose points, cus_…. This or customerExternalId.' }),
  customerExternalId: t.string({ description: 'Whose points, by the tenant’s own id.' }),
  currency: t.string({ description: 'Code of a point currency; null takes the default one.' }),
});
const amountField = (t: Inputs) => t.field({ type: 'Points', required: true, description: 'How many, at least 1.' });
const reasonField = (t: Inputs) =>
  t.string({ description: 'What for, 1 to 500 characters, kept on the transaction; null: nothing is said.' });

const transactionOf = (context: Context, id: string) => present(context.loaders.ledgerTransaction.load(id));

/** What a payload tells of points that moved; the balance is the one right after it, also when replayed. */
const moved = {
  transaction: (result: PointsMoved, _args: unknown, context: Context) => transactionOf(context, result.transactionId),
  balance: (result: PointsMoved): Balance => result.balance,
  hold: (result: PointsHeld, _args: unknown, context: Context) => present(context.loaders.hold.load(result.holdId)),
};

defineMutation('pointsSpend', {
  description: `Takes available points for good, soonest-expiring first. Status points cannot be spent. ${STATES} ${EVENTS}`,
  permission: 'ledger:spend',
  errors: [InsufficientPointsError, PointsOutOfRangeError],
  input: (t) => ({ ...customerFields(t), amount: amountField(t), reason: reasonField(t) }),
  run: (input, context, command) =>
    spendPoints(context.deps, scopeOf(context), command, {
      customer: customerNameOf(input.customerId, input.customerExternalId),
      currency: input.currency ?? null,
      amount: input.amount,
      reason: input.reason ?? null,
    }),
  payload: (t) => ({
    transaction: t.field({ type: LedgerTransactionRef, description: 'What was written.', resolve: moved.transaction }),
    balance: t.field({ type: BalanceRef, description: 'The balance right after it.', resolve: moved.balance }),
  }),
});

defineMutation('pointsHold', {
  description: `Sets available points aside, soonest-expiring first, until they are captured, released or the hold times out. ${STATES} ${EVENTS}`,
  permission: 'ledger:spend',
  errors: [InsufficientPointsError, PointsOutOfRangeError],
  input: (t) => ({
    ...customerFields(t),
    amount: amountField(t),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When the hold times out, at most 30 days ahead. This, ttlSeconds or neither.',
    }),
    ttlSeconds: t.int({
      description: `After how many seconds the hold times out, 1 to ${HOLD_SECONDS_MAX}; ${HOLD_SECONDS_DEFAULT} when neither is given.`,
    }),
    reason: reasonField(t),
  }),
  run: (input, context, command) =>
    holdPoints(context.deps, scopeOf(context), command, {
      customer: customerNameOf(input.customerId, input.customerExternalId),
      currency: input.currency ?? null,
      amount: input.amount,
      expiresAt: input.expiresAt ?? null,
      ttlSeconds: input.ttlSeconds ?? null,
      reason: input.reason ?? null,
    }),
  payload: (t) => ({
    hold: t.field({ type: HoldRef, description: 'The hold, as it is now.', resolve: moved.hold }),
    transaction: t.field({ type: LedgerTransactionRef, description: 'What was written.', resolve: moved.transaction }),
    balance: t.field({ type: BalanceRef, description: 'The balance right after it.', resolve: moved.balance }),
  }),
});

defineMutation('holdCapture', {
  description: `Spends held points, in part or whole. What is left stays held unless releaseRest is set. Goes through whatever became of the customer: it was promised before. ${EVENTS}`,
  permission: 'ledger:spend',
  errors: [InsufficientPointsError, PointsOutOfRangeError],
  input: (t) => ({
    holdId: t.id({ required: true, description: 'The hold, hld_….' }),
    amount: t.field({
      type: 'Points',
      description: 'How many, at least 1 and at most what it still holds; null captures all of that.',
    }),
    releaseRest: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Gives back what is left and closes the hold; false by default.',
    }),
    reason: reasonField(t),
  }),
  run: (input, context, command) =>
    captureHold(context.deps, scopeOf(context), command, {
      holdId: uuidOf('Hold', String(input.holdId)),
      amount: input.amount ?? null,
      releaseRest: input.releaseRest,
      reason: input.reason ?? null,
    }),
  payload: (t) => ({
    hold: t.field({ type: HoldRef, description: 'The hold, as it is now.', resolve: moved.hold }),
    transaction: t.field({ type: LedgerTransactionRef, description: 'The capture.', resolve: moved.transaction }),
    balance: t.field({ type: BalanceRef, description: 'The balance right after it.', resolve: moved.balance }),
  }),
});

defineMutation('holdRelease', {
  description: `Gives all that a hold still has back into the lots that it came from and closes the hold. Points whose lot has expired meanwhile expire at once. ${EVENTS}`,
  permission: 'ledger:spend',
  input: (t) => ({ holdId: t.id({ required: true, description: 'The hold, hld_….' }), reason: reasonField(t) }),
  run: (input, context, command) =>
    releaseHold(context.deps, scopeOf(context), command, {
      holdId: uuidOf('Hold', String(input.holdId)),
      reason: input.reason ?? null,
    }),
  payload: (t) => ({
    hold: t.field({ type: HoldRef, description: 'The hold, as it is now.', resolve: moved.hold }),
    transaction: t.field({ type: LedgerTransactionRef, description: 'What was written.', resolve: moved.transaction }),
    balance: t.field({ type: BalanceRef, description: 'The balance right after it.', resolve: moved.balance }),
  }),
});

defineMutation('pointsTransfer', {
  description: `Moves available points to another customer in one transaction; every lot keeps its earning and expiry. A debt of the receiver is paid first; the balance cap is not applied. Both sides must be free to use points. A transfer is undone by a transfer back. ${EVENTS}`,
  permission: 'ledger:transfer',
  errors: [InsufficientPointsError, PointsOutOfRangeError],
  input: (t) => ({
    fromCustomerId: t.id({ description: 'Who gives, cus_…. This or fromCustomerExternalId.' }),
    fromCustomerExternalId: t.string({ description: 'Who gives, by the tenant’s own id.' }),
    toCustomerId: t.id({ description: 'Who receives, cus_…. This or toCustomerExternalId.' }),
    toCustomerExternalId: t.string({ description: 'Who receives, by the tenant’s own id.' }),
    currency: t.string({ description: 'Code of a point currency; null takes the default one.' }),
    amount: amountField(t),
    reason: reasonField(t),
  }),
  run: (input, context, command) =>
    transferPoints(context.deps, scopeOf(context), command, {
      from: customerNameOf(input.fromCustomerId, input.fromCustomerExternalId, 'fromCustomerId'),
      to: customerNameOf(input.toCustomerId, input.toCustomerExternalId, 'toCustomerId'),
      currency: input.currency ?? null,
      amount: input.amount,
      reason: input.reason ?? null,
    }),
  payload: (t) => ({
    transaction: t.field({
      type: LedgerTransactionRef,
      description: 'What was written.',
      resolve: (result, _args, context) => transactionOf(context, result.transactionId),
    }),
    from: t.field({
      type: BalanceRef,
      description: 'The sender’s balance right after it.',
      resolve: (result) => result.from,
    }),
    to: t.field({
      type: BalanceRef,
      description: 'The receiver’s balance right after it.',
      resolve: (result) => result.to,
    }),
  }),
});
