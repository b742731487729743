import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';

import { prepareOperations } from '#src/http/document/operation.ts';
import { measureDocument } from '#src/http/document/shape.ts';

import { smallSchema } from './small-schema.ts';

function priceOf(query: string, variables: Record<string, unknown> = {}): number | undefined {
  return [...prepareOperations(smallSchema, parse(query)).values()][0]?.price(variables);
}

/** Fragments that spread the next one twice each: 2^levels places from a short text. */
function doubling(levels: number, last: string): string {
  const fragments = Array.from({ length: levels }, (_fragment, level) => {
    const next = level === levels - 1 ? last : `friend { ...F${level + 1} } badges { ...F${level + 1} }`;
    return `fragment F${level} on Person { ${next} }`;
  });
  return `query ($n: Int) { person { ...F0 } } ${fragments.join(' ')}`;
}

describe('the price of an operation', () => {
  it.each([
    ['scalars are free', '{ hello me __typename }', 0],
    ['an object costs 1', '{ person { name } }', 1],
    ['objects within objects add up', '{ person { friend { friend { name } } } }', 3],
    ['a connection costs 1 and its page', '{ people(first: 5) { nodes { name } } }', 6],
    ['edges are free', '{ people(first: 5) { edges { node { name } } } }', 6],
    ['the schema says the page size where the query does not', '{ people { nodes { name } } }', 21],
    [
      'pages within pages multiply',
      '{ people(first: 10) { nodes { friends(first: 10) { nodes { name } } } } }',
      1 + 10 * (1 + 1 + 10),
    ],
    ['a list without pages counts as ten', '{ person { badges { name } } }', 11],
    ['a radius counts on both sides', '{ person { near(radius: 3) { name } } }', 8],
    ['a radius has a default, too', '{ person { near { name } } }', 12],
    ['a mutation costs 10', 'mutation { touch make { name } }', 20],
    [
      'a mutation that reads more costs what it reads',
      'mutation { make { friends(first: 50) { nodes { name } } } }',
      52,
    ],
    ['fragments cost what stands in them', '{ person { ...F } } fragment F on Person { friend { name } }', 2],
    ['a field that does work of its own costs what it says', '{ dear { friend { name } } }', 71],
    ['introspection costs 100', '{ __schema { types { name } } }', 100],
  ])('%s', (_law, query, price) => {
    expect(priceOf(query)).toBe(price);
  });

  it.each([
    [{ n: 50 }, 51],
    [{}, 6],
    [{ n: -3 }, 2],
    [{ n: 'many' }, 6],
  ])('follows the variables: %o', (variables, price) => {
    expect(priceOf('query ($n: Int = 5) { people(first: $n) { nodes { name } } }', variables)).toBe(price);
  });

  it.each([
    ['constant', 'name'],
    ['dependent on a variable', 'friends(first: $n) { nodes { name } }'],
  ])('is found at once for fragments that double and double again, %s', (_kind, last) => {
    const started = performance.now();
    expect(priceOf(doubling(60, last), { n: 2 })).toBeGreaterThan(1e15);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('the shape of a document', () => {
  it('counts what fragments hide', () => {
    const shape = measureDocument(
      parse(
        '{ a: person { ...F } } fragment F on Person { b: friend { c: name } friend { ...G } } fragment G on Person { name }',
      ),
    );
    expect(shape).toEqual({ depth: 3, aliases: 3, directives: 0 });
  });

  it('is found at once for fragments that double, and for circles', () => {
    expect(measureDocument(parse(doubling(60, 'name'))).depth).toBe(61);
    expect(measureDocument(parse('{ person { ...A } } fragment A on Person { friend { ...A } }')).depth).toBe(2);
  });
});
