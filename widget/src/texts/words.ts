import { DE } from './de.ts';
import { EN, type Text, type TextName, type Texts } from './en.ts';

const DAY_MS = 86_400_000;

type Values = Readonly<Record<string, string | number>>;

/** Texts, numbers, money and times of one language, as people there write them. */
export type Words = {
  /** The language as it was asked for, such as de-CH. */
  readonly locale: string;
  text(name: TextName, values?: Values): string;
  /** Whole numbers, and exact decimals as text. */
  number(value: number | string): string;
  points(value: number): string;
  /** An amount in minor units. */
  money(amount: { amount: number; currency: string }): string;
  time(instant: number | string): string;
  day(instant: number | string): string;
  /** The time of an instant within a day from now, else its day. */
  soon(instant: string): string;
  list(items: readonly string[]): string;
  /** A share from 0 to 1. */
  percent(share: number): string;
};

const LANGUAGES = new Map<string, Texts>([
  ['en', EN],
  ['de', DE],
]);
const made = new Map<string, Words>();

/** Adds a language, or replaces texts of one, by its code such as fr. What is left out is said in English. */
export function addTexts(language: string, texts: Texts): void {
  LANGUAGES.set(language, { ...LANGUAGES.get(language), ...texts });
  made.clear();
}

/** The words of a language tag; English ones where the language is not known, with the numbers and days of that place. */
export function wordsOf(locale: string): Words {
  const known = made.get(locale) ?? makeWords(locale);
  made.set(locale, known);
  return known;
}

function makeWords(asked: string): Words {
  const locale = isLocale(asked) ? asked : 'en';
  const texts = LANGUAGES.get(locale) ?? LANGUAGES.get(locale.split('-')[0] ?? '') ?? EN;
  const plurals = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const times = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const lists = new Intl.ListFormat(locale, { type: 'disjunction' });
  // Decimals are formatted as text, whose digits a number would lose.
  const number = (value: number | string): string => numbers.format(value as number);

  const text = (name: TextName, values: Values = {}): string => {
    const { n } = values;
    const form = formOf(texts[name] ?? EN[name], typeof n === 'number' ? plurals.select(n) : 'other');
    return form.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
      const value = values[key] ?? '';
      return typeof value === 'number' ? number(value) : value;
    });
  };
  return {
    locale,
    text,
    number,
    points: (value) => text('points', { n: value }),
    money({ amount, currency }) {
      const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
      return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
    },
    time: (instant) => times.format(new Date(instant)),
    day: (instant) => days.format(new Date(instant)),
    soon: (instant) => (Date.parse(instant) - Date.now() < DAY_MS ? times : days).format(new Date(instant)),
    list: (items) => lists.format(items),
    percent: (share) => new Intl.NumberFormat(locale, { style: 'percent', maximumSignificantDigits: 2 }).format(share),
  };
}

function formOf(text: Text, plural: Intl.LDMLPluralRule): string {
  return typeof text === 'string' ? text : (text[plural] ?? text.other ?? '');
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}
