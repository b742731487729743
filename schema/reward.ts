import { may } from '#domain/caller.ts';
import { asksStepUp, stockLeft, type Decision } from '#domain/reward/can-redeem.ts';
import type { CompiledReward } from '#domain/reward/compile.ts';
import { textsFor } from '#domain/reward/texts.ts';

import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { findOwnCustomer } from './ledger-party.ts';
import { MoneyRef } from './money.ts';
import { badUserInput } from './paging.ts';
import { PointCurrencyRef } from './point-currency.ts';
import { RefusalInterface } from './redemption-refusal.ts';
import { RewardDefinitionRef, RewardLimitRef, RewardPriceRef, RewardTextsRef } from './reward-definition.ts';
import { RewardFulfilmentUnion, RewardKindEnum } from './reward-fulfilment.ts';
import { rewardsSeenBy } from './reward-visibility.ts';

export const RedemptionModeEnum = builder.enumType('RedemptionMode', {
  description: 'How a reward is redeemed.',
  subGraphs: ['Public'],
  values: {
    ISSUE: { description: 'At once: the points are spent.' },
    RESERVE: { description: 'Points, piece and code are kept for a while, to be issued or cancelled.' },
  },
});

type Answer = { decision: Decision; compiled: CompiledReward };

const cost = {
  points: (it: Answer) => it.decision.cost.points,
  money: (it: Answer) => it.decision.cost.money,
};

const OpenRef = builder.objectRef<Answer>('RewardOpen').implement({
  description:
    'Yes: the customer can redeem it now, for this price. No promise: the last piece may go to somebody else.',
  subGraphs: ['Public'],
  fields: (t) => ({
    points: t.field({ type: 'Points', description: 'Points in all, at the customer’s price.', resolve: cost.points }),
    currency: t.field({
      type: PointCurrencyRef,
      description: 'Of which points.',
      resolve: (it) => it.compiled.currency,
    }),
    money: t.field({
      type: MoneyRef,
      nullable: true,
      description: 'Money in all, paid to the tenant; null is nothing.',
      resolve: cost.money,
    }),
  }),
});
const ClosedRef = builder.objectRef<Answer>('RewardClosed').implement({
  description: 'No: why the customer cannot redeem it now, and what is missing.',
  subGraphs: ['Public'],
  fields: (t) => ({
    points: t.field({
      type: 'Points',
      description: 'Points in all that it would cost, at the customer’s price.',
      resolve: cost.points,
    }),
    currency: t.field({
      type: PointCurrencyRef,
      description: 'Of which points.',
      resolve: (it) => it.compiled.currency,
    }),
    money: t.field({
      type: MoneyRef,
      nullable: true,
      description: 'Money in all that it would cost; null is nothing.',
      resolve: cost.money,
    }),
    refusals: t.field({
      type: [RefusalInterface],
      description: 'Every reason, the weightiest first.',
      resolve: (it) => [...it.decision.refusals],
    }),
  }),
});
const EligibilityUnion = builder.unionType('RewardEligibility', {
  description: 'Whether a customer can redeem a reward now.',
  subGraphs: ['Public'],
  types: [OpenRef, ClosedRef],
  resolveType: ({ decision }) => (decision.refusals.length === 0 ? 'RewardOpen' : 'RewardClosed'),
});

const StockRef = builder
  .objectRef<{ total: number | null; reserved: number; issued: number }>('RewardStock')
  .implement({
    description: 'The pieces of a reward.',
    fields: (t) => ({
      total: t.exposeInt('total', { nullable: true, description: 'In all; null is without limit.' }),
      reserved: t.expose('reserved', { type: 'Points', description: 'Kept for reservations.' }),
      issued: t.expose('issued', { type: 'Points', description: 'Had by customers, cancelled ones left out.' }),
      exceededBy: t.field({
        type: 'Points',
        description:
          'How many more customers have than there are in all: above 0 where a scheduled revision with a lower stock went live. They keep what they have; nobody else gets a piece before it is 0 again.',
        resolve: ({ total, reserved, issued }) => (total === null ? 0 : Math.max(0, reserved + issued - total)),
      }),
    }),
  });
const CodesRef = builder.objectRef<{ added: number; free: number }>('RewardCodes').implement({
  description: 'The codes of a reward, in numbers. The codes themselves are shown to their customers alone.',
  fields: (t) => ({
    added: t.expose('added', { type: 'Points', description: 'Codes that it ever had.' }),
    free: t.expose('free', { type: 'Points', description: 'Codes that nobody has.' }),
  }),
});

export const RewardRef = builder.objectRef<CompiledReward>('Reward');

