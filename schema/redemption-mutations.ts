import type { CustomerName } from '#app/ledger/parties.ts';
import { cancelRedemption } from '#app/redemption/cancel.ts';
import { markRedemptionFulfilled, markRedemptionUsed } from '#app/redemption/close.ts';
import { issueRedemption } from '#app/redemption/issue.ts';
import type { RedemptionCommand } from '#app/redemption/open-redemption.ts';
import { makeStepUpCode } from '#app/redemption/step-up.ts';
import { redeemReward } from '#app/reward/redeem.ts';
import { ForbiddenError, PointsOutOfRangeError, RedemptionRefusedError } from '#domain/errors.ts';
import { uuidOf } from '#domain/ids.ts';
import type { Balance } from '#domain/ledger/balance.ts';

import { BalanceRef } from './balance.ts';
import { programOf, scopeOf, type Context } from './context.ts';
import { present } from './ids.ts';
import { customerNameOf } from './ledger-party.ts';
import { defineMutation } from './mutation.ts';
import { RedemptionRef } from './redemption.ts';
import { RedemptionModeEnum } from './reward.ts';

type Inputs = Parameters<Parameters<typeof defineMutation>[1]['input']>[0];

const EVENTS = 'Causes redemption.changed and, where points move, balance.changed.';
const OWN = ['redemption:write', 'self:redeem'] as const;

const idField = (t: Inputs) => t.id({ required: true, description: 'The redemption, rdm_….' });
const reasonField = (t: Inputs) =>
  t.string({ description: 'Why, 1 to 500 characters, kept in its history; null: nothing is said.' });

const redemptionOf = (result: { redemptionId: string }, _args: unknown, context: Context) =>
  present(context.loaders.redemption.load(result.redemptionId));
const balanceOf = (result: { balance: Balance }): Balance => result.balance;

/** The customer whose own token asks; null for the team and the tenant's server. */
function ownCustomer(context: Context): string | null {
  const caller = programOf(context);
  return caller.kind === 'CUSTOMER' ? caller.customerId : null;
}

/** A customer's token redeems for its own customer, whom it need not name. Throws a top-level error for another one. */
function redeemerOf(
  context: Context,
  id: string | number | null | undefined,
  externalId: string | null | undefined,
): CustomerName {
  const own = ownCustomer(context);
  if (own === null) return customerNameOf(id, externalId);
  const isOwn = id === null || id === undefined || uuidOf('Customer', String(id)) === own;
  if (!isOwn || typeof externalId === 'string')
    throw new ForbiddenError('A customer token redeems for its own customer only.');
  return { id: own, externalId: null };
}

function commandOf(input: { redemptionId: string | number; reason?: string | null | undefined }, context: Context) {
  const command: RedemptionCommand = {
    redemptionId: uuidOf('Redemption', String(input.redemptionId)),
    reason: input.reason ?? null,
    byCustomer: ownCustomer(context),
  };
  return command;
}

defineMutation('rewardRedeem', {
  description: `Redeems a reward for points, at once or reserved. Points, piece, code and redemption come together or not at all; a refusal tells every reason and is filed. A customer’s own token redeems for itself. ${EVENTS}`,
  permission: OWN,
  isPublic: true,
  errors: [RedemptionRefusedError, PointsOutOfRangeError],
  input: (t) => ({
    customerId: t.id({ description: 'For whom, cus_…. This or customerExternalId; a customer token needs neither.' }),
    customerExternalId: t.string({ description: 'For whom, by the tenant’s own id.' }),
    reward: t.string({ required: true, description: 'The reward’s code.' }),
    quantity: t.int({ required: true, defaultValue: 1, description: 'How many pieces, 1 to its maxQuantity.' }),
    mode: t.field({
      type: RedemptionModeEnum,
      required: true,
      defaultValue: 'ISSUE',
      description: 'At once, or reserved; ISSUE by default. A customer token can only reserve what costs money.',
    }),
    stepUpCode: t.string({ description: 'The six digits that the customer was sent, where the reward asks for them.' }),
    reason: reasonField(t),
  }),
  run: (input, context, command) =>
    redeemReward(context.deps, scopeOf(context), command, {
      customer: redeemerOf(context, input.customerId, input.customerExternalId),
      rewardCode: input.reward,
      quantity: input.quantity,
      mode: input.mode,
      by: ownCustomer(context) === null ? 'TEAM' : 'CUSTOMER',
      stepUpCode: input.stepUpCode ?? null,
      reason: input.reason ?? null,
    }),
  payload: (t) => ({
    redemption: t.field({ type: RedemptionRef, description: 'The redemption, as it is now.', resolve: redemptionOf }),
    balance: t.field({
      type: BalanceRef,
      description: 'The customer’s balance of the reward’s points right after it.',
      resolve: balanceOf,
    }),
  }),
});

