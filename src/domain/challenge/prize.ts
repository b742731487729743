import type { ChallengePrize } from './challenge.ts';
import type { CompiledChallenge } from './compile.ts';

/**
 * What a shared goal gives that was reached, kept with its run: rules may change before everybody has got it. Contributors
 * are those with at least `contributorMinimum` counted activities; bystanders are the others whom it was open to, the team's
 * members or all who were enrolled.
 */
export type SharedPrize = {
  challengeCode: string;
  currencyId: string;
  points: number;
  bystanderPoints: number;
  contributorMinimum: number;
  expiry: ChallengePrize['expiry'];
  claimDays: number | null;
};

/** The prize of a shared goal as it is now; null when there is none. */
export function sharedPrizeOf({ challenge, currency }: CompiledChallenge): SharedPrize | null {
  const { prize, contributorMinimum, code } = challenge;
  if (prize === null || currency === null) return null;
  const { points, bystanderPoints, expiry, claimDays } = prize;
  return {
    challengeCode: code,
    currencyId: currency.id,
    points,
    bystanderPoints,
    contributorMinimum,
    expiry,
    claimDays,
  };
}
