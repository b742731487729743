import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { documentNestsDeeper, jsonNestsDeeper, valueNestsDeeper } from '#src/http/document/nesting.ts';

/** The same, slowly: how deep a parsed value nests. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('nesting, measured on the text', () => {
  it('is that of the parsed value, for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.integer({ min: 0, max: 8 }), (value, limit) => {
        const text = JSON.stringify(value).padEnd(20);
        expect(jsonNestsDeeper(text, limit)).toBe(depthOf(value) > limit);
        expect(valueNestsDeeper(value, limit)).toBe(depthOf(value) > limit);
      }),
    );
  });

  it.each([
    ['braces in strings', '{ a(b: "{{{{{{") }', 2, false],
    ['quotes in strings', '{ a(b: "\\"{{{{{{") }', 2, false],
    ['braces in block strings', '{ a(b: """ {{{ \\""" {{{ """) }', 2, false],
    ['braces in comments', '{ # {{{{{{\n a }', 1, false],
    ['braces after a comment', '{ # x\n a { b } }', 1, true],
    ['what is open at once, not what is there', '{ a { b } c { d } e { f } }', 2, false],
    ['all kinds of brackets', '{ a(b: [[1]]) }', 3, true],
  ])('counts %s', (_what, text, limit, deeper) => {
    expect(documentNestsDeeper(text, limit)).toBe(deeper);
  });

  it('of a megabyte is found in some milliseconds', () => {
    const started = performance.now();
    expect(documentNestsDeeper('{'.repeat(1_000_000), 2_000_000)).toBe(false);
    expect(jsonNestsDeeper('"\\\\'.repeat(300_000), 10)).toBe(false);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
