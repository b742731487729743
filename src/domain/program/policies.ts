import { CurrencyExpirySchema } from '../earning/expiry-style.ts';
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
  | 'consentNeededFor'
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
  consentNeededFor: [],
};

/** The policies of a program, without the rest of it. */
export function policiesOf(program: ProgramPolicies): ProgramPolicies {
  const { clawbackPolicy, lateActivityDays, futureActivityMinutes, dailyPointsCap } = program;
  const { rejoinPolicy, rejoinAfterDays, publishApproval, consentNeededFor } = program;
  return {
    clawbackPolicy,
    lateActivityDays,
    futureActivityMinutes,
    dailyPointsCap,
    rejoinPolicy,
    rejoinAfterDays,
    publishApproval,
    consentNeededFor,
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
const NOTICES_MAX = 10;
const NOTICE_DAYS_MAX = 366;

/** Throws InvalidInputError when a point currency could not work: a bad code, an expiry or notices without sense, a status default. */
export function assertPointCurrency(currency: Omit<PointCurrency, 'id'>): void {
  if (!POINT_CURRENCY_CODE.test(currency.code)) {
    throw new InvalidInputError('A code has 1 to 40 of a-z, 0-9 and _, and begins with a letter.', ['code']);
  }
  assertExpiry(currency);
  assertLimit(currency.balanceCap, Number.MAX_SAFE_INTEGER, 'balanceCap');
  if (currency.isDefault && currency.kind === 'STATUS') {
    throw new InvalidInputError('The default currency is one that can be spent.', ['isDefault']);
  }
}

function assertExpiry({ expiry, expiryNoticeDays }: Pick<PointCurrency, 'expiry' | 'expiryNoticeDays'>): void {
  const [issue] = CurrencyExpirySchema.nullable().safeParse(expiry).error?.issues ?? [];
  if (issue !== undefined) throw new InvalidInputError(`${issue.message}.`, ['expiry', ...issue.path.map(String)]);
  const rises = expiryNoticeDays.every((days, index) => index === 0 || days > (expiryNoticeDays[index - 1] ?? 0));
  const fits = expiryNoticeDays.every((days) => Number.isInteger(days) && days >= 0 && days <= NOTICE_DAYS_MAX);
  const latest = expiryNoticeDays.at(-1) ?? 0;
  if (expiry?.kind === 'INACTIVITY' && latest >= (expiry.days ?? (expiry.months ?? 0) * 28)) {
    throw new InvalidInputError('A notice comes after the last activity: in fewer days than points last.', [
      'expiryNoticeDays',
    ]);
  }
  if (!rises || !fits || expiryNoticeDays.length > NOTICES_MAX) {
    throw new InvalidInputError(
      `Notices are at most ${NOTICES_MAX} numbers of days from 0 to ${NOTICE_DAYS_MAX}, rising.`,
      ['expiryNoticeDays'],
    );
  }
}

function assertLimit(value: number | null, max: number, field: string): void {
  if (value !== null && (!Number.isSafeInteger(value) || value < 1 || value > max)) {
    throw new InvalidInputError(`${field} is a whole number from 1 to ${max}.`, [field]);
  }
}
