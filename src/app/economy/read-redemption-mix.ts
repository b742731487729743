import { Big } from 'big.js';

import { InvalidInputError } from '#domain/errors.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { addDays, startOfDay } from '#domain/time.ts';
import { readRedemptionMix, type RewardRedeemed } from '#storage/redemption-mix-store.ts';

import { ratio, type EconomyReads, type Ratio } from './read-economy.ts';

export type RedemptionMixWanted = {
  currencyId: string;
  /** Days in the program's zone, both inclusive. */
  from: string;
  to: string;
};

export type RewardMix = Omit<RewardRedeemed, 'cost' | 'costCurrency'> & {
  /** Its points ÷ those of all rewards. */
  share: Ratio;
  /** What 1,000 points cost the tenant by this reward; null where its worth is not told in money, or it cost no points. */
  cost: { minor: number; minorPerThousand: string; currency: string } | null;
};

/**
 * What customers had for their points: redemptions that were issued in these days and not cancelled since, by reward. Throws
 * InvalidInputError when the days are out of order.
 */
export async function readMix(
  deps: Pick<EconomyReads, 'reads'>,
  { program }: Pick<Catalogue, 'program'>,
  { currencyId, from, to }: RedemptionMixWanted,
): Promise<RewardMix[]> {
  if (from > to) throw new InvalidInputError('from lies after to.', ['from']);
  const rows = await readRedemptionMix(deps.reads, {
    ...{ programId: program.id, currencyId },
    ...{ from: startOfDay(from, program.timeZone), until: startOfDay(addDays(to, 1), program.timeZone) },
  });
  const all = rows.reduce((sum, { points }) => sum + points, 0);
  return rows.map(({ cost, costCurrency, ...row }) => ({
    ...row,
    share: ratio(row.points, all),
    cost: cost === null || costCurrency === null || row.points === 0 ? null : costOf(cost, row.points, costCurrency),
  }));
}

function costOf(minor: number, points: number, currency: string): NonNullable<RewardMix['cost']> {
  return { minor, minorPerThousand: new Big(minor).times(1_000).div(points).round(9).toFixed(), currency };
}
