import { findAccount, findAccountPage } from '#app/account/find.ts';
import { upsertAccount } from '#app/account/upsert.ts';
import { may } from '#domain/caller.ts';
import type { Account } from '#domain/customer/customer.ts';
import { isStorableText } from '#domain/property/value.ts';

import { builder } from './builder.ts';
import { programOf, scopeOf } from './context.ts';
import { CustomerConnection, CustomerRef } from './customer.ts';
import { present } from './ids.ts';
import { defineMutation } from './mutation.ts';
import { findNamed, namingArgs } from './naming.ts';
import { connectionOf, connectionType, isIntegerKey, pageArgs, readPage } from './paging.ts';

export const AccountRef = builder.objectRef<Account>('Account');

builder.node(AccountRef, {
  description: 'A company that customers belong to. To be seen by whoever holds customer:read.',
  id: { resolve: (it) => it.id },
  loadMany: (ids, context) =>
    ids.map((id) => (may(context.caller, 'customer:read') ? context.loaders.account.load(id) : null)),
  fields: (t) => ({
    externalId: t.exposeString('externalId', { description: "The tenant's own id of it; unique in the program." }),
    name: t.exposeString('name', { nullable: true, description: 'Its name for people; null when not known.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it became known.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last written.' }),
    customers: t.field({
      type: CustomerConnection,
      description: 'Its people, in the order in which they became known. `customers` filters and sorts in other ways.',
      args: pageArgs,
      resolve: async ({ id: parentId }, args, context) => {
        const page = readPage(args, ['accountCustomers', parentId], isIntegerKey);
        const rows = await context.loaders.accountCustomers.load({ parentId, page, variant: null });
        return connectionOf(rows, page, ({ key, id }) => ({ key, id }));
      },
    }),
  }),
});

builder.objectField(CustomerRef, 'account', (t) =>
  t.field({
    type: AccountRef,
    nullable: true,
    description: 'The company that the person belongs to; null when to none. Needs customer:read.',
    subGraphs: [],
    authScopes: { permission: 'customer:read' },
    resolve: ({ account, accountId }, _args, context) => {
      if (account !== undefined) return account;
      return accountId === null ? null : context.loaders.account.load(accountId);
    },
  }),
);

const AccountConnection = connectionType('Account', AccountRef);

builder.queryFields((t) => ({
  account: t.field({
    type: AccountRef,
    nullable: true,
    description:
      "A company by id or by the tenant's own id, one of the two; null when there is none. Needs customer:read.",
    authScopes: { permission: 'customer:read' },
    args: namingArgs,
    resolve: (_root, name, context) =>
      findNamed('Account', name, {
        byId: (uuid) => context.loaders.account.load(uuid),
        byExternalId: (externalId) => findAccount(context.deps, programOf(context).programId, externalId),
      }),
  }),
  accounts: t.field({
    type: AccountConnection,
    description: "Companies in the order of the tenant's ids. Needs customer:read.",
    authScopes: { permission: 'customer:read' },
    args: pageArgs,
    resolve: async (_root, args, context) => {
      const { programId } = programOf(context);
      const page = readPage(args, ['accounts', programId], (key) => isStorableText(key, 255));
      const rows = await findAccountPage(context.deps, programId, page);
      return connectionOf(rows, page, ({ externalId, id }) => ({ key: externalId, id }));
    },
  }),
}));

defineMutation('accountUpsert', {
  description: 'Adds a company, or renames one that is known by that externalId.',
  permission: 'customer:write',
  input: (t) => ({
    externalId: t.string({
      required: true,
      description: "The tenant's own id, 1 to 255 characters; trimmed and composed (NFC), case counts.",
    }),
    name: t.string({ description: 'Its name for people, 1 to 200 characters; left out stays, null clears it.' }),
  }),
  run: (input, context, command) => upsertAccount(context.deps, scopeOf(context), command, input),
  payload: (t) => ({
    created: t.exposeBoolean('created', { description: 'Whether it was not known before.' }),
    account: t.field({
      type: AccountRef,
      description: 'The company as known now.',
      resolve: ({ accountId }, _args, context) => present(context.loaders.account.load(accountId)),
    }),
  }),
});
