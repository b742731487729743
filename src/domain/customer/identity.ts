import { isStorableText } from '../property/value.ts';
import { isPseudonym } from './erasure.ts';

const EXTERNAL_ID_LENGTH_MAX = 255;
const EMAIL_LENGTH_MAX = 254;
// One @ with something on both sides, and no white space: whether mail arrives is not ours to know.
const EMAIL = /^[^\s@]+@[^\s@]+$/u;

/**
 * Two external ids are the same when they are equal after trimming and Unicode composition (NFC); case counts. The kept
 * form, or null when it is not 1 to 255 characters, or the pseudonym of an erased customer.
 */
export function normaliseExternalId(given: string): string | null {
  const externalId = normalisedText(given, EXTERNAL_ID_LENGTH_MAX);
  return externalId === null || isPseudonym(externalId) ? null : externalId;
}

/**
 * Two e-mail addresses are the same when they are equal after trimming, Unicode composition and lower-casing. The kept
 * form, or null when it is no address.
 */
export function normaliseEmail(given: string): string | null {
  const text = normalisedText(given, EMAIL_LENGTH_MAX)?.toLowerCase() ?? null;
  return text !== null && EMAIL.test(text) ? text : null;
}

/** Trimmed and composed text of 1 to `max` characters, or null. */
export function normalisedText(given: string, max: number): string | null {
  // Composition can lengthen a text a little, never manifold: the first bound keeps it from running over megabytes.
  if (given.length > 8 * max) return null;
  const text = given.trim().normalize('NFC');
  return text !== '' && isStorableText(text, max) ? text : null;
}

const locales = new Map<string, string | null>();
const LOCALES_REMEMBERED_MAX = 2_000;

/** The canonical form of a BCP 47 language tag, or null when it is none. A batch asks for the same few over and over. */
export function normaliseLocale(given: string): string | null {
  const known = locales.get(given);
  if (known !== undefined) return known;
  const locale = canonicalLocale(given);
  if (locales.size < LOCALES_REMEMBERED_MAX) locales.set(given, locale);
  return locale;
}

function canonicalLocale(given: string): string | null {
  if (given.length > 100) return null;
  try {
    return Intl.getCanonicalLocales(given)[0] ?? null;
  } catch {
    return null;
  }
}
