import type { AwardExpiry, CurrencyExpiry, InactivityExpiry, ROUND_UPS } from '#domain/earning/expiry-style.ts';
import { InvalidInputError } from '#domain/errors.ts';

import { builder } from './builder.ts';

/** How points expire, as read and as written: of a point currency, and of what rules and milestones give. */

const RoundUpEnum = builder.enumType('ExpiryRoundUp', {
  description: 'The calendar period, in the program’s zone, to whose end points last.',
  subGraphs: ['Public'],
  values: {
    MONTH: { description: 'The month.' },
    QUARTER: { description: 'The quarter: to the end of March, June, September or December.' },
    HALF_YEAR: { description: 'The half-year: to the end of June or December.' },
    YEAR: { description: 'The year.' },
  } satisfies Record<(typeof ROUND_UPS)[number], object>,
});

const publicSurface = { subGraphs: ['Public'] as ['Public'] };

type After = Exclude<AwardExpiry, { kind: 'ON_DATES' }>;
type OnDates = Extract<AwardExpiry, { kind: 'ON_DATES' }>;

const MONTHS = 'Calendar months; null where it is in days. A day that a month lacks is its last.';
const DAYS = 'Days; null where it is in months.';
const DATES = 'Days of the year as MM-DD, 1 to 20. Where a year has no 29 February, 02-29 is 28 February.';

const AfterRef = builder.objectRef<After>('ExpiryAfter').implement({
  description: 'Points expire at the end of the local day so long after the day of earning.',
  ...publicSurface,
  fields: (t) => ({
    months: t.exposeInt('months', { nullable: true, description: MONTHS }),
    days: t.exposeInt('days', { nullable: true, description: DAYS }),
    roundUpTo: t.field({
      type: RoundUpEnum,
      nullable: true,
      description: 'Then on to the end of this period; null ends with the day.',
      resolve: ({ roundUpTo = null }) => roundUpTo,
    }),
  }),
});

const OnDatesRef = builder.objectRef<OnDates>('ExpiryOnDates').implement({
  description: 'Points expire at the end of the next of some days of the year, in the program’s zone.',
  ...publicSurface,
  fields: (t) => ({
    dates: t.exposeStringList('dates', { description: DATES }),
    minDays: t.exposeInt('minDays', { description: 'It lies at least so many days after the day of earning.' }),
  }),
});

const InactivityRef = builder.objectRef<InactivityExpiry>('ExpiryByInactivity').implement({
  description:
    'All points of the currency expire together, at the end of the local day so long after the customer’s last activity. Points that a rule, a hand or a transfer has dated do not take part.',
  ...publicSurface,
  fields: (t) => ({
    months: t.exposeInt('months', { nullable: true, description: MONTHS }),
    days: t.exposeInt('days', { nullable: true, description: DAYS }),
    earning: t.exposeBoolean('earning', { description: 'Whether earning points of the currency counts as activity.' }),
    spending: t.exposeBoolean('spending', { description: 'Whether spending them, or capturing a hold, counts.' }),
    activityTypes: t.exposeStringList('activityTypes', {
      description: 'Codes of activity types that count, whether or not they earn.',
    }),
  }),
});

/** How points of a currency expire. */
export const PointExpiryUnion = builder.unionType('PointExpiry', {
  description: 'How points expire. They stay valid to the end of a local day of the program.',
  ...publicSurface,
  types: [AfterRef, OnDatesRef, InactivityRef],
  resolveType: ({ kind = 'AFTER' }: CurrencyExpiry) =>
    ({ AFTER: 'ExpiryAfter', ON_DATES: 'ExpiryOnDates', INACTIVITY: 'ExpiryByInactivity' })[kind],
});

