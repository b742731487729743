import { may } from '#domain/caller.ts';
import { uuidOf } from '#domain/ids.ts';
import { listRedemptions, type RedemptionRow } from '#storage/redemption-store.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { findOwnCustomer } from './ledger-party.ts';
import { connectionOf, connectionType, isEmptyKey, pageArgs, readPage } from './paging.ts';
import { nowOf, RedemptionRef, RedemptionStateEnum } from './redemption.ts';

const RedemptionWhere = builder.inputType('RedemptionWhere', {
  description: 'Which redemptions; all parts must hold.',
  subGraphs: ['Public'],
  fields: (t) => ({
    states: t.field({ type: [RedemptionStateEnum], description: 'In one of these states; left out, in any.' }),
    reward: t.string({ description: 'Of the reward of this code; left out, of any.' }),
    awaitsFulfilment: t.boolean({ description: 'True: only those that people have yet to deliver.' }),
  }),
});

const RedemptionConnection = connectionType('Redemption', RedemptionRef, { subGraphs: ['Public'] });
/** What can be a reward’s code; nothing else reaches a statement. */
const CODE = /^[a-z][a-z0-9_]{0,59}$/;
const READERS = { permission: ['redemption:read', 'self:read'] as const };
const positionOf = ({ id }: RedemptionRow) => ({ key: '', id });

builder.queryFields((t) => ({
  redemptions: t.field({
    type: RedemptionConnection,
    subGraphs: ['Public'],
    description:
      'Redemptions of a customer, or of all for the team, newest first. Empty when there is no such customer. Needs redemption:read, or self:read for one’s own.',
    authScopes: READERS,
    args: {
      ...pageArgs,
      customerId: t.arg.id({
        description: 'Whose, cus_…; left out with customerExternalId, one’s own or everybody’s.',
      }),
      customerExternalId: t.arg.string({ description: 'Whose, by the tenant’s own id.' }),
      where: t.arg({ type: RedemptionWhere, description: 'Which ones.' }),
    },
    resolve: async (_root, { where, customerId, customerExternalId, ...args }, context) => {
      const isNamed =
        (customerId !== null && customerId !== undefined) ||
        (customerExternalId !== null && customerExternalId !== undefined);
      const isForAll = !isNamed && may(context.caller, 'redemption:read');
      const owner = isForAll ? null : await findOwnCustomer(context, { customerId, customerExternalId });
      const filter = {
        customerId: owner,
        rewardCode: where?.reward ?? null,
        states: where?.states ?? null,
        awaitsFulfilment: where?.awaitsFulfilment ?? false,
      };
      const page = readPage(args, ['redemptions', filter], isEmptyKey);
      const isNone = (owner === null && !isForAll) || (filter.rewardCode !== null && !CODE.test(filter.rewardCode));
      if (isNone) return connectionOf<RedemptionRow>([], page, positionOf);
      const { programId } = programOf(context);
      const rows = await listRedemptions(context.deps.reads, programId, filter, await nowOf(context), page);
      return connectionOf(rows, page, positionOf);
    },
  }),
  redemption: t.field({
    type: RedemptionRef,
    nullable: true,
    subGraphs: ['Public'],
    description: 'A redemption by id; null when there is none. Needs redemption:read, or self:read for one’s own.',
    authScopes: READERS,
    args: { id: t.arg.id({ required: true, description: 'Global id, rdm_….' }) },
    resolve: (_root, { id }, context) => {
      const uuid = uuidOf('Redemption', String(id));
      return uuid === null ? null : context.loaders.redemption.load(uuid);
    },
  }),
}));
