import { InvalidInputError } from '../errors.ts';
import { isTimeZone } from '../time.ts';
import type { PointCurrency, Program } from './program.ts';

/** The choices a program makes once and may change later. */
export type ProgramPolicies = Pick<
  Program,
  | 'clawbackPolicy'
  | 'lateActivityDays'
  | 'futureActivityMinutes'
  | 'dailyPointsCap'
  | 'rejoinPolicy'
  | 'rejoinAfterDays'
  | 'publishApproval'
>;

/** What a program does that states nothing: any age of activity, no cap, a debt when spent points are taken back. */
export const DEFAULT_POLICIES: ProgramPolicies = {
  clawbackPolicy: 'UNLIMITED',
  lateActivityDays: null,
  futureActivityMinutes: 10,
  dailyPointsCap: null,
  rejoinPolicy: 'ALLOWED',
  rejoinAfterDays: null,
  publishApproval: 'NONE',
};

/** The policies of a program, without the rest of it. */
export function policiesOf(program: ProgramPolicies): ProgramPolicies {
  const { clawbackPolicy, lateActivityDays, futureActivityMinutes, dailyPointsCap } = program;
  const { rejoinPolicy, rejoinAfterDays, publishApproval } = program;
  return {
    clawbackPolicy,
    lateActivityDays,
    futureActivityMinutes,
    dailyPointsCap,
    rejoinPolicy,
    rejoinAfterDays,
    publishApproval,
  };
}

const DAYS_MAX = 36_500;
const MINUTES_MAX = 525_600;

/** Throws InvalidInputError when a policy is out of range or two contradict each other. */
export function assertPolicies(policies: ProgramPolicies): void {
  assertWhole(policies.lateActivityDays, 0, DAYS_MAX, 'lateActivityDays');
  assertWhole(policies.futureActivityMinutes, 0, MINUTES_MAX, 'futureActivityMinutes');
  assertWhole(policies.dailyPointsCap, 1, Number.MAX_SAFE_INTEGER, 'dailyPointsCap');
  assertWhole(policies.rejoinAfterDays, 0, DAYS_MAX, 'rejoinAfterDays');
  if ((policies.rejoinPolicy === 'AFTER_DAYS') !== (policies.rejoinAfterDays !== null)) {
    throw new InvalidInputError('rejoinAfterDays is given with AFTER_DAYS, and only with it.', [
      'policies',
      'rejoinAfterDays',
    ]);
  }
}

function assertWhole(value: number | null, min: number, max: number, field: string): void {
  if (value !== null && (!Number.isSafeInteger(value) || value < min || value > max)) {
    throw new InvalidInputError(`${field} is a whole number from ${min} to ${max}.`, ['policies', field]);
  }
}

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

/** Whether the code is an ISO 4217 currency, in capitals. */
export function isMoneyCurrency(code: string): boolean {
  return CURRENCIES.has(code);
}

/** Throws InvalidInputError unless the code is an ISO 4217 currency, in capitals. */
export function assertMoneyCurrency(code: string): void {
  if (!isMoneyCurrency(code))
    throw new InvalidInputError('A currency is an ISO 4217 code in capitals, such as EUR.', ['currency']);
}

/** Throws InvalidInputError unless the name is an IANA zone that this runtime knows. */
export function assertTimeZone(name: string): void {
  if (!isTimeZone(name))
    throw new InvalidInputError('A time zone is an IANA name, such as Europe/Berlin.', ['timeZone']);
}

const POINT_CURRENCY_CODE = /^[a-z][a-z0-9_]{0,39}$/;
const EXPIRY_MONTHS_MAX = 1_200;

/** Throws InvalidInputError when a point currency could not work: a bad code, two expiries, a status default. */
export function assertPointCurrency(currency: Omit<PointCurrency, 'id'>): void {
  if (!POINT_CURRENCY_CODE.test(currency.code)) {
    throw new InvalidInputError('A code has 1 to 40 of a-z, 0-9 and _, and begins with a letter.', ['code']);
  }
  if (currency.expiryMonths !== null && currency.expiryDays !== null) {
    throw new InvalidInputError('Give expiryMonths or expiryDays, not both.', ['expiryDays']);
  }
  assertLimit(currency.expiryMonths, EXPIRY_MONTHS_MAX, 'expiryMonths');
  assertLimit(currency.expiryDays, DAYS_MAX, 'expiryDays');
  assertLimit(currency.balanceCap, Number.MAX_SAFE_INTEGER, 'balanceCap');
  if (currency.isDefault && currency.kind === 'STATUS') {
    throw new InvalidInputError('The default currency is one that can be spent.', ['isDefault']);
  }
}

function assertLimit(value: number | null, max: number, field: string): void {
  if (value !== null && (!Number.isSafeInteger(value) || value < 1 || value > max)) {
    throw new InvalidInputError(`${field} is a whole number from 1 to ${max}.`, [field]);
  }
}
