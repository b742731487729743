import { eraseCustomer } from '#app/customer/erase.ts';
import type { ErasedPoints } from '#domain/customer/erasure.ts';

import { builder } from './builder.ts';
import { scopeOf } from './context.ts';
import { CustomerRef } from './customer.ts';
import { customerNameOf } from './ledger-party.ts';
import { defineMutation } from './mutation.ts';

const ErasedPointsEnum = builder.enumType('ErasedPoints', {
  description: 'What becomes of the points that an erased customer still has.',
  values: {
    KEEP: {
      description:
        'They stay on the pseudonym, where nobody can use them, and expire by their own dates: the liability does not move.',
    },
    EXPIRE: {
      description:
        'They expire now, pending ones too, by transactions of the ledger: the liability falls by them. Held points stay with their hold.',
    },
  } satisfies Record<ErasedPoints, object>,
});

defineMutation('customerErase', {
  description:
    'Erases a customer for good; docs/privacy.md says what goes and what stays. Everything that tells who somebody is goes at once, and from every running board; ledger, sealed seasons and counts keep a pseudonym, so that sums do not move. To every later write the customer does not exist, and the external id is free. Erasing again changes nothing. Causes customer.erased, caller.revoked, enrolment.changed and leaderboard.scored.',
  permission: 'customer:erase',
  input: (t) => ({
    customerId: t.id({ description: 'Whom, cus_…; or externalId.' }),
    externalId: t.string({ description: "Whom, by the tenant's own id; or customerId." }),
    reason: t.string({
      required: true,
      description: 'Why, 1 to 500 characters, kept in the audit: name nobody in it.',
    }),
    points: t.field({
      type: ErasedPointsEnum,
      required: true,
      defaultValue: 'KEEP',
      description: 'What becomes of remaining points; KEEP by default.',
    }),
  }),
  run: ({ customerId, externalId, reason, points }, context, command) =>
    eraseCustomer(context.deps, scopeOf(context), command, {
      customer: customerNameOf(customerId, externalId),
      reason,
      points,
    }),
  payload: (t) => ({
    erasedAt: t.field({
      type: 'DateTime',
      description: 'Since when the customer is erased.',
      resolve: ({ erasedAt }) => new Date(erasedAt),
    }),
    wasErased: t.exposeBoolean('wasErased', {
      description: 'Whether an earlier call had done it, and this one changed nothing.',
    }),
    customer: t.field({
      type: CustomerRef,
      nullable: true,
      description: 'What is left; null where the caller does not hold customer:read.',
      resolve: ({ customerId }, _args, context) => context.loaders.customer.clear(customerId).load(customerId),
    }),
  }),
});
