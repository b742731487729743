import { InvalidInputError, RedemptionRefusedError, StateConflictError } from '#domain/errors.ts';
import { formatFor } from '#domain/explanation/locale.ts';
import { publicId } from '#domain/ids.ts';
import { balanceOf, type Balance } from '#domain/ledger/balance.ts';
import { spend } from '#domain/ledger/debit.ts';
import { hold } from '#domain/ledger/hold.ts';
import { readReason } from '#domain/ledger/policy.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { Redemption } from '#domain/redemption/redemption.ts';
import { asksStepUp, decideRedemption, type Cost, type RedemptionWish } from '#domain/reward/can-redeem.ts';
import type { CompiledReward } from '#domain/reward/compile.ts';
import type { RedemptionRefusal } from '#domain/reward/refusal.ts';
import { textsFor } from '#domain/reward/texts.ts';
import { insertRedemption } from '#storage/redemption-store.ts';
import { takeCode } from '#storage/reward-code-store.ts';
import { useStepUpCode } from '#storage/step-up-store.ts';

import { requireCustomers, turnOf, type CustomerName } from '../ledger/parties.ts';
import { openLedger, saveLedger, type Ledger } from '../ledger/posting.ts';
import { mutate, type Command } from '../mutation.ts';
import { loadFacts, type CandidateFacts } from '../redemption/facts.ts';
import { handOutMadeUpCode, validUntil } from '../redemption/issue.ts';
import { NO_STEP_UP, tryStepUpCode, type StepUpTried } from '../redemption/step-up.ts';
import { openSupply } from '../redemption/supply.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';
import { fileRefusal, Refused } from './refuse.ts';
import { requireReward } from './require-reward.ts';

export type RedeemReward = Omit<RedemptionWish, 'stepUp'> & {
  customer: CustomerName;
  rewardCode: string;
  /** As the customer gives it; null when none was asked for. */
  stepUpCode: string | null;
  reason: string | null;
};

export type RewardRedeemed = { redemptionId: string; balance: Balance };

/**
 * Gives a customer a reward for points, at once or reserved. Points, piece, code and redemption come together in one
 * transaction or not at all. A refusal is filed with all its reasons, then thrown as RedemptionRefusedError.
 */
export async function redeemReward(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: RedeemReward,
): Promise<RewardRedeemed & { replayed: boolean }> {
  const { customer, rewardCode, stepUpCode } = input;
  const stepUp =
    stepUpCode === null ? NO_STEP_UP : await tryStepUpCode(deps, scope, { customer, rewardCode, code: stepUpCode });
  // A reward that everybody wants is one row: waiting for it here, and not on a connection, leaves the others theirs.
  const turns = [turnOf(customer), `${scope.programId} ${rewardCode}`];
  try {
    return await deps.turns.take(turns, () =>
      mutate(deps, scope, command, (tx) => redeem(deps, tx, { ...input, stepUp })),
    );
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { program } = await deps.catalogues.current(scope.programId);
    const refusalId = await fileRefusal(deps, scope, error.attempt);
    throw new RedemptionRefusedError(error.attempt.refusals, refusalId, formatFor('en', program.timeZone));
  }
}

type Asked = RedeemReward & { stepUp: StepUpTried };

async function redeem(deps: AppDeps, tx: Tx, input: Asked): Promise<RewardRedeemed> {
  const reason = readReason(input.reason);
  const before = await deps.catalogues.at(tx, tx.programId);
  const wanted = requireReward(before, input.rewardCode);
  assertQuantity(input.quantity, wanted);
  const [customerId = ''] = await requireCustomers(tx, [{ ...input.customer, path: ['customerId'] }]);
  const currencyIds = [before.defaultCurrency.id, wanted.currency.id];
  const ledger = await openLedger(
    deps,
    tx,
    currencyIds.map((currencyId) => ({ customerId, currencyId })),
  );
  const supply = await openSupply(tx, ledger.posting, [wanted.reward.id]);
  // Whoever publishes locks the stock: with the lock held, what is live now is what counts.
  const catalogue = await deps.catalogues.at(tx, tx.programId);
  const compiled = stillThere(catalogue, wanted);
  const { program } = catalogue;
  const [facts] = await loadFacts(tx, { catalogue, now: tx.now }, [{ customerId, compiled }]);
  if (facts === null || facts === undefined) throw new Error('a customer vanished under the lock');
  const account = ledger.account(customerId, compiled.currency.id);
  const { cost, refusals } = decideRedemption(
    compiled,
    { ...facts, available: account.available, stock: supply.stockOf(compiled.reward.id) },
    { ...input, stepUp: input.stepUp.lack },
    { program, now: tx.now },
  );
  const attempt = (why: readonly RedemptionRefusal[]): Refused =>
    new Refused({
      customerId,
      rewardId: compiled.reward.id,
      rewardCode: compiled.reward.code,
      revision: catalogue.ruleSet.revision,
      quantity: input.quantity,
      mode: input.mode,
      points: cost.points,
      refusals: why,
    });
  if (refusals.length > 0) throw attempt(refusals);
  if (!(await confirm(tx, compiled, cost, input.stepUp))) throw attempt([{ code: 'STEP_UP_REQUIRED', why: 'ENDED' }]);
  const redemption = draftOf(deps, tx, catalogue, { compiled, facts, cost, input, customerId, reason });
  pay(ledger, compiled, redemption);
  await saveLedger(tx, ledger.posting);
  const isIssued = redemption.state === 'ISSUED';
  supply.change(compiled.reward.id, isIssued ? 0 : input.quantity, isIssued ? input.quantity : 0);
  await supply.save();
  await takeSupply(deps, tx, redemption);
  await insertRedemption(tx, tx.programId, redemption, facts.redeemer.accountId);
  tx.emit({ type: 'redemption.changed', customerId, redemptionId: redemption.id, state: redemption.state });
  return { redemptionId: redemption.id, balance: balanceOf(account, tx.now) };
}

