import { expect, test } from 'vitest';

import { DE } from '../../widget/src/texts/de.ts';
import { EN, type Text, type TextName } from '../../widget/src/texts/en.ts';
import { addTexts, wordsOf } from '../../widget/src/texts/words.ts';

/** The names in braces of a text, of all its plural forms together. */
function namesIn(text: Text): string[] {
  const all = typeof text === 'string' ? text : Object.values(text).join(' ');
  return [...new Set([...all.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))].toSorted();
}

test('every text takes the same values in German as in English', () => {
  const names = Object.keys(EN) as TextName[];
  expect(names.filter((name) => String(namesIn(DE[name])) !== String(namesIn(EN[name])))).toEqual([]);
});

test('numbers, points, money and lists are written as in the place of the language', () => {
  const [german, swiss, english] = [wordsOf('de'), wordsOf('de-CH'), wordsOf('en-GB')];
  expect(german.points(1234)).toBe('1.234 Punkte');
  // The sign between thousands is one of two apostrophes, by the version of the Unicode data.
  expect(swiss.points(1234)).toMatch(/^1['’]234 Punkte$/);
  expect(english.points(1)).toBe('1 point');
  expect(english.money({ amount: 999, currency: 'JPY' })).toBe('JP¥999');
  // So is the space before the sign of the currency.
  expect(german.money({ amount: 999, currency: 'EUR' }).replace(/\s/, ' ')).toBe('9,99 €');
  expect(german.list(['Gold', 'Silber'])).toBe('Gold oder Silber');
});

test('digits of an exact decimal are not lost on the way to the screen', () => {
  expect(wordsOf('en').number('12345678901234567890')).toBe('12,345,678,901,234,567,890');
});

test('a page can add a language with its own plural forms, and what it leaves out is said in English', () => {
  addTexts('pl', { points: { one: '{n} punkt', few: '{n} punkty', many: '{n} punktów', other: '{n} punktu' } });
  expect([1, 2, 5].map((n) => wordsOf('pl').points(n))).toEqual(['1 punkt', '2 punkty', '5 punktów']);
  expect(wordsOf('pl').text('redeem')).toBe('Redeem');
});

test('a language tag that is none is read as English', () => {
  expect(wordsOf('not a tag').points(2)).toBe('2 points');
});
