import type { Reward, RewardTexts } from './reward.ts';

/** Texts in one language, and which one that is. */
export type LocalTexts = RewardTexts & { locale: string };

/** The language that is meant when nothing is said. */
const DEFAULT_LOCALE = 'en';

/**
 * The texts for a reader: of exactly the wanted locale, else of its language, else English, else the first by locale. Case
 * does not matter.
 */
export function textsFor(texts: Reward['texts'], wanted: string | null): LocalTexts {
  const known = Object.keys(texts).toSorted();
  const find = (locale: string): string | undefined =>
    known.find((candidate) => candidate.toLowerCase() === locale.toLowerCase());
  const [language = ''] = (wanted ?? '').split('-');
  const locale = find(wanted ?? '') ?? find(language) ?? find(DEFAULT_LOCALE) ?? known[0];
  const found = locale === undefined ? undefined : texts[locale];
  if (locale === undefined || found === undefined) throw new Error('a reward has texts in one locale at least');
  return { locale, ...found };
}