function assertQuantity(quantity: number, { reward }: CompiledReward): void {
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > reward.maxQuantity)
    throw new InvalidInputError(`A redemption of this reward is of 1 to ${reward.maxQuantity}.`, ['quantity']);
}

/** The reward as it is live once its stock is locked. Its currency must be the one whose account is locked. */
function stillThere(catalogue: Catalogue, wanted: CompiledReward): CompiledReward {
  const compiled = catalogue.ruleSet.rewards.byId.get(wanted.reward.id);
  if (compiled === undefined || compiled.currency.id !== wanted.currency.id)
    throw new StateConflictError('This reward was changed just now. Look at it again.', 'CHANGED', ['reward']);
  return compiled;
}

/** Uses up the step-up code where one is asked for: it confirms one redemption. */
async function confirm(tx: Tx, { reward }: CompiledReward, cost: Cost, { codeId }: StepUpTried): Promise<boolean> {
  if (!asksStepUp(reward.stepUpAbove, cost.points)) return true;
  return codeId !== null && useStepUpCode(tx, tx.programId, codeId, tx.now);
}

type Parts = {
  compiled: CompiledReward;
  facts: CandidateFacts;
  cost: Cost;
  input: Asked;
  customerId: string;
  reason: string | null;
};

function draftOf(
  deps: AppDeps,
  tx: Tx,
  catalogue: Catalogue,
  { compiled: { reward, currency }, facts, cost, input, customerId, reason }: Parts,
): Redemption {
  const isIssued = input.mode === 'ISSUE';
  const { fulfilment, validityDays, byHand } = reward;
  const terms = { fulfilment, texts: textsFor(reward.texts, facts.customer.locale), validityDays, byHand };
  return {
    id: deps.newId(),
    customerId,
    rewardId: reward.id,
    rewardCode: reward.code,
    revision: catalogue.ruleSet.revision,
    state: isIssued ? 'ISSUED' : 'RESERVED',
    quantity: input.quantity,
    points: cost.points,
    currencyId: currency.id,
    money: cost.money,
    holdId: null,
    transactionId: null,
    reversalId: null,
    terms,
    requestedAt: tx.now,
    issuedAt: isIssued ? tx.now : null,
    closedAt: null,
    expiresAt: isIssued
      ? validUntil(terms, tx.now, catalogue.program.timeZone)
      : new Date(tx.now.getTime() + reward.reservationMinutes * 60_000),
    actor: tx.actor,
    reason,
    version: 1,
  };
}

/** Spends or holds the points; a reservation's hold times out with it. What costs no points moves none. */
function pay(ledger: Ledger, { currency }: CompiledReward, redemption: Redemption): void {
  if (redemption.points === 0) return;
  const account = ledger.account(redemption.customerId, currency.id);
  const cause = { reason: `Redemption ${publicId('Redemption', redemption.id)}` };
  const debit = { currency, amount: redemption.points, effectiveAt: redemption.requestedAt, cause };
  if (redemption.state === 'ISSUED') redemption.transactionId = spend(ledger.posting, account, debit).id;
  else if (redemption.expiresAt !== null)
    redemption.holdId = hold(ledger.posting, account, { ...debit, expiresAt: redemption.expiresAt }).hold.id;
}

/** Hands out a code, or keeps one for the reservation. */
async function takeSupply(deps: AppDeps, tx: Tx, { id, rewardId, issuedAt, terms }: Redemption): Promise<void> {
  if (terms.fulfilment.kind === 'CODE_POOL') {
    if (!(await takeCode(tx, tx.programId, rewardId, id, issuedAt)))
      throw new Error('a code that was free under the lock is gone');
  } else if (terms.fulfilment.kind === 'GENERATED_CODE' && issuedAt !== null) {
    await handOutMadeUpCode(deps, tx, { id, rewardId }, terms.fulfilment);
  }
}
