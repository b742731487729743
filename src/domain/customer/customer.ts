import type { EnrolmentState } from '../enrolment/enrolment.ts';
import type { PropertyValues } from '../property/validate.ts';

/** What is known of a person apart from enrolment and points. Null means not known. */
export type CustomerProfile = {
  displayName: string | null;
  email: string | null;
  /** BCP 47 in canonical form, such as de-CH. */
  locale: string | null;
  /** IANA zone. */
  timeZone: string | null;
  /** Calendar day. */
  birthday: string | null;
  attributes: PropertyValues;
  /** The company that the person belongs to, by the tenant's id of it. */
  accountExternalId: string | null;
};

/** A person of the tenant's product, enrolled or not. */
export type Customer = {
  id: string;
  externalId: string;
  displayName: string | null;
  email: string | null;
  locale: string | null;
  timeZone: string | null;
  birthday: string | null;
  /** JSON text as stored: parsed only where a query asks for it. */
  attributes: string;
  accountId: string | null;
  enrolmentState: EnrolmentState;
  /** Since when the person could join; null says not eligible. */
  eligibleSince: Date | null;
  createdAt: Date;
  updatedAt: Date;
  /** Since when nothing is known of the person any more; null of everybody else. */
  erasedAt: Date | null;
};

/** A company that customers belong to. */
export type Account = { id: string; externalId: string; name: string | null; createdAt: Date; updatedAt: Date };
