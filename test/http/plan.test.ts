import { execute } from '@graphql-tools/executor';
import fc from 'fast-check';
import {
  GraphQLEnumType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFieldConfigMap,
  type GraphQLResolveInfo,
} from 'graphql';
import { describe, expect, it } from 'vitest';

import { executePlanned } from '#src/http/plan/plans.ts';
import { printData } from '#src/http/plan/print.ts';

/** How a field behaves is asked for in its arguments, so that every shape meets every fate. */
const FATES = ['VALUE', 'LATER', 'NULL', 'NULL_LATER', 'THROWS', 'REJECTS', 'AN_ERROR', 'SEVERAL'] as const;
type Fate = (typeof FATES)[number];

const FateEnum = new GraphQLEnumType({
  name: 'Fate',
  values: Object.fromEntries(FATES.map((value) => [value, { value }])),
});

function suffer(fate: Fate, make: () => unknown): unknown {
  switch (fate) {
    case 'VALUE':
      return make();
    case 'LATER':
      return new Promise((resolve) => setImmediate(resolve)).then(make);
    case 'NULL':
      return null;
    case 'NULL_LATER':
      return Promise.resolve(null);
    case 'THROWS':
      throw new Error('thrown');
    case 'REJECTS':
      return Promise.reject(new Error('rejected'));
    case 'AN_ERROR':
      return new Error('given');
    case 'SEVERAL':
      throw new AggregateError([new Error('one'), new Error('two')]);
  }
}

const args = {
  fate: { type: FateEnum, defaultValue: 'VALUE' },
  second: { type: FateEnum, defaultValue: 'VALUE' },
};
type Args = { fate: Fate; second: Fate };

const Thing: GraphQLObjectType = new GraphQLObjectType({
  name: 'Thing',
  fields: (): GraphQLFieldConfigMap<unknown, unknown> => {
    const items = (_: unknown, { fate, second }: Args): unknown =>
      suffer(fate, () => [1, second === 'THROWS' ? 'no number' : suffer(second, () => 2), 3]);
    // One item that suffers, or two that do not: the library leaves a rejection of the first unheard when the second throws.
    const things = (_: unknown, { fate, second }: Args): unknown =>
      suffer(fate, () => (second === 'VALUE' ? [{}, {}] : [suffer(second, () => ({}))]));
    const one = (_: unknown, { fate }: Args): unknown => suffer(fate, () => ({}));
    return {
      text: { type: GraphQLString, args, resolve: (_, { fate }: Args) => suffer(fate, () => 'text') },
      number: { type: new GraphQLNonNull(GraphQLInt), args, resolve: (_, { fate }: Args) => suffer(fate, () => 7) },
      place: {
        type: GraphQLString,
        resolve: (_source, _args, _context, { path, fieldName, parentType }: GraphQLResolveInfo) =>
          `${parentType.name}.${fieldName} ${String(path.key)} ${String(path.prev?.key)}`,
      },
      fate: { type: FateEnum, args, resolve: (_, { fate }: Args) => fate },
      one: { type: Thing, args, resolve: one },
      surely: { type: new GraphQLNonNull(Thing), args, resolve: one },
      numbers: { type: new GraphQLList(GraphQLInt), args, resolve: items },
      allNumbers: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLInt))), args, resolve: items },
      things: { type: new GraphQLList(Thing), args, resolve: things },
      allThings: { type: new GraphQLList(new GraphQLNonNull(Thing)), args, resolve: things },
    };
  },
});

const schema = new GraphQLSchema({ query: Thing });

const fate = fc.constantFrom(...FATES.map((one): string => one), '$fate');
const given = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  fc.tuple(fate, fate).map(([first, second]) => `(fate: ${first}, second: ${second})`),
);
const { selection } = fc.letrec<{ selection: string; field: string }>((tie) => ({
  selection: fc
    .array(fc.tuple(tie('field'), fc.boolean()), { minLength: 1, maxLength: 4 })
    // Every field has a name of its own: what may be merged is tried below.
    .map((fields) => {
      const parts = fields.map(([field, hidden], index) => {
        const named = `f${index}: ${field}`;
        return hidden ? `... on Thing { ${named} }` : named;
      });
      return `{ ${parts.join(' ')} }`;
    }),
  field: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(fc.constantFrom('text', 'number', 'fate', 'numbers', 'allNumbers'), given).map((parts) => parts.join('')),
    fc.constantFrom('place', '__typename'),
    fc
      .tuple(fc.constantFrom('one', 'surely', 'things', 'allThings'), given, tie('selection'))
      .map((parts) => parts.join(' ')),
  ),
}));

