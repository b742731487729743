import { z } from 'zod';

/** The language that is meant when nothing is said. */
const DEFAULT_LOCALE = 'en';

/** What a program writes in several languages calls them by: en, de-AT. */
export const LOCALE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;

const LocalText = z.strictObject({ name: z.string().min(1).max(200), description: z.string().max(2_000).default('') });

/** What something is called, and what is said of it, by locale, such as en or de-AT. */
export const LocalTextsSchema = z
  .record(z.string().regex(LOCALE, 'must be a locale such as en or de-AT'), LocalText)
  .refine((known) => Object.keys(known).length > 0, 'there are texts in one locale at least')
  .refine((known) => Object.keys(known).length <= 50, 'there are texts in at most 50 locales');
export type LocalTexts = z.infer<typeof LocalTextsSchema>;

/** The text for a reader. */
export function textFor(texts: LocalTexts, locale: string | null): z.infer<typeof LocalText> {
  return texts[pickLocale(Object.keys(texts), locale)] ?? { name: '', description: '' };
}

/**
 * Of the locales that a text is known in, the one for a reader: exactly the wanted one, else that of its language, else
 * English, else the first. Case does not matter. Throws where a text is known in none.
 */
export function pickLocale(locales: readonly string[], wanted: string | null): string {
  const known = locales.toSorted();
  const find = (locale: string): string | undefined =>
    known.find((candidate) => candidate.toLowerCase() === locale.toLowerCase());
  const [language = ''] = (wanted ?? '').split('-');
  const locale = find(wanted ?? '') ?? find(language) ?? find(DEFAULT_LOCALE) ?? known[0];
  if (locale === undefined) throw new Error('what is written for readers is written in one language at least');
  return locale;
}
