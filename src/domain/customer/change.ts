import { InvalidInputError } from '../errors.ts';
import type { PropertyDeclaration } from '../program/program.ts';
import { propertyRefusal, validateProperties } from '../property/validate.ts';
import { isDay } from '../property/value.ts';
import { isTimeZone } from '../time.ts';
import type { CustomerProfile } from './customer.ts';
import { normaliseEmail, normaliseLocale, normalisedText } from './identity.ts';

/** What an upsert may say about one person. An absent field keeps what is known, null clears it. */
export type ProfileChange = {
  displayName?: string | null | undefined;
  email?: string | null | undefined;
  locale?: string | null | undefined;
  timeZone?: string | null | undefined;
  birthday?: string | null | undefined;
  /** Merged by name: an absent name stays, null removes. */
  attributes?: Readonly<Record<string, unknown>> | null | undefined;
  accountExternalId?: string | null | undefined;
};

export const EMPTY_PROFILE: CustomerProfile = {
  displayName: null,
  email: null,
  locale: null,
  timeZone: null,
  birthday: null,
  attributes: {},
  accountExternalId: null,
};

const DISPLAY_NAME_LENGTH_MAX = 200;
const BIRTHDAY_MIN = '1900-01-01';

/**
 * The profile after a change, or the reason for its refusal (with a path within the change). `today` is the latest
 * birthday taken. Attributes are checked as a whole after merging, so that required ones are there whenever a change
 * touches attributes.
 */
export function applyProfileChange(
  profile: CustomerProfile,
  change: ProfileChange,
  declarations: readonly PropertyDeclaration[],
  today: string,
): CustomerProfile | InvalidInputError {
  const next = { ...profile };
  for (const field of TEXT_FIELDS) {
    const given = change[field];
    if (given === undefined) continue;
    const value = given === null ? null : NORMALISED[field](given);
    if (value === null && given !== null) return new InvalidInputError(EXPECTED[field], [field]);
    next[field] = value;
  }
  if (
    next.birthday !== null &&
    (next.birthday < BIRTHDAY_MIN || (change.birthday !== undefined && next.birthday > today))
  ) {
    return new InvalidInputError(EXPECTED.birthday, ['birthday']);
  }
  if (change.attributes === undefined || change.attributes === null) return next;
  const merged = { ...profile.attributes, ...change.attributes };
  const validation = validateProperties(declarations, merged);
  if (!validation.ok) return propertyRefusal(validation.problems, ['attributes']);
  return { ...next, attributes: validation.values };
}

const TEXT_FIELDS = ['displayName', 'email', 'locale', 'timeZone', 'birthday', 'accountExternalId'] as const;
type TextField = (typeof TEXT_FIELDS)[number];

const NORMALISED: Record<TextField, (given: string) => string | null> = {
  displayName: (given) => normalisedText(given, DISPLAY_NAME_LENGTH_MAX),
  email: normaliseEmail,
  locale: normaliseLocale,
  timeZone: (given) => (isTimeZone(given) ? given : null),
  birthday: (given) => (isDay(given) ? given : null),
  accountExternalId: (given) => normalisedText(given, 255),
};

const EXPECTED: Record<TextField, string> = {
  displayName: `A display name has 1 to ${DISPLAY_NAME_LENGTH_MAX} characters; null clears it.`,
  email: 'This is no e-mail address: one @ with something on both sides, at most 254 characters; null clears it.',
  locale: 'A locale is a BCP 47 language tag, such as de-CH; null clears it.',
  timeZone: 'A time zone is an IANA name, such as Europe/Berlin; null clears it.',
  birthday: 'A birthday is a calendar day from 1900 up to today, such as 1984-02-29; null clears it.',
  accountExternalId:
    'An external id of an account has 1 to 255 characters; null takes the customer out of the account.',
};

/** The fields in which two profiles differ; attributes one by one, as `attributes.<name>`. */
export function profileDifferences(before: CustomerProfile, after: CustomerProfile): string[] {
  const names = new Set([...Object.keys(before.attributes), ...Object.keys(after.attributes)]);
  const attributes = [...names].filter((name) => own(before.attributes, name) !== own(after.attributes, name));
  return [
    ...TEXT_FIELDS.filter((field) => before[field] !== after[field]),
    ...attributes.map((name) => `attributes.${name}`),
  ];
}

const own = <Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
