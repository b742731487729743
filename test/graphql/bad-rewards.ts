// Redemptions and codes that a caller can get wrong.
import { BAD_INPUT, change, INVALID, MISSING, OF_ALL_NAMES_THE_LONGEST, read, refused } from './bad-request.ts';
import type { Answer, BadRequest, Who } from './bad-request.ts';
import type { Furnished } from './furnished.ts';

export function badRewards({ ids }: Furnished): BadRequest[] {
  const redeem = (name: string, over: object, answer: Answer, as?: Who): BadRequest =>
    change(name, 'rewardRedeem', { customerId: ids.Customer, reward: 'mug', ...over }, answer, as);
  const codes = (name: string, over: object, answer: Answer): BadRequest =>
    change(name, 'rewardCodesImport', { reward: 'mug', codes: ['A'], ...over }, answer);
  const listed = (name: string, reward: string): BadRequest =>
    read(
      name,
      'query ($reward: String) { it: redemptions(where: { reward: $reward }) { nodes { id } } }',
      NOTHING,
      'owner',
      {
        reward,
      },
    );
  const NOTHING: Answer = { data: { it: { nodes: [] } } };
  return [
    ...[0, -1, 2].map((quantity) => redeem(`a redemption of ${quantity}`, { quantity }, refused(INVALID, 'quantity'))),
    redeem('a redemption of half a piece', { quantity: 0.5 }, BAD_INPUT),
    redeem('a redemption of an unknown reward', { reward: 'pony' }, refused(MISSING, 'reward')),
    redeem('a redemption of a reward named like a prototype', { reward: '__proto__' }, refused(MISSING, 'reward')),
    redeem('a redemption of a reward of 10 kB', { reward: OF_ALL_NAMES_THE_LONGEST }, refused(MISSING, 'reward')),
    redeem('a redemption for two customers', { customerExternalId: 'Ann' }, refused(INVALID, 'customerId')),
    redeem('a redemption for nobody', { customerId: null }, refused(INVALID, 'customerId')),
    redeem('a redemption in an unknown mode', { mode: 'STEAL' }, BAD_INPUT),
    redeem('a redemption with a reason of 10 kB', { reason: OF_ALL_NAMES_THE_LONGEST }, refused(INVALID, 'reason')),
    change(
      'a step-up code for an unknown reward',
      'redemptionStepUp',
      { customerId: ids.Customer, reward: 'pony' },
      refused(MISSING, 'reward'),
    ),
    codes('codes for a reward that has none', {}, refused(INVALID, 'reward')),
    codes('codes for an unknown reward', { reward: 'pony' }, refused(MISSING, 'reward')),
    codes('no codes', { codes: [] }, refused(INVALID, 'codes')),
    codes('10,001 codes', { codes: Array.from({ length: 10_001 }, String) }, refused(INVALID, 'codes')),
    listed('redemptions of a reward with NUL in it', 'a\0b'),
    listed('redemptions of a reward of 10 kB', OF_ALL_NAMES_THE_LONGEST),
  ];
}
