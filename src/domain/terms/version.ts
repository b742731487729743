import { InvalidInputError } from '../errors.ts';
import { LOCALE } from '../local-text.ts';
import { parseName } from '../name.ts';
import { isStorableText } from '../property/value.ts';

/**
 * Programme terms are numbered versions that never change. The law of what is in force: of the versions whose time has come,
 * the one with the highest number. So a later version takes the place of earlier ones, also of one that has not begun yet.
 */
export type TermsVersion = {
  number: number;
  effectiveFrom: Date;
  /** Whether those who agreed to an earlier version must agree anew. */
  renewsConsent: boolean;
};

/** The terms in one language: as Markdown kept here, or the address of a page that the tenant keeps as it is. */
export type TermsText = { title: string; markdown: string | null; url: string | null };
export type TermsTexts = Readonly<Record<string, TermsText>>;

export const TERMS_STATES = ['SCHEDULED', 'IN_FORCE', 'SUPERSEDED'] as const;
export type TermsState = (typeof TERMS_STATES)[number];

export const MARKDOWN_MAX = 100_000;
export const LANGUAGES_MAX = 50;
/** Most characters of all languages together. */
export const TEXTS_MAX = 400_000;
/** Most versions of one program. */
export const VERSIONS_MAX = 1_000;
const URL_MAX = 2_000;

/** The version in force at an instant; null before the first. `versions` rise by number. */
export function versionInForce(versions: readonly TermsVersion[], now: Date): TermsVersion | null {
  return versions.findLast(({ effectiveFrom }) => effectiveFrom <= now) ?? null;
}

/** Where a version stands: one that a later one has overtaken before it began is superseded, too. */
export function stateOfTerms(versions: readonly TermsVersion[], version: TermsVersion, now: Date): TermsState {
  const inForce = versionInForce(versions, now)?.number ?? 0;
  if (version.number === inForce) return 'IN_FORCE';
  const isOvertaken = versions.some(
    ({ number, effectiveFrom }) => number > version.number && effectiveFrom <= version.effectiveFrom,
  );
  return version.number < inForce || isOvertaken ? 'SUPERSEDED' : 'SCHEDULED';
}

/**
 * From when a new version counts: now, or as told. It may lie in the past, for terms that were in force before Laurel knew
 * them, but not before a version that has begun. Throws InvalidInputError.
 */
export function startOfVersion(versions: readonly TermsVersion[], wanted: Date | null, now: Date): Date {
  const begun = versionInForce(versions, now)?.effectiveFrom ?? null;
  // A clock that stepped back between two calls must not refuse what is meant for now.
  if (wanted === null) return begun !== null && begun > now ? begun : now;
  if (begun !== null && wanted < begun)
    throw new InvalidInputError(`Terms are in force since ${begun.toISOString()}: new ones cannot begin before.`, [
      'effectiveFrom',
    ]);
  return wanted;
}

/** The texts of a version, by language. Throws InvalidInputError with the place of what is wrong. */
export function readTexts(given: readonly ({ language: string } & TermsText)[]): TermsTexts {
  if (given.length === 0 || given.length > LANGUAGES_MAX)
    throw new InvalidInputError(`Terms have a text in 1 to ${LANGUAGES_MAX} languages.`, ['texts']);
  const texts = new Map<string, TermsText>();
  for (const [index, { language, title, markdown, url }] of given.entries()) {
    const path = ['texts', String(index)];
    if (!LOCALE.test(language))
      throw new InvalidInputError('A language is a locale such as en or de-AT.', [...path, 'language']);
    if ([...texts.keys()].some((known) => known.toLowerCase() === language.toLowerCase()))
      throw new InvalidInputError('There is one text a language.', [...path, 'language']);
    if ((markdown === null) === (url === null))
      throw new InvalidInputError('Give markdown or url, one of the two.', path);
    if (markdown !== null && (markdown.trim() === '' || !isStorableText(markdown, MARKDOWN_MAX)))
      throw new InvalidInputError(`Markdown has 1 to ${MARKDOWN_MAX} characters.`, [...path, 'markdown']);
    if (url !== null && !isPageAddress(url))
      throw new InvalidInputError(`An address begins with https:// and has at most ${URL_MAX} characters.`, [
        ...path,
        'url',
      ]);
    texts.set(language, { title: parseName(title, [...path, 'title']), markdown, url });
  }
  const length = given.reduce((sum, { markdown }) => sum + (markdown?.length ?? 0), 0);
  if (length > TEXTS_MAX)
    throw new InvalidInputError(`The texts have at most ${TEXTS_MAX} characters together.`, ['texts']);
  return Object.fromEntries(texts);
}

function isPageAddress(text: string): boolean {
  if (text.length > URL_MAX || !isStorableText(text, URL_MAX)) return false;
  const address = URL.parse(text);
  return address?.protocol === 'https:' && address.username === '' && address.password === '';
}
