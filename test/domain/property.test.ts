import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PropertyDeclaration, PropertyType } from '#domain/program/program.ts';
import { PROPERTIES_LENGTH_MAX, propertyRefusal, validateProperties } from '#domain/property/validate.ts';

const declare = (name: string, type: PropertyType, more: Partial<PropertyDeclaration> = {}): PropertyDeclaration => ({
  name,
  type,
  required: false,
  oneOf: null,
  ...more,
});

/** The kept form of one value of the type, or null when it is refused. */
function kept(type: PropertyType, given: unknown): unknown {
  const result = validateProperties([declare('it', type)], { it: given });
  return result.ok ? result.values['it'] : null;
}

describe('a declared type takes exactly its own values', () => {
  it.each<[PropertyType, unknown, unknown]>([
    ['STRING', 'Zürich', 'Zürich'],
    ['STRING', '', ''],
    ['STRING', '💠'.repeat(1_000), '💠'.repeat(1_000)],
    ['INTEGER', 9007199254740991, 9007199254740991],
    ['INTEGER', -3, -3],
    ['INTEGER', -0, 0],
    ['DECIMAL', 29.33, '29.33'],
    ['DECIMAL', '29.330', '29.33'],
    ['DECIMAL', '0029', '29'],
    ['DECIMAL', '-0.00', '0'],
    ['DECIMAL', 0, '0'],
    ['DECIMAL', 1e-9, '0.000000001'],
    ['DECIMAL', 9007199254740991, '9007199254740991'],
    ['DECIMAL', '12345678901234567890123456789.123456789', '12345678901234567890123456789.123456789'],
    ['BOOLEAN', false, false],
    ['DATE', '2024-02-29', '2024-02-29'],
    ['DATE_TIME', '2026-11-22T10:00:00+02:00', '2026-11-22T08:00:00.000Z'],
  ])('%s takes %j', (type, given, expected) => {
    expect(kept(type, given)).toBe(expected);
  });

  it.each<[PropertyType, unknown]>([
    ['STRING', 'x'.repeat(1_001)],
    ['STRING', '💠'.repeat(1_001)],
    ['STRING', 'a\0b'],
    ['STRING', '\ud800'],
    ['STRING', 7],
    ['STRING', ['a']],
    ['INTEGER', 1.5],
    ['INTEGER', '1'],
    ['INTEGER', 2 ** 53],
    ['INTEGER', Number.NaN],
    ['DECIMAL', '1e3'],
    ['DECIMAL', '1.'],
    ['DECIMAL', ' 1'],
    ['DECIMAL', '+1'],
    ['DECIMAL', ''],
    ['DECIMAL', '0.0000000001'],
    ['DECIMAL', '1'.repeat(30)],
    ['DECIMAL', '9'.repeat(10_000)],
    ['DECIMAL', 2 ** 53],
    ['DECIMAL', 0.1 + 0.2],
    ['DECIMAL', 1e-10],
    ['DECIMAL', 1e300],
    ['DECIMAL', Number.POSITIVE_INFINITY],
    ['DECIMAL', true],
    ['BOOLEAN', 'true'],
    ['BOOLEAN', 1],
    ['DATE', '2023-02-29'],
    ['DATE', '0000-01-01'],
    ['DATE', '2023-1-1'],
    ['DATE', '2023-01-01T00:00:00Z'],
    ['DATE_TIME', '2023-01-01T00:00:00'],
    ['DATE_TIME', '2023-02-29T00:00:00Z'],
    ['DATE_TIME', '2023-01-01T25:00:00Z'],
    ['DATE_TIME', 1_700_000_000_000],
    ['STRING', { nested: { deeply: true } }],
  ])('%s refuses %j', (type, given) => {
    expect(kept(type, given)).toBeNull();
  });
});

describe('a decimal', () => {
  it('keeps a decimal exact, however it is written, and gives the same text again for its own text', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }),
        fc.integer({ min: 0, max: 9 }),
        (units, places) => {
          const text = units
            .toString()
            .replace('-', '')
            .padStart(places + 1, '0');
          const written = `${units < 0n ? '-' : ''}${text.slice(0, text.length - places)}${places > 0 ? `.${text.slice(text.length - places)}` : ''}`;
          fc.pre(text.length - places <= 29);
          const canonical = kept('DECIMAL', written) as string;
          const [whole = '', fraction = ''] = canonical.split('.');
          expect(BigInt(whole + fraction.padEnd(9, '0'))).toBe(units * 10n ** BigInt(9 - places));
          expect(kept('DECIMAL', canonical)).toBe(canonical);
        },
      ),
    );
  });
});

describe('the names', () => {
  const declarations = [
    declare('amount', 'DECIMAL', { required: true }),
    declare('plan', 'STRING', { oneOf: ['free', 'paid'] }),
  ];

  it('an undeclared name is refused and named', () => {
    const result = validateProperties(declarations, { amount: 1, colour: 'red' });
    expect(result).toEqual({ ok: false, problems: [{ path: ['colour'], message: '"colour" is not declared.' }] });
  });

  it('a required one must be there, and null counts as not given', () => {
    for (const given of [{}, { amount: null }]) {
      const result = validateProperties(declarations, given);
      expect(result).toEqual({ ok: false, problems: [{ path: ['amount'], message: 'amount is required.' }] });
    }
    expect(validateProperties(declarations, { amount: 1, plan: null })).toEqual({ ok: true, values: { amount: '1' } });
  });

  it('a closed set takes its values only', () => {
    expect(validateProperties(declarations, { amount: 1, plan: 'paid' }).ok).toBe(true);
    expect(validateProperties(declarations, { amount: 1, plan: 'gold' })).toMatchObject({
      problems: [{ message: 'plan must be one of free, paid.' }],
    });
  });

  it('names of Object.prototype are neither found on it nor written to it', () => {
    const hostile = JSON.parse('{"amount": 1, "__proto__": {"polluted": true}, "constructor": 1}') as Record<
      string,
      unknown
    >;
    const result = validateProperties(declarations, hostile);
    expect(result).toMatchObject({ ok: false, problems: [{ path: ['__proto__'] }, { path: ['constructor'] }] });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    const required = [declare('constructor', 'STRING', { required: true }), declare('toString', 'STRING')];
    expect(validateProperties(required, {})).toMatchObject({ ok: false, problems: [{ path: ['constructor'] }] });
    expect(validateProperties(required, { constructor: 'a' })).toEqual({ ok: true, values: { constructor: 'a' } });
  });

  it('bounds the whole and the list of problems', () => {
    const many = Array.from({ length: 30 }, (_, index) => declare(`p${index}`, 'STRING'));
    const large = Object.fromEntries(many.map(({ name }) => [name, 'x'.repeat(1_000)]));
    expect(30_000).toBeGreaterThan(PROPERTIES_LENGTH_MAX);
    expect(validateProperties(many, large)).toMatchObject({ ok: false, problems: [{ path: [] }] });
    const unknown = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`u${index}`, 1]));
    const result = validateProperties([], unknown);
    expect(result.ok ? [] : result.problems).toHaveLength(20);
  });

  it('the refusal leads to the first problem and tells them all', () => {
    const result = validateProperties(declarations, { colour: 'red' });
    const error = propertyRefusal(result.ok ? [] : result.problems, ['items', '3', 'properties']);
    expect(error.path).toEqual(['items', '3', 'properties', 'amount']);
    expect(error.message).toBe('amount is required. "colour" is not declared.');
  });
});
