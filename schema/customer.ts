import type { GraphQLResolveInfo } from 'graphql';

import { findCustomer } from '#app/customer/find.ts';
import { findCustomerPage, type CustomerNeed } from '#app/customer/list.ts';
import type { Account, Customer } from '#domain/customer/customer.ts';
import { InvalidInputError } from '#domain/errors.ts';
import type { Balance } from '#domain/ledger/balance.ts';
import { isStorableText } from '#domain/property/value.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { CustomerOrderInput, customerOrderOf, CustomerWhereInput, customerWhereOf } from './customer-where.ts';
import { EnrolmentStateEnum } from './enrolment-state.ts';
import { findNamed, namingArgs } from './naming.ts';
import { nodeFieldsOf } from './node-fields.ts';
import { badUserInput, connectionOf, connectionType, isIntegerKey, pageArgs, readPage } from './paging.ts';

/** Fields that are the team's business and not the customer's. */
const TEAM_ONLY = { subGraphs: [], authScopes: { permission: 'customer:read' as const } };

/** A customer as fields see it: a list brings along what is asked for, elsewhere loaders fetch it. */
export type CustomerNode = Customer & { currentBalances?: readonly Balance[]; account?: Account | null };

export const CustomerRef = builder.objectRef<CustomerNode>('Customer');

// Who may see a customer is decided where customers are fetched (loaders/customer.ts and the fields below), once for
// each and not once a field: whoever holds customer:read, and the customer.
builder.node(CustomerRef, {
  description:
    "A person of the tenant's product, enrolled or not. To be seen by whoever holds customer:read, and by the customer.",
  subGraphs: ['Public'],
  id: { resolve: (it) => it.id },
  loadMany: (ids, context) => ids.map((id) => context.loaders.customer.load(id)),
  fields: (t) => ({
    externalId: t.exposeString('externalId', {
      description:
        "The tenant's own id, unique in the program; of an erased customer a pseudonym that nobody else can have.",
    }),
    displayName: t.exposeString('displayName', {
      nullable: true,
      description: 'The name that others see; null when not known.',
    }),
    email: t.exposeString('email', { nullable: true, description: 'In lower case; null when not known.' }),
    locale: t.exposeString('locale', { nullable: true, description: 'BCP 47, such as de-CH; null when not known.' }),
    timeZone: t.expose('timeZone', {
      type: 'TimeZone',
      nullable: true,
      description: "The person's zone; null when not known.",
    }),
    birthday: t.expose('birthday', { type: 'Date', nullable: true, description: 'Day of birth; null when not known.' }),
    enrolmentState: t.field({
      type: EnrolmentStateEnum,
      description: 'Where the person stands with the program now.',
      resolve: (it) => it.enrolmentState,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the person became known.' }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      description: 'When profile or enrolment last changed.',
      ...TEAM_ONLY,
    }),
    eligibleSince: t.expose('eligibleSince', {
      type: 'DateTime',
      nullable: true,
      description:
        'Since when the person could join; null: not eligible. Whoever joins is eligible from then. Needs customer:read.',
      ...TEAM_ONLY,
    }),
    erasedAt: t.expose('erasedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'Since when nothing is known of the person any more (customerErase); null of everybody else. Needs customer:read.',
      ...TEAM_ONLY,
    }),
    attributes: t.field({
      type: 'JSONObject',
      description: 'Declared attributes by name; those that are not set are left out. Needs customer:read.',
      ...TEAM_ONLY,
      resolve: (it): unknown => JSON.parse(it.attributes),
    }),
  }),
});

export const CustomerConnection = connectionType('Customer', CustomerRef);

/** What a list has to read for the fields that a query asks of its customers. */
function needOf(info: GraphQLResolveInfo): CustomerNeed {
  const asked = nodeFieldsOf(info);
  return {
    fields: new Set(asked.keys()),
    balances: asked.has('balance') || asked.has('balances'),
    account: asked.get('account') ?? new Set(),
  };
}

/** A refused filter of a query is a bad query: there is no result union to put it in. */
async function refusingBadFilters<Result>(read: Promise<Result>): Promise<Result> {
  try {
    return await read;
  } catch (error) {
    throw error instanceof InvalidInputError ? badUserInput(error.message) : error;
  }
}

const ORDER_KEYS = {
  CREATED_AT: isIntegerKey,
  EXTERNAL_ID: (key: string) => isStorableText(key, 255),
  DISPLAY_NAME: (key: string) => isStorableText(key, 255),
  AVAILABLE_POINTS: isIntegerKey,
};

builder.queryFields((t) => ({
  customer: t.field({
    type: CustomerRef,
    nullable: true,
    description:
      "A customer by id or by the tenant's own id, one of the two; null when there is none. Needs customer:read.",
    authScopes: { permission: 'customer:read' },
    args: namingArgs,
    resolve: (_root, name, context) =>
      findNamed('Customer', name, {
        byId: (uuid) => context.loaders.customer.load(uuid),
        byExternalId: (externalId) => findCustomer(context.deps, programOf(context).programId, externalId),
      }),
  }),
  customers: t.field({
    type: CustomerConnection,
    description: 'Customers that meet a filter, oldest first unless ordered otherwise. Needs customer:read.',
    authScopes: { permission: 'customer:read' },
    args: {
      ...pageArgs,
      where: t.arg({ type: CustomerWhereInput, description: 'Which ones; left out, all.' }),
      orderBy: t.arg({ type: CustomerOrderInput, description: 'How sorted; left out, by createdAt ascending.' }),
    },
    resolve: async (_root, { where: given, orderBy, ...args }, context, info) => {
      const { programId } = programOf(context);
      const where = customerWhereOf(given ?? {});
      const order = customerOrderOf(orderBy);
      const page = readPage(args, ['customers', programId, where, order], ORDER_KEYS[order.field]);
      const rows = await refusingBadFilters(
        findCustomerPage(context.deps, programId, where, order, page, needOf(info)),
      );
      return connectionOf(rows, page, ({ key, id }) => ({ key, id }));
    },
  }),
  me: t.field({
    type: CustomerRef,
    description: 'The customer whose token this is. Needs self:read.',
    subGraphs: ['Public'],
    authScopes: { permission: 'self:read' },
    nullable: true,
    resolve: (_root, _args, context) => {
      const caller = programOf(context);
      return caller.kind === 'CUSTOMER' ? context.loaders.customer.load(caller.customerId) : null;
    },
  }),
}));
