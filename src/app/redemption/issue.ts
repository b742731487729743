import { randomInt } from 'node:crypto';

import { RedemptionRefusedError } from '#domain/errors.ts';
import { formatFor } from '#domain/explanation/locale.ts';
import { publicId } from '#domain/ids.ts';
import { balanceOf } from '#domain/ledger/balance.ts';
import { capture } from '#domain/ledger/hold.ts';
import { readReason } from '#domain/ledger/policy.ts';
import { assertCanBecome, type Redemption, type RedemptionTerms } from '#domain/redemption/redemption.ts';
import type { Fulfilment } from '#domain/reward/reward.ts';
import { endOfDayAfter } from '#domain/time.ts';
import { saveRedemption } from '#storage/redemption-store.ts';
import { handOutCode, insertHandedCode } from '#storage/reward-code-store.ts';

import { saveLedger } from '../ledger/posting.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';
import { holdOf, openRedemption, type RedemptionCommand, type RedemptionMoved } from './open-redemption.ts';

const CODE_ATTEMPTS_MAX = 10;

/**
 * Turns a reservation into the reward: the held points are spent, the code is handed out. Goes through whatever became of
 * the customer or the reward meanwhile: it was promised. A customer's own token cannot issue what costs money.
 */
export async function issueRedemption(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: RedemptionCommand,
): Promise<RedemptionMoved & { replayed: boolean }> {
  return deps.turns.take([input.redemptionId], () =>
    mutate(deps, scope, command, async (tx) => {
      const reason = readReason(input.reason);
      const { program } = await deps.catalogues.at(tx, tx.programId);
      const { redemption, ledger, account, supply } = await openRedemption(deps, tx, input);
      assertCanBecome(redemption, 'ISSUED', tx.now);
      if (redemption.money !== null && input.byCustomer !== null)
        throw new RedemptionRefusedError(
          [{ code: 'PAYMENT_REQUIRED', ...redemption.money }],
          null,
          formatFor('en', program.timeZone),
        );
      const held = holdOf(account, redemption);
      const cause = { reason: `Redemption ${publicId('Redemption', redemption.id)}` };
      const capturing = { amount: redemption.points, effectiveAt: tx.now, cause };
      const transactionId = held === null ? null : capture(ledger.posting, account, held, capturing).id;
      await saveLedger(tx, ledger.posting);
      supply.change(redemption.rewardId, -redemption.quantity, redemption.quantity);
      await supply.save();
      await handOut(deps, tx, redemption);
      const expiresAt = validUntil(redemption.terms, tx.now, program.timeZone);
      const issued: Redemption = { ...redemption, state: 'ISSUED', transactionId, issuedAt: tx.now, expiresAt };
      await saveRedemption(tx, tx.programId, issued, { at: tx.now, actor: tx.actor, reason }, tx.now);
      const { customerId, id } = redemption;
      tx.emit({ type: 'redemption.changed', customerId, redemptionId: id, state: 'ISSUED' });
      return { redemptionId: id, balance: balanceOf(account, tx.now) };
    }),
  );
}

/** Until when something issued now is valid: the end of the program's local day, exclusive; null is for ever. */
export function validUntil({ validityDays }: RedemptionTerms, now: Date, timeZone: string): Date | null {
  return validityDays === null ? null : endOfDayAfter(now, timeZone, { days: validityDays });
}

async function handOut(deps: AppDeps, tx: Tx, { id, rewardId, terms }: Redemption): Promise<void> {
  if (terms.fulfilment.kind === 'CODE_POOL') await handOutCode(tx, tx.programId, id, tx.now);
  if (terms.fulfilment.kind === 'GENERATED_CODE') await handOutMadeUpCode(deps, tx, { id, rewardId }, terms.fulfilment);
}

/** Makes up a code that the reward never had, and hands it out. */
export async function handOutMadeUpCode(
  deps: Pick<AppDeps, 'newId'>,
  tx: Tx,
  { id, rewardId }: Pick<Redemption, 'id' | 'rewardId'>,
  { prefix, length, alphabet }: Extract<Fulfilment, { kind: 'GENERATED_CODE' }>,
): Promise<void> {
  for (let attempt = 1; attempt <= CODE_ATTEMPTS_MAX; attempt += 1) {
    const letters = Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length)));
    const code = { id: deps.newId(), code: prefix + letters.join('') };
    if (await insertHandedCode(tx, tx.programId, rewardId, id, code, tx.now)) return;
  }
  throw new Error('no new code was found in many attempts');
}
