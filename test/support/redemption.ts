// Redemptions through the use cases, by the tenant's own server unless told otherwise.
import { randomUUID } from 'node:crypto';

import { cancelRedemption } from '#app/redemption/cancel.ts';
import { markRedemptionFulfilled, markRedemptionUsed } from '#app/redemption/close.ts';
import { issueRedemption } from '#app/redemption/issue.ts';
import { redeemReward, type RedeemReward, type RewardRedeemed } from '#app/reward/redeem.ts';
import { RedemptionRefusedError } from '#domain/errors.ts';
import type { Deps } from '#src/deps.ts';
import { findRedemptions, type RedemptionRow } from '#storage/redemption-store.ts';

import { aCommand, type TestProgram } from './program.ts';

type Over = Partial<Omit<RedeemReward, 'customer' | 'rewardCode'>>;

/** Redeems one piece at once. */
export function redeem(
  deps: Deps,
  program: TestProgram,
  customerId: string,
  rewardCode = 'mug',
  over: Over = {},
  key: string = randomUUID(),
): Promise<RewardRedeemed & { replayed: boolean }> {
  const customer = { id: customerId, externalId: null };
  const input = {
    customer,
    rewardCode,
    quantity: 1,
    mode: 'ISSUE' as const,
    by: 'TEAM' as const,
    stepUpCode: null,
    reason: null,
    ...over,
  };
  return redeemReward(deps, program.scope, aCommand('rewardRedeem', input, key), input);
}

const MOVES = {
  issue: issueRedemption,
  cancel: cancelRedemption,
  use: markRedemptionUsed,
  fulfil: markRedemptionFulfilled,
};

/** Moves a redemption on. */
export function move(
  deps: Deps,
  program: TestProgram,
  what: keyof typeof MOVES,
  redemptionId: string,
  byCustomer: string | null = null,
): Promise<{ redemptionId: string; replayed: boolean }> {
  const input = { redemptionId, reason: null, byCustomer };
  return MOVES[what](deps, program.scope, aCommand(what, input), input);
}

/** The redemption as it is on record. */
export async function redemptionOf(deps: Deps, program: TestProgram, id: string): Promise<RedemptionRow> {
  const [found] = await findRedemptions(deps.reads, program.programId, [id]);
  if (found === undefined) throw new Error('no such redemption');
  return found;
}

/** The codes of why a redemption is refused; throws when it is not. */
export async function refusalsOf(redeeming: Promise<unknown>): Promise<string[]> {
  try {
    await redeeming;
  } catch (error) {
    if (error instanceof RedemptionRefusedError) return error.refusals.map(({ code }) => code);
    throw error;
  }
  throw new Error('the redemption was not refused');
}
