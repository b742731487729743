import { pickLocale } from '../local-text.ts';
import type { Reward, RewardTexts } from './reward.ts';

/** Texts in one language, and which one that is. */
export type LocalTexts = RewardTexts & { locale: string };

/** The texts for a reader: of exactly the wanted locale, else of its language, else English, else the first by locale. */
export function textsFor(texts: Reward['texts'], wanted: string | null): LocalTexts {
  const locale = pickLocale(Object.keys(texts), wanted);
  const found = texts[locale];
  if (found === undefined) throw new Error('a locale that was picked has no texts');
  return { locale, ...found };
}
