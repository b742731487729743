import type { CUSTOMER_ORDERS, CustomerOrder, CustomerWhere } from '#domain/customer/listing.ts';

import { builder } from './builder.ts';
import { EnrolmentStateEnum } from './enrolment-state.ts';
import { DateTimeComparison, IdComparison, idComparisonOf, TextComparison } from './where.ts';

const EnrolmentStateComparison = builder.inputType('EnrolmentStateComparison', {
  description: 'Compares an enrolment state. Everything given must hold.',
  fields: (t) => ({
    eq: t.field({ type: EnrolmentStateEnum, description: 'This one.' }),
    in: t.field({ type: [EnrolmentStateEnum], description: 'One of these.' }),
  }),
});

const AttributeComparison = builder.inputType('AttributeComparison', {
  description:
    'Compares a declared attribute. Values are written as text and read as the declared type: "paid", "12.5", "true", "2026-11-22". Everything given must hold; an attribute that is not set meets only isNull.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name of a declared attribute.' }),
    eq: t.string({ description: 'The same value.' }),
    in: t.stringList({ description: 'One of these, up to 100.' }),
    gt: t.string({ description: 'Greater: numbers by size, days and instants by time, text by code point.' }),
    gte: t.string({ description: 'Greater or the same.' }),
    lt: t.string({ description: 'Less.' }),
    lte: t.string({ description: 'Less or the same.' }),
    isNull: t.boolean({ description: 'True: it is not set. False: it is.' }),
  }),
});

type WhereInput = {
  and?: WhereInput[] | null | undefined;
  or?: WhereInput[] | null | undefined;
  not?: WhereInput | null | undefined;
  externalId?: typeof TextComparison.$inferInput | null | undefined;
  displayName?: typeof TextComparison.$inferInput | null | undefined;
  email?: typeof TextComparison.$inferInput | null | undefined;
  enrolmentState?: typeof EnrolmentStateComparison.$inferInput | null | undefined;
  accountId?: typeof IdComparison.$inferInput | null | undefined;
  createdAt?: typeof DateTimeComparison.$inferInput | null | undefined;
  attributes?: (typeof AttributeComparison.$inferInput)[] | null | undefined;
};

export const CustomerWhereInput = builder.inputRef<WhereInput>('CustomerWhere');

CustomerWhereInput.implement({
  description: 'Which customers. Everything given must hold: at most 100 comparisons, 8 levels deep.',
  fields: (t) => ({
    and: t.field({ type: [CustomerWhereInput], description: 'All of these hold.' }),
    or: t.field({ type: [CustomerWhereInput], description: 'At least one of these holds; of none, none does.' }),
    not: t.field({ type: CustomerWhereInput, description: 'This does not hold.' }),
    externalId: t.field({ type: TextComparison, description: "The tenant's own id; trimmed, case counts." }),
    displayName: t.field({ type: TextComparison, description: 'The name that others see.' }),
    email: t.field({ type: TextComparison, description: 'The address, kept in lower case.' }),
    enrolmentState: t.field({ type: EnrolmentStateComparison, description: 'Where they stand with the program.' }),
    accountId: t.field({ type: IdComparison, description: 'The company that they belong to.' }),
    createdAt: t.field({ type: DateTimeComparison, description: 'When they became known.' }),
    attributes: t.field({ type: [AttributeComparison], description: 'Declared attributes; all comparisons hold.' }),
  }),
});

const CustomerOrderField = builder.enumType('CustomerOrderField', {
  description: 'By what customers are sorted; equals by id.',
  values: {
    CREATED_AT: { description: 'When they became known.' },
    EXTERNAL_ID: { description: "The tenant's own id." },
    DISPLAY_NAME: { description: 'The name; customers without one come first.' },
    AVAILABLE_POINTS: {
      description: 'Available points of the default currency. Reads all balances: use a leaderboard to rank a crowd.',
    },
  } satisfies Record<(typeof CUSTOMER_ORDERS)[number], object>,
});

export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Which end of a list comes first.',
  subGraphs: ['Public'],
  values: {
    ASCENDING: { description: 'The smallest or earliest first.' },
    DESCENDING: { description: 'The largest or latest first.' },
  },
});

export const CustomerOrderInput = builder.inputType('CustomerOrder', {
  description: 'How customers are sorted.',
  fields: (t) => ({
    field: t.field({ type: CustomerOrderField, required: true, description: 'By what.' }),
    direction: t.field({
      type: OrderDirection,
      required: true,
      defaultValue: 'ASCENDING',
      description: 'Which end comes first; ascending by default.',
    }),
  }),
});

/** The filter as the application knows it: ids as UUIDs. */
export function customerWhereOf(given: WhereInput): CustomerWhere {
  const { and, or, not, accountId, ...own } = given;
  return {
    ...own,
    accountId: idComparisonOf('Account', accountId),
    and: and?.map(customerWhereOf) ?? null,
    or: or?.map(customerWhereOf) ?? null,
    not: not === null || not === undefined ? null : customerWhereOf(not),
  };
}

/** The order asked for, or the order in which customers became known. */
export function customerOrderOf(given: typeof CustomerOrderInput.$inferInput | null | undefined): CustomerOrder {
  return { field: given?.field ?? 'CREATED_AT', descending: given?.direction === 'DESCENDING' };
}
