import { parse, validate } from 'graphql';
import { expect, it } from 'vitest';

import { schema } from '#schema/index.ts';
import { prepareDocument } from '#src/http/document/prepare.ts';
import { EXAMPLES } from '#src/http/graphiql-examples.ts';
import { LIMITS } from '#src/http/limits.ts';

it.each(EXAMPLES.map(({ query, variables }) => [query.slice(0, 40), query, variables] as const))(
  'GraphiQL opens with an operation that the schema knows: %s',
  (_start, query, variables) => {
    expect(validate(schema, parse(query))).toEqual([]);
    const prepared = prepareDocument(schema, query);
    const operation = 'errors' in prepared ? undefined : prepared.operation(undefined);
    expect(operation?.price(variables)).toBeLessThan(LIMITS.operationCost / 10);
  },
);
