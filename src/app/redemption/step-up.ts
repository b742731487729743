import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';

import { publicId } from '#domain/ids.ts';
import type { StepUpLack } from '#domain/reward/refusal.ts';
import { countTry, insertStepUpCode } from '#storage/step-up-store.ts';

import { requireCustomers, type CustomerName } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import { requireReward } from '../reward/require-reward.ts';
import { inTransaction, type AppDeps, type Scope } from '../transaction.ts';

const VALID_MS = 10 * 60_000;
export const STEP_UP_TRIES_MAX = 5;
const DIGITS = 6;

/** The code is answered by the first call alone: it is not stored, so a replay answers null. */
export type StepUpMade = { code: string | null; expiresAt: string };

/**
 * Makes a code with which a customer confirms a redemption of a reward. It goes to the caller alone, who sends it to the
 * customer by e-mail or message. Six digits, ten minutes, five tries, one redemption; an earlier code ends with it.
 */
export async function makeStepUpCode(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { customer: CustomerName; rewardCode: string },
): Promise<StepUpMade & { replayed: boolean }> {
  const code = String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
  const made = await mutate(deps, scope, command, async (tx) => {
    const { reward } = requireReward(await deps.catalogues.at(tx, tx.programId), input.rewardCode);
    const [customerId = ''] = await requireCustomers(tx, [{ ...input.customer, path: ['customerId'] }]);
    const id = deps.newId();
    const expiresAt = new Date(tx.now.getTime() + VALID_MS);
    const hash = hashOf(deps, id, code);
    await insertStepUpCode(tx, tx.programId, {
      id,
      customerId,
      rewardId: reward.id,
      hash,
      createdAt: tx.now,
      expiresAt,
    });
    tx.audit({
      action: 'step_up_code.made',
      subject: publicId('Customer', customerId),
      after: { reward: reward.code },
    });
    return { expiresAt: expiresAt.toISOString() };
  });
  return { ...made, code: made.replayed ? null : code };
}

/** What a try came to: the code to use up, or what is lacking. */
export type StepUpTried = { lack: StepUpLack; codeId: null } | { lack: null; codeId: string };

export const NO_STEP_UP: StepUpTried = { lack: 'MISSING', codeId: null };

/**
 * Tries a code in a transaction of its own: the try counts, whatever becomes of the redemption. A customer or reward that
 * does not exist lacks the code too; the redemption itself says what is wrong.
 */
export async function tryStepUpCode(
  deps: AppDeps,
  scope: Scope,
  input: { customer: CustomerName; rewardCode: string; code: string },
): Promise<StepUpTried> {
  return inTransaction(deps, scope, async (tx) => {
    const { rewards } = (await deps.catalogues.at(tx, tx.programId)).ruleSet;
    const rewardId = rewards.byCode.get(input.rewardCode)?.reward.id;
    if (rewardId === undefined) return NO_STEP_UP;
    const [customerId = ''] = await requireCustomers(tx, [{ ...input.customer, path: ['customerId'] }]);
    const tried = await countTry(tx, tx.programId, { customerId, rewardId }, tx.now, STEP_UP_TRIES_MAX);
    if (tried === null) return { lack: 'WRONG', codeId: null };
    const { code, counts } = tried;
    if (!counts) {
      const isOver = code.usedAt !== null || code.expiresAt <= tx.now;
      return { lack: isOver ? 'ENDED' : 'TRIES_USED_UP', codeId: null };
    }
    return timingSafeEqual(code.hash, hashOf(deps, code.id, input.code))
      ? { lack: null, codeId: code.id }
      : { lack: 'WRONG', codeId: null };
  });
}

/** Keyed, because a million codes are tried in a second by whoever has the table alone. */
function hashOf(deps: AppDeps, id: string, code: string): Buffer {
  return createHmac('sha256', deps.tokenKey).update(`step-up ${id} ${code}`).digest();
}
