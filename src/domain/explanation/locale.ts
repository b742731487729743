/** The languages in which texts for customers are written. More is one more table of words. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language of a locale such as de-AT; English where there is no table for it. */
export function languageOf(locale: string | null): Language {
  const wanted = (locale ?? '').toLowerCase().split(/[-_]/)[0];
  return LANGUAGES.find((language) => language === wanted) ?? 'en';
}

/** How a text writes numbers and instants: by the customer's language, in the zone that counts for them. */
export type Format = {
  language: Language;
  number: (value: number | string) => string;
  /** A day and a time; instants at midnight are told as the day alone. */
  instant: (value: Date | string) => string;
};

const FORMATS_REMEMBERED_MAX = 1_000;
const remembered = new Map<string, Format>();

/**
 * How texts in a language are written; `timeZone` is the zone in which days are cut: the program's. Made once, because a list
 * of rewards asks for as many texts as there are reasons.
 */
export function formatFor(language: Language, timeZone: string): Format {
  const name = `${language} ${timeZone}`;
  let format = remembered.get(name);
  if (format === undefined) {
    if (remembered.size >= FORMATS_REMEMBERED_MAX) remembered.clear();
    remembered.set(name, (format = makeFormat(language, timeZone)));
  }
  return format;
}

function makeFormat(language: Language, timeZone: string): Format {
  const locale = language === 'en' ? 'en-GB' : 'de-DE';
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 9 });
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone });
  const times = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone });
  const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone });
  return {
    language,
    number: (value) => numbers.format(value as number),
    instant: (value) => {
      const instant = new Date(value);
      return (clock.format(instant) === '00:00:00' ? days : times).format(instant);
    },
  };
}

/** Words in a row: a, b and c. */
export function listOf(words: readonly string[], language: Language, kind: 'and' | 'or' = 'and'): string {
  const type = kind === 'and' ? 'conjunction' : 'disjunction';
  return new Intl.ListFormat(language === 'en' ? 'en-GB' : 'de-DE', { type }).format(words);
}
