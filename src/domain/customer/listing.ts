import type { EnrolmentState } from '../enrolment/enrolment.ts';

/** Comparisons of one value; all that are given must hold. Absent and null ones do not count. */
type Given<Value> = Value | null | undefined;
export type TextComparison = {
  eq?: Given<string>;
  in?: Given<readonly string[]>;
  startsWith?: Given<string>;
  /** Anywhere in the text, whatever the case. */
  contains?: Given<string>;
  isNull?: Given<boolean>;
};
export type InstantComparison = { gt?: Given<Date>; gte?: Given<Date>; lt?: Given<Date>; lte?: Given<Date> };
export type IdComparison = { eq?: Given<string>; in?: Given<readonly string[]>; isNull?: Given<boolean> };
export type StateComparison = { eq?: Given<EnrolmentState>; in?: Given<readonly EnrolmentState[]> };
/** Compares a declared attribute; values are texts, read as its declared type. */
export type AttributeComparison = {
  name: string;
  eq?: Given<string>;
  in?: Given<readonly string[]>;
  gt?: Given<string>;
  gte?: Given<string>;
  lt?: Given<string>;
  lte?: Given<string>;
  isNull?: Given<boolean>;
};

/** Which customers: everything that is given must hold. A comparison with something unknown does not hold. */
export type CustomerWhere = {
  and?: Given<readonly CustomerWhere[]>;
  or?: Given<readonly CustomerWhere[]>;
  not?: Given<CustomerWhere>;
  externalId?: Given<TextComparison>;
  displayName?: Given<TextComparison>;
  email?: Given<TextComparison>;
  enrolmentState?: Given<StateComparison>;
  /** UUIDs. */
  accountId?: Given<IdComparison>;
  createdAt?: Given<InstantComparison>;
  attributes?: Given<readonly AttributeComparison[]>;
};

export const CUSTOMER_ORDERS = ['CREATED_AT', 'EXTERNAL_ID', 'DISPLAY_NAME', 'AVAILABLE_POINTS'] as const;
export type CustomerOrder = { field: (typeof CUSTOMER_ORDERS)[number]; descending: boolean };
