import { assignTier, releaseTier } from '#app/tier/assign.ts';
import { reviewCustomerTiers, type TierReviewed } from '#app/tier/review.ts';
import type { AssignmentKind } from '#domain/tier/standing.ts';

import { builder } from './builder.ts';
import { scopeOf } from './context.ts';
import { CustomerTierRef } from './customer-tier.ts';
import { customerNameOf } from './ledger-party.ts';
import { defineMutation } from './mutation.ts';

const AssignmentKindEnum = builder.enumType('TierAssignmentKind', {
  description: 'How a tier is given.',
  values: {
    MANUAL: { description: 'By a person.' },
    INVITED: { description: 'By an invitation.' },
  } satisfies Record<AssignmentKind, object>,
});

const CUSTOMER_ID = 'Whom, cus_…. This or customerExternalId.';
const CUSTOMER_EXTERNAL_ID = 'Whom, by the tenant’s own id.';
const REASON = 'Why, for the history, 1 to 500 characters.';
const TIERS = 'Where the customer stands on all ladders now.';

defineMutation('tierAssign', {
  description:
    'Gives a customer a tier by hand or by invitation. Until its end they are not below it; above it they rise and fall by what they earn. It takes the place of an earlier one that was given. A tier below the earned one is refused with STATE_CONFLICT. Causes tier.changed.',
  permission: 'tier:write',
  input: (t) => ({
    customerId: t.id({ description: CUSTOMER_ID }),
    customerExternalId: t.string({ description: CUSTOMER_EXTERNAL_ID }),
    ladder: t.string({ required: true, description: 'Code of the ladder.' }),
    tier: t.string({ required: true, description: 'Code of the tier.' }),
    kind: t.field({
      type: AssignmentKindEnum,
      required: true,
      defaultValue: 'MANUAL',
      description: 'How it is given.',
    }),
    until: t.field({
      type: 'DateTime',
      description: 'When it ends, exclusive, ahead of now; left out, it holds until it is released.',
    }),
    reason: t.string({ required: true, description: REASON }),
  }),
  run: async (input, context, command) =>
    assignTier(context.deps, scopeOf(context), command, {
      customer: customerNameOf(input.customerId, input.customerExternalId),
      ladder: input.ladder,
      tier: input.tier,
      kind: input.kind,
      until: input.until ?? null,
      reason: input.reason,
    }),
  payload: (t) => ({
    from: t.string({
      nullable: true,
      description: 'Code of the tier before; null below the first.',
      resolve: (it) => it.from,
    }),
    to: t.string({ nullable: true, description: 'Code of the tier that counts now.', resolve: (it) => it.to }),
    tiers: t.field({
      type: [CustomerTierRef],
      description: TIERS,
      resolve: async (it, _args, context) => [...(await context.loaders.tiers.load(it.customerId))],
    }),
  }),
});

defineMutation('tierRelease', {
  description:
    'Ends a tier that was given by hand or invitation, before its time: the customer has what is earned. Causes tier.changed.',
  permission: 'tier:write',
  input: (t) => ({
    customerId: t.id({ description: CUSTOMER_ID }),
    customerExternalId: t.string({ description: CUSTOMER_EXTERNAL_ID }),
    ladder: t.string({ required: true, description: 'Code of the ladder.' }),
    reason: t.string({ required: true, description: REASON }),
  }),
  run: async (input, context, command) =>
    releaseTier(context.deps, scopeOf(context), command, {
      customer: customerNameOf(input.customerId, input.customerExternalId),
      ladder: input.ladder,
      reason: input.reason,
    }),
  payload: (t) => ({
    from: t.string({ nullable: true, description: 'Code of the tier before.', resolve: (it) => it.from }),
    to: t.string({
      nullable: true,
      description: 'Code of the tier that counts now; null below the first.',
      resolve: (it) => it.to,
    }),
    tiers: t.field({
      type: [CustomerTierRef],
      description: TIERS,
      resolve: async (it, _args, context) => [...(await context.loaders.tiers.load(it.customerId))],
    }),
  }),
});

const TierReviewRef = builder.objectRef<TierReviewed>('TierReview').implement({
  description: 'What a review found on one ladder.',
  fields: (t) => ({
    ladder: t.exposeString('ladder', { description: 'Code of the ladder.' }),
    from: t.exposeString('from', { nullable: true, description: 'Code of the tier before; null below the first.' }),
    to: t.exposeString('to', { nullable: true, description: 'Code of the tier after; null below the first.' }),
    amount: t.expose('amount', {
      type: 'Decimal',
      description: 'What decided: the larger of what this period and the last one hold, in the unit of the ladder.',
    }),
    deserved: t.exposeString('deserved', {
      nullable: true,
      description: 'Code of the tier that it deserves; null below the first.',
    }),
    text: t.exposeString('text', { description: 'The same in a sentence.' }),
  }),
});

defineMutation('tierReview', {
  description:
    'Reviews a customer now, before the time: what is due is done, then each tier is held against what the record says of this period and the last. It goes down as the ladder says, and up as far as it is deserved. Causes tier.changed.',
  permission: 'tier:write',
  input: (t) => ({
    customerId: t.id({ description: CUSTOMER_ID }),
    customerExternalId: t.string({ description: CUSTOMER_EXTERNAL_ID }),
    ladder: t.string({ description: 'Code of one ladder; left out, all live ones.' }),
    reason: t.string({ required: true, description: REASON }),
    dryRun: t.boolean({ required: true, defaultValue: false, description: 'Only tells what would happen.' }),
  }),
  run: async (input, context, command) =>
    reviewCustomerTiers(context.deps, scopeOf(context), command, {
      customer: customerNameOf(input.customerId, input.customerExternalId),
      ladder: input.ladder ?? null,
      reason: input.reason,
      dryRun: input.dryRun,
    }),
  payload: (t) => ({
    reviews: t.field({ type: [TierReviewRef], description: 'One a ladder.', resolve: (it) => it.reviews }),
    tiers: t.field({
      type: [CustomerTierRef],
      description: TIERS,
      resolve: async (it, _args, context) => [...(await context.loaders.tiers.load(it.customerId))],
    }),
  }),
});
