// Rewards, each with what a test does not care about filled in.
import type { Reward } from '#domain/reward/reward.ts';
import { RewardSchema } from '#domain/reward/reward.ts';

/** What a test says of a reward; everything else is as the form fills it in. */
export type RewardGiven = Partial<Omit<Reward, 'id' | 'price'>> & { points?: number; price?: Partial<Reward['price']> };

const NO_ID = '00000000-0000-7000-8000-000000000000';

/** A mug for 100 points, delivered at once, without limits, unless told otherwise. */
export function aReward({ points = 100, price = {}, ...given }: RewardGiven = {}): Omit<Reward, 'id'> {
  const { id: _id, ...reward } = RewardSchema.parse({
    id: NO_ID,
    code: 'mug',
    fulfilment: { kind: 'GIFT', reference: null },
    texts: { en: { name: 'A mug', description: 'White', terms: '' } },
    ...given,
    price: { points, ...price },
  });
  return reward;
}