defineMutation('redemptionIssue', {
  description: `Turns a reservation into the reward: the held points are spent and a code is handed out. Goes through whatever became of the customer or the reward meanwhile. A customer token issues its own, unless it costs money. ${EVENTS}`,
  permission: OWN,
  isPublic: true,
  errors: [RedemptionRefusedError],
  input: (t) => ({ redemptionId: idField(t), reason: reasonField(t) }),
  run: (input, context, command) => issueRedemption(context.deps, scopeOf(context), command, commandOf(input, context)),
  payload: (t) => ({
    redemption: t.field({ type: RedemptionRef, description: 'The redemption, as it is now.', resolve: redemptionOf }),
    balance: t.field({ type: BalanceRef, description: 'The balance right after it.', resolve: balanceOf }),
  }),
});

defineMutation('redemptionCancel', {
  description: `Takes a redemption back that is reserved, issued or fulfilled: points return to their lots with their old expiry, the piece to the stock. A code that was handed out is never handed out again. A customer token cancels what it has only reserved. ${EVENTS}`,
  permission: OWN,
  isPublic: true,
  errors: [PointsOutOfRangeError],
  input: (t) => ({ redemptionId: idField(t), reason: reasonField(t) }),
  run: (input, context, command) =>
    cancelRedemption(context.deps, scopeOf(context), command, commandOf(input, context)),
  payload: (t) => ({
    redemption: t.field({ type: RedemptionRef, description: 'The redemption, as it is now.', resolve: redemptionOf }),
    balance: t.field({ type: BalanceRef, description: 'The balance right after it.', resolve: balanceOf }),
  }),
});

defineMutation('redemptionUse', {
  description:
    'Says that the customer has used what was issued. Final: it can no longer be cancelled. Causes redemption.changed.',
  permission: 'redemption:write',
  input: (t) => ({ redemptionId: idField(t), reason: reasonField(t) }),
  run: (input, context, command) =>
    markRedemptionUsed(context.deps, scopeOf(context), command, commandOf(input, context)),
  payload: (t) => ({
    redemption: t.field({ type: RedemptionRef, description: 'The redemption, as it is now.', resolve: redemptionOf }),
  }),
});

defineMutation('redemptionFulfil', {
  description:
    'Says that the tenant has delivered what was issued: sent, unlocked, credited, given. From then on it does not expire. Causes redemption.changed.',
  permission: 'redemption:write',
  input: (t) => ({ redemptionId: idField(t), reason: reasonField(t) }),
  run: (input, context, command) =>
    markRedemptionFulfilled(context.deps, scopeOf(context), command, commandOf(input, context)),
  payload: (t) => ({
    redemption: t.field({ type: RedemptionRef, description: 'The redemption, as it is now.', resolve: redemptionOf }),
  }),
});

defineMutation('redemptionStepUp', {
  description:
    'Makes a code with which a customer confirms a redemption of a reward that asks for one. The caller alone gets it, and sends it to the customer; the customer gives it back in rewardRedeem. Six digits, valid for ten minutes, five tries, one redemption; an earlier code of the same customer and reward ends. Causes no event.',
  permission: 'redemption:write',
  input: (t) => ({
    customerId: t.id({ description: 'Who confirms, cus_…. This or customerExternalId.' }),
    customerExternalId: t.string({ description: 'Who confirms, by the tenant’s own id.' }),
    reward: t.string({ required: true, description: 'The reward’s code.' }),
  }),
  run: (input, context, command) =>
    makeStepUpCode(context.deps, scopeOf(context), command, {
      customer: customerNameOf(input.customerId, input.customerExternalId),
      rewardCode: input.reward,
    }),
  payload: (t) => ({
    stepUpCode: t.exposeString('code', {
      nullable: true,
      description: 'Six digits, told once; null on a replay, because only a hash is kept.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'The first instant at which it is no longer valid.',
      resolve: (result) => new Date(result.expiresAt),
    }),
  }),
});