const AfterInput = builder.inputType('ExpiryAfterInput', {
  description: 'So long after the day of earning: months or days.',
  fields: (t) => ({
    months: t.int({ description: 'Calendar months, 1 to 1,200; not together with days.' }),
    days: t.int({ description: 'Days, 1 to 36,500; not together with months.' }),
    roundUpTo: t.field({
      type: RoundUpEnum,
      description: 'Then on to the end of this period; null ends with the day.',
    }),
  }),
});
const OnDatesInput = builder.inputType('ExpiryOnDatesInput', {
  description: 'At the end of the next of some days of the year.',
  fields: (t) => ({
    dates: t.stringList({ required: true, description: DATES }),
    minDays: t.int({
      required: true,
      defaultValue: 0,
      description: 'At least so many days after the day of earning, 0 to 3,660.',
    }),
  }),
});
const InactivityInput = builder.inputType('ExpiryByInactivityInput', {
  description: 'So long after the customer’s last activity: months or days. Something must count as activity.',
  fields: (t) => ({
    months: t.int({ description: 'Calendar months, 1 to 1,200; not together with days.' }),
    days: t.int({ description: 'Days, 1 to 36,500; not together with months.' }),
    earning: t.boolean({ required: true, defaultValue: true, description: 'Whether earning points counts.' }),
    spending: t.boolean({ required: true, defaultValue: true, description: 'Whether spending points counts.' }),
    activityTypes: t.stringList({
      required: true,
      defaultValue: [],
      description: 'Codes of activity types that count, at most 50.',
    }),
  }),
});

export const AwardExpiryInput = builder.inputType('AwardExpiryInput', {
  description: 'How points expire in place of their currency’s way: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    after: t.field({ type: AfterInput, description: 'So long after the day of earning.' }),
    onDates: t.field({ type: OnDatesInput, description: 'At the end of the next of some days of the year.' }),
  }),
});

export const PointExpiryInput = builder.inputType('PointExpiryInput', {
  description: 'How points of a currency expire: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    after: t.field({ type: AfterInput, description: 'So long after the day of earning.' }),
    onDates: t.field({ type: OnDatesInput, description: 'At the end of the next of some days of the year.' }),
    inactivity: t.field({ type: InactivityInput, description: 'So long after the customer’s last activity.' }),
  }),
});

type AwardInput = typeof AwardExpiryInput.$inferInput;

/** The expiry in the form in which it is kept. What it means is checked by the domain. */
export function currencyExpiryOf(input: typeof PointExpiryInput.$inferInput): CurrencyExpiry {
  const { inactivity } = input;
  if (!inactivity) return awardExpiryOf(input);
  return { kind: 'INACTIVITY', ...inactivity, months: inactivity.months ?? null, days: inactivity.days ?? null };
}

function awardExpiryOf({ after, onDates }: AwardInput): AwardExpiry {
  if (onDates) return { kind: 'ON_DATES', ...onDates };
  if (!after) throw new InvalidInputError('Name one way to expire.', ['expiry']);
  const { months = null, days = null, roundUpTo = null } = after;
  return { months, days, ...(roundUpTo === null ? {} : { roundUpTo }) };
}

/** What a rule or a milestone states of the expiry of its points; null keeps the currency's. */
export function statedAwardExpiry(input: {
  expiry?: AwardInput | null | undefined;
  expiryMonths?: number | null | undefined;
  expiryDays?: number | null | undefined;
}): AwardExpiry | null {
  const { expiry = null, expiryMonths: months = null, expiryDays: days = null } = input;
  if (expiry === null) return months === null && days === null ? null : { months, days };
  if (months !== null || days !== null)
    throw new InvalidInputError('Give one of expiry, expiryMonths and expiryDays.', ['expiry']);
  return awardExpiryOf(expiry);
}

/** Months or days of an expiry that is so long after the day of earning; null of any other. */
export function lengthIn(expiry: CurrencyExpiry | null, unit: 'months' | 'days'): number | null {
  return expiry === null || expiry.kind === 'ON_DATES' || expiry.kind === 'INACTIVITY' ? null : expiry[unit];
}
