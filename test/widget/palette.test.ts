import { describe, expect, test } from 'vitest';

import { PALETTE, type ColorName } from '../../widget/src/elements/palette.ts';

/** Where the kit puts which text: each on each ground that it stands on. */
const TEXTS: readonly [text: ColorName, grounds: readonly ColorName[]][] = [
  ['ink', ['surface', 'raised', 'accent-soft']],
  ['soft', ['surface', 'raised']],
  ['on-accent', ['accent']],
  ['gold', ['surface']],
  ['alert', ['surface', 'raised']],
];
/** What must be told from its ground without being text: edges of controls, bars, the ring around what has the keyboard. */
const SHAPES: readonly [shape: ColorName, grounds: readonly ColorName[]][] = [
  ['control', ['surface', 'raised']],
  ['accent', ['surface', 'raised', 'accent-soft', 'line']],
  ['gold', ['accent-soft']],
];

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test('the measure of contrast is that of WCAG: 21 for black on white, 4.5 for #767676 rounded down', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#767676', '#ffffff')).toBeGreaterThanOrEqual(4.5);
  expect(contrast('#777777', '#ffffff')).toBeLessThan(4.5);
});

describe.each(['light', 'dark'] as const)('the %s palette', (theme) => {
  const colorOf = (name: ColorName): string => PALETTE[name][theme === 'light' ? 0 : 1];
  const pairs = (list: typeof TEXTS): [ColorName, ColorName][] =>
    list.flatMap(([name, grounds]) => grounds.map((ground): [ColorName, ColorName] => [name, ground]));

  test.each(pairs(TEXTS))('has %s on %s at 4.5 to 1 or better', (text, ground) => {
    expect(contrast(colorOf(text), colorOf(ground))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(pairs(SHAPES))('tells %s from %s at 3 to 1 or better', (shape, ground) => {
    expect(contrast(colorOf(shape), colorOf(ground))).toBeGreaterThanOrEqual(3);
  });
});