/** Errors of fields that wait may come in another order, which the specification leaves open. */
function comparable({ data, errors = [] }: ExecutionResult): unknown {
  const listed = errors.map((error) => JSON.stringify(error.toJSON())).toSorted();
  return { data: JSON.stringify(data), errors: listed };
}

const inBothWays = async (text: string, variableValues: Record<string, unknown> = {}): Promise<unknown[]> => {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const planned = executePlanned({ schema, document, variableValues });
  if (planned === null) throw new Error('there is no plan');
  const library = await execute({ schema, document, variableValues });
  return [await planned, library].map((result) => comparable(result as ExecutionResult));
};

describe('a planned query', () => {
  it('answers like the library, whatever its fields do', async () => {
    await fc.assert(
      fc.asyncProperty(selection, fc.constantFrom(...FATES), async (text, variable) => {
        const [planned, library] = await inBothWays(`query ($fate: Fate) { text(fate: $fate) one ${text} }`, {
          fate: variable,
        });
        // Where null rises past several errors, which of them are told besides the first is left open.
        if ((library as { errors: string[] }).errors.length <= 1) expect(planned).toEqual(library);
        else expect((planned as { data: string }).data).toBe((library as { data: string }).data);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    'query A { one { text } one { number place } ...F } fragment F on Thing { one { again: text } things { place } }',
    '{ things { place one { place } } __typename }',
    'query ($fate: Fate = NULL) { text(fate: $fate) surely { text(fate: $fate) } }',
    '{ surely { number(fate: NULL) } text }',
    '{ allNumbers(second: NULL_LATER) text }',
    '{ allNumbers(second: THROWS) text }',
    '{ one { allThings(second: REJECTS) { place } } text(fate: SEVERAL) }',
  ])('answers %s like the library', async (text) => {
    const [planned, library] = await inBothWays(text);
    expect(planned).toEqual(library);
  });

  it.each([
    'mutation { __typename }',
    '{ text @skip(if: false) }',
    '{ ... @include(if: true) { text } }',
    '{ __schema { description } }',
    '{ __proto__: text }',
    'query A { text } query B { text }',
  ])('is not made of %s', (text) => {
    expect(executePlanned({ schema, document: parse(text) })).toBeNull();
  });

  it('does not begin with variables that do not fit', () => {
    const document = parse('query ($fate: Fate!) { text(fate: $fate) }');
    expect(executePlanned({ schema, document, variableValues: { fate: 'NOBODY' } })).toBeNull();
    expect(executePlanned({ schema, document, variableValues: {} })).toBeNull();
  });
});

describe('a list of what answers alike to everybody', () => {
  let asked = 0;
  const own = { type: GraphQLString, extensions: { itsOwn: true } };
  const Row = new GraphQLObjectType<{ name: string }>({
    name: 'Row',
    fields: {
      name: { ...own, resolve: ({ name }) => `${name} ${(asked += 1)}` },
      caller: { type: GraphQLString, resolve: (_row, _args, context) => String(context) },
    },
  });
  const rows = [{ name: 'é "1"' }, { name: '2' }];
  const board = new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: {
        rows: { type: new GraphQLList(Row), resolve: () => rows },
        others: { type: new GraphQLList(Row), resolve: () => [...rows] },
        caller: { type: GraphQLString, resolve: (_root, _args, context) => String(context) },
      },
    }),
  });
  const answerTo = (document: DocumentNode, contextValue: string): string => {
    const result = executePlanned({ schema: board, document, contextValue });
    if (result === null || result instanceof Promise) throw new Error('it is answered at once');
    expect(printData(result.data)).toBe(JSON.stringify(result.data));
    return printData(result.data);
  };

  it('is made and printed once, beside what belongs to one caller', () => {
    const document = parse('{ rows { name } caller }');
    asked = 0;
    expect(answerTo(document, 'ann')).toBe('{"rows":[{"name":"é \\"1\\" 1"},{"name":"2 2"}],"caller":"ann"}');
    expect(answerTo(document, 'bob')).toBe('{"rows":[{"name":"é \\"1\\" 1"},{"name":"2 2"}],"caller":"bob"}');
    expect(asked).toBe(2);
  });

  it('is made anew for another list, and for fields that look at the caller', () => {
    const document = parse('{ others { name } rows { caller } }');
    asked = 0;
    expect(answerTo(document, 'ann')).toContain('ann');
    expect(answerTo(document, 'bob')).not.toContain('ann');
    expect(asked).toBe(4);
  });
});
