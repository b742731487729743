import { readMix, type RewardMix } from '#app/economy/read-redemption-mix.ts';
import { publicId } from '#domain/ids.ts';

import { builder } from './builder.ts';
import { asBadInput, economySubject } from './economy.ts';
import { RatioRef } from './ratio.ts';

const CostRef = builder.objectRef<NonNullable<RewardMix['cost']>>('RewardCost').implement({
  description: 'What a reward cost the tenant: what its pieces are worth, less what customers paid on top.',
  fields: (t) => ({
    minor: t.field({ type: 'Points', description: 'In all, in minor units of money.', resolve: (it) => it.minor }),
    minorPerThousand: t.expose('minorPerThousand', {
      type: 'Decimal',
      description: 'Minor units for 1,000 points, rounded to nine digits: to be held against pointValue(COST).',
    }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code of the money.' }),
  }),
});

const RewardMixRef = builder.objectRef<RewardMix>('RewardMix').implement({
  description: 'What was redeemed of one reward: issued in the days asked for, and not cancelled since.',
  fields: (t) => ({
    rewardId: t.id({ description: 'Which, rwd_….', resolve: (it) => publicId('Reward', it.rewardId) }),
    rewardCode: t.exposeString('rewardCode', { description: 'Its code when it was redeemed.' }),
    redemptions: t.exposeInt('redemptions', { description: 'How often.' }),
    pieces: t.expose('pieces', { type: 'Points', description: 'How many pieces.' }),
    points: t.expose('points', { type: 'Points', description: 'For how many points.' }),
    share: t.field({ type: RatioRef, description: 'Its points ÷ those of all rewards.', resolve: (it) => it.share }),
    cancelled: t.exposeInt('cancelled', { description: 'Issued in these days and cancelled since, left out above.' }),
    cost: t.field({
      type: CostRef,
      nullable: true,
      description:
        'What it cost, for credits, discounts by amount and donations; null for others, whose worth is not told in money, and where it cost no points.',
      resolve: (it) => it.cost,
    }),
  }),
});

builder.queryField('redemptionMix', (t) =>
  t.field({
    type: [RewardMixRef],
    nullable: true,
    description:
      'What customers had for their points, by reward, the most points first: at most as many lines as there ever were rewards. A redemption belongs to the local day on which it was issued. Null when there is no such currency. Needs economy:read.',
    authScopes: { permission: 'economy:read' },
    args: {
      from: t.arg({ type: 'Date', required: true, description: 'The first day, in the program’s zone.' }),
      to: t.arg({ type: 'Date', required: true, description: 'The last day, inclusive.' }),
      currency: t.arg.string({ description: 'Code of a point currency; left out, the default one.' }),
    },
    resolve: async (_root, { from, to, currency }, context) => {
      const subject = await economySubject(context, currency);
      if (subject === null) return null;
      const { catalogue, currencyId } = subject;
      return readMix(context.deps, catalogue, { currencyId, from, to }).catch(asBadInput);
    },
  }),
);
