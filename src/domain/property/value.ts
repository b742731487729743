import type { PropertyDeclaration, PropertyType } from '../program/program.ts';

/**
 * A property as it is kept: text, whole numbers and truth values as they are, DECIMAL as plain-decimal text (a float
 * would lose digits), DATE as `YYYY-MM-DD`, DATE_TIME as an instant in UTC with milliseconds.
 */
export type PropertyValue = string | number | boolean;

/** Longest STRING, in characters. */
export const STRING_LENGTH_MAX = 1_000;

const DECIMAL = /^(-?)0*(\d{1,29})(?:\.(\d+?)0*)?$/;
const FRACTION_DIGITS_MAX = 9;
/** A double holds any decimal of this many digits exactly enough to print it again. */
const DOUBLE_DIGITS = 15;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

type Parsed = { value: PropertyValue } | { expected: string };

/** The kept form of a given value, or what the declaration expects in its place. Never throws, whatever is given. */
export function parseProperty(declaration: PropertyDeclaration, given: unknown): Parsed {
  const value = PARSERS[declaration.type](given);
  if (value === null) return { expected: EXPECTATIONS[declaration.type] };
  if (declaration.oneOf !== null && !declaration.oneOf.includes(String(value))) {
    return { expected: `one of ${declaration.oneOf.slice(0, 20).join(', ')}` };
  }
  return { value };
}

const EXPECTATIONS: Record<PropertyType, string> = {
  STRING: `text of at most ${STRING_LENGTH_MAX} characters`,
  INTEGER: 'a whole number within ±9007199254740991',
  DECIMAL:
    'a plain decimal number such as "29.33", up to 29 digits before and 9 after the point; text beyond 15 digits',
  BOOLEAN: 'true or false',
  DATE: 'a calendar day such as 2026-11-22',
  DATE_TIME: 'an instant with a zone such as 2026-11-22T10:00:00Z',
};

const PARSERS: Record<PropertyType, (given: unknown) => PropertyValue | null> = {
  STRING: (given) => (typeof given === 'string' && isStorableText(given, STRING_LENGTH_MAX) ? given : null),
  INTEGER: (given) => (typeof given === 'number' && Number.isSafeInteger(given) ? given + 0 : null),
  DECIMAL: parseDecimal,
  BOOLEAN: (given) => (typeof given === 'boolean' ? given : null),
  DATE: (given) => (typeof given === 'string' && isDay(given) ? given : null),
  DATE_TIME: parseInstant,
};

/** Whether PostgreSQL can keep the text (no NUL, no half of a surrogate pair) and it has at most `max` characters. */
export function isStorableText(text: string, max: number): boolean {
  if (text.length > max && (text.length > 2 * max || [...text].length > max)) return false;
  return text.isWellFormed() && !text.includes('\0');
}

/** Canonical: no plus, no leading zeros, no trailing zeros after the point, no exponent, no negative zero. */
function parseDecimal(given: unknown): string | null {
  if (typeof given === 'number' && !isFaithful(given)) return null;
  if (typeof given !== 'number' && (typeof given !== 'string' || given.length > 100)) return null;
  const match = DECIMAL.exec(typeof given === 'number' ? plain(given) : given);
  if (match === null) return null;
  const [, sign = '', whole = '0', fraction = ''] = match;
  if (fraction.length > FRACTION_DIGITS_MAX) return null;
  const digits = fraction === '' || fraction === '0' ? whole : `${whole}.${fraction}`;
  return digits === '0' ? '0' : sign + digits;
}

/** Whether the number prints as what the sender wrote; a longer one may have lost digits on its way. */
function isFaithful(given: number): boolean {
  return Number.isSafeInteger(given) || (Number.isFinite(given) && Number(given.toPrecision(DOUBLE_DIGITS)) === given);
}

/** Text without an exponent; a number too small or too large for that keeps it and is refused by the pattern. */
function plain(given: number): string {
  const text = String(given);
  return text.includes('e-') ? given.toFixed(FRACTION_DIGITS_MAX + 11) : text;
}

/** Whether the text names a day of the Gregorian calendar, years 0001 to 9999; 2023-02-29 does not. */
export function isDay(text: string): boolean {
  const match = DAY.exec(text);
  if (match === null || match[1] === '0000') return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function parseInstant(given: unknown): string | null {
  const match = typeof given === 'string' ? INSTANT.exec(given) : null;
  if (match === null || !isDay(match[1] ?? '')) return null;
  const instant = new Date(given as string);
  return Number.isNaN(instant.getTime()) ? null : instant.toISOString();
}
