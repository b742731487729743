import type { Format, Language } from './locale.ts';

/** What a badge or a step of a challenge asks for, by the names that the program has for it. */
export type Asked =
  | { kind: 'COUNT'; activity: string }
  | { kind: 'DAYS'; activity: string }
  | { kind: 'SUM'; activity: string; property: string }
  | { kind: 'POINTS'; currency: string }
  | { kind: 'STREAK'; streak: string }
  | { kind: 'TIER'; tier: string }
  | { kind: 'BADGE'; badge: string };

type AskedTexts = {
  [Kind in Asked['kind']]: (asked: Extract<Asked, { kind: Kind }>, amount: string) => string;
};

const WORDS: Record<Language, AskedTexts> = {
  en: {
    COUNT: ({ activity }, amount) => `${amount} × ${activity}`,
    DAYS: ({ activity }, amount) => `${amount} × a day with ${activity}`,
    SUM: ({ activity, property }, amount) => `${amount} of ${property} by ${activity}`,
    POINTS: ({ currency }, amount) => `${amount} ${currency}`,
    STREAK: ({ streak }, amount) => `${streak}, ${amount} long`,
    TIER: ({ tier }) => `the tier ${tier}`,
    BADGE: ({ badge }) => `the badge ${badge}`,
  },
  de: {
    COUNT: ({ activity }, amount) => `${amount} × ${activity}`,
    DAYS: ({ activity }, amount) => `${amount} × ein Tag mit ${activity}`,
    SUM: ({ activity, property }, amount) => `${amount} von ${property} durch ${activity}`,
    POINTS: ({ currency }, amount) => `${amount} ${currency}`,
    STREAK: ({ streak }, amount) => `${streak}, ${amount} lang`,
    TIER: ({ tier }) => `die Stufe ${tier}`,
    BADGE: ({ badge }) => `die Auszeichnung ${badge}`,
  },
};

/** So much of what is asked for, in words: 3 × Purchase. */
export function askedText(asked: Asked, amount: string, format: Format): string {
  const text = WORDS[format.language][asked.kind] as (asked: Asked, amount: string) => string;
  return text(asked, format.number(amount));
}
