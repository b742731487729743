import { giveBadge, revokeBadge, showBadge } from '#app/badge/give.ts';
import { uuidOf } from '#domain/ids.ts';

import { actingCustomer } from './acting-customer.ts';
import { BadgeAwardRef } from './badge-award.ts';
import { scopeOf } from './context.ts';
import { customerNameOf } from './ledger-party.ts';
import { defineMutation } from './mutation.ts';

const REASON = 'Why, for the record, 1 to 500 characters.';

defineMutation('badgeGive', {
  description:
    'Gives a customer a badge by hand, without points: held like one that was earned. Who holds it at that level or a higher one is refused with STATE_CONFLICT, unless the badge repeats. Causes badge.awarded.',
  permission: 'badge:give',
  input: (t) => ({
    customerId: t.id({ description: 'Whom, cus_…. This or customerExternalId.' }),
    customerExternalId: t.string({ description: 'Whom, by the tenant’s own id.' }),
    badge: t.string({ required: true, description: 'Code of a live badge.' }),
    level: t.string({ description: 'Code of the level; left out, the lowest.' }),
    earnedAt: t.field({ type: 'DateTime', description: 'When it was earned, not ahead of now; left out, now.' }),
    reason: t.string({ required: true, description: REASON }),
  }),
  run: ({ customerId, customerExternalId, badge, level, earnedAt, reason }, context, command) =>
    giveBadge(context.deps, scopeOf(context), command, {
      customer: customerNameOf(customerId, customerExternalId),
      ...{ badge, reason },
      level: level ?? null,
      earnedAt: earnedAt ?? null,
    }),
  payload: (t) => ({
    award: t.field({
      type: BadgeAwardRef,
      nullable: true,
      description: 'The award as it is now.',
      resolve: ({ awardId }, _args, context) => context.loaders.badgeAward.load(awardId),
    }),
  }),
});

defineMutation('badgeRevoke', {
  description:
    'Takes an award back. It stays on record with the reason, and is not earned a second time; points that it gave stay. Causes badge.revoked.',
  permission: 'badge:give',
  input: (t) => ({
    awardId: t.id({ required: true, description: 'The award, baw_….' }),
    reason: t.string({ required: true, description: REASON }),
  }),
  run: ({ awardId, reason }, context, command) =>
    revokeBadge(context.deps, scopeOf(context), command, {
      awardId: uuidOf('BadgeAward', String(awardId)) ?? '00000000-0000-0000-0000-000000000000',
      reason,
    }),
  payload: (t) => ({
    award: t.field({
      type: BadgeAwardRef,
      nullable: true,
      description: 'The award as it is now.',
      resolve: ({ awardId }, _args, context) => context.loaders.badgeAward.load(awardId),
    }),
  }),
});

defineMutation('badgeShow', {
  description:
    'Shows a badge in the customer’s public profile and in the feed, or hides it from them: all awards of it that the customer has. Causes badge.shown.',
  permission: ['badge:give', 'self:social'],
  isPublic: true,
  input: (t) => ({
    customerId: t.id({ description: 'Whose, cus_…; a customer token leaves it out and means its own.' }),
    badge: t.string({ required: true, description: 'Code of the badge.' }),
    visible: t.boolean({ required: true, description: 'Whether others see it.' }),
  }),
  run: ({ customerId, badge, visible }, context, command) => {
    const customer = actingCustomer(context, customerId, 'A customer token speaks for itself only.');
    return showBadge(context.deps, scopeOf(context), command, { customer, badge, visible });
  },
  payload: (t) => ({
    visible: t.boolean({ description: 'Whether others see it now.', resolve: (it) => it.visible }),
  }),
});