builder.node(RewardRef, {
  description:
    'Something that customers can have for points, as it is live now. Customers and publishable keys see what can be had at this time; the team sees everything.',
  subGraphs: ['Public'],
  id: { resolve: ({ reward }) => reward.id, description: 'Global id, rwd_…; stable over revisions.' },
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'reward' in value && 'audience' in value,
  loadMany: async (ids, context) => {
    const { caller } = context;
    if (!('programId' in caller) || !may(caller, 'reward:read')) return ids.map(() => null);
    const seen = new Map((await rewardsSeenBy(context)).map((compiled) => [compiled.reward.id, compiled]));
    return ids.map((id) => seen.get(id) ?? null);
  },
  fields: (t) => ({
    code: t.string({ description: 'Unique among the rewards of the program.', resolve: ({ reward }) => reward.code }),
    kind: t.field({
      type: RewardKindEnum,
      description: 'What it is.',
      resolve: ({ reward }) => reward.fulfilment.kind,
    }),
    fulfilment: t.field({
      type: RewardFulfilmentUnion,
      description: 'What a customer gets.',
      resolve: ({ reward }) => reward.fulfilment,
    }),
    texts: t.field({
      type: RewardTextsRef,
      description:
        'Its texts: of exactly this locale, else of its language, else in English, else in the first language by name.',
      args: {
        locale: t.arg.string({ description: 'Such as de-AT; left out, the customer’s own with a token of one.' }),
      },
      resolve: async ({ reward }, { locale }, context) => textsFor(reward.texts, locale ?? (await localeOf(context))),
    }),
    imageUrl: t.string({
      nullable: true,
      description: 'An https address; null is no picture.',
      resolve: ({ reward }) => reward.imageUrl,
    }),
    price: t.field({ type: RewardPriceRef, description: 'What a piece costs.', resolve: ({ reward }) => reward.price }),
    currency: t.field({
      type: PointCurrencyRef,
      description: 'The points that it costs.',
      resolve: ({ currency }) => currency,
    }),
    stockLeft: t.int({
      nullable: true,
      description: 'Pieces that nobody has yet; null is without limit. Codes of a pool are not counted here.',
      resolve: async ({ reward }, _args, context) =>
        reward.stock === null ? null : stockLeft(reward.stock, await context.loaders.rewardStock.load(reward.id)),
    }),
    maxQuantity: t.int({
      description: 'How many pieces one redemption may be of.',
      resolve: ({ reward }) => reward.maxQuantity,
    }),
    limits: t.field({
      type: [RewardLimitRef],
      description: 'How many may be had in a period; all hold.',
      resolve: ({ reward }) => reward.limits,
    }),
    tiers: t.stringList({
      description: 'Codes of tiers, of which one is needed; empty asks for none.',
      resolve: ({ reward }) => reward.tiers,
    }),
    validFrom: t.expose('validFrom', {
      type: 'DateTime',
      nullable: true,
      description: 'Can be had from then on, inclusive; null always.',
    }),
    validUntil: t.expose('validUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Can be had before then, exclusive; null always.',
    }),
    reservationMinutes: t.int({
      description: 'How long a reservation lasts.',
      resolve: ({ reward }) => reward.reservationMinutes,
    }),
    asksStepUp: t.boolean({
      description: 'Whether one piece at its usual price asks for a step-up code.',
      resolve: ({ reward }) => asksStepUp(reward.stepUpAbove, reward.price.points),
    }),
  }),
});

builder.objectFields(RewardRef, (t) => ({
  canRedeem: t.field({
    type: EligibilityUnion,
    nullable: true,
    description:
      'Whether a customer can redeem it now: yes with the price, or no with every reason. Decided as rewardRedeem would, on the same facts. Null when there is no such customer. Needs redemption:read, or self:read for oneself.',
    authScopes: { permission: ['redemption:read', 'self:read'] },
    args: {
      customerId: t.arg.id({ description: 'Who, cus_…. This or customerExternalId; a customer token needs neither.' }),
      customerExternalId: t.arg.string({ description: 'Who, by the tenant’s own id.' }),
      quantity: t.arg.int({ required: true, defaultValue: 1, description: 'How many pieces, 1 to maxQuantity.' }),
      mode: t.arg({
        type: RedemptionModeEnum,
        required: true,
        defaultValue: 'ISSUE',
        description: 'At once, or reserved first: a customer’s own token can only reserve what costs money.',
      }),
    },
    resolve: async (compiled, { quantity, mode, ...named }, context) => {
      if (quantity < 1 || quantity > compiled.reward.maxQuantity)
        throw badUserInput(`quantity is 1 to ${compiled.reward.maxQuantity}.`);
      const customerId = await findOwnCustomer(context, named);
      if (customerId === null) return null;
      const by = context.caller.kind === 'CUSTOMER' ? ('CUSTOMER' as const) : ('TEAM' as const);
      const wish = { quantity, mode, by, stepUp: 'MISSING' as const };
      const decision = await context.loaders.eligibility.load({ customerId, compiled, wish });
      return decision === null ? null : { decision, compiled };
    },
  }),
  definition: t.field({
    type: RewardDefinitionRef,
    subGraphs: [],
    authScopes: { permission: 'rule:read' },
    description: 'All that the team has written of it. Needs rule:read.',
    resolve: ({ reward }) => reward,
  }),
  stock: t.field({
    type: StockRef,
    subGraphs: [],
    authScopes: { permission: 'redemption:read' },
    description: 'Its pieces. Needs redemption:read.',
    resolve: async ({ reward }, _args, context) => ({
      total: reward.stock,
      ...(await context.loaders.rewardStock.load(reward.id)),
    }),
  }),
  codes: t.field({
    type: CodesRef,
    subGraphs: [],
    authScopes: { permission: 'redemption:read' },
    description: 'Its codes, in numbers. Needs redemption:read.',
    resolve: ({ reward }, _args, context) => context.loaders.codeCount.load(reward.id),
  }),
}));

/** The locale of the customer whose token asks; null for others. */
async function localeOf(context: Context): Promise<string | null> {
  const caller = programOf(context);
  return caller.kind === 'CUSTOMER' ? ((await context.loaders.customer.load(caller.customerId))?.locale ?? null) : null;
}
