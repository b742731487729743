import { GraphQLError, parse, specifiedRules, validate, type DocumentNode, type GraphQLSchema } from 'graphql';

import { LIMITS } from '../limits.ts';
import { documentNestsDeeper } from './nesting.ts';
import { prepareOperations, type PreparedOperation } from './operation.ts';
import { measureDocument } from './shape.ts';

/** A document that may run: parsed, within the limits, valid. Its operations are found by name. */
export type PreparedDocument = {
  document: DocumentNode;
  /** The operation of that name, or the only one when there is no name; undefined when the name finds none. */
  operation(name: string | undefined): PreparedOperation | undefined;
};

/** Why a document may not run: at least one error, each with its code. */
export type RefusedDocument = { errors: readonly GraphQLError[] };

type Failure = 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED';

/**
 * Parses, measures and validates a document. The order is that of cost: nesting on the text, then tokens while parsing,
 * then the limits on the parsed tree, and validation, which can take quadratic time, last.
 */
export function prepareDocument(schema: GraphQLSchema, text: string): PreparedDocument | RefusedDocument {
  if (documentNestsDeeper(text, LIMITS.documentNesting)) {
    return refusedFor(`The document nests deeper than ${LIMITS.documentNesting} brackets.`, 'GRAPHQL_PARSE_FAILED');
  }
  let document: DocumentNode;
  try {
    document = parse(text, { maxTokens: LIMITS.tokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { errors: [failed(error, 'GRAPHQL_PARSE_FAILED')] };
  }
  const shape = measureDocument(document);
  for (const measure of ['depth', 'aliases', 'directives'] as const) {
    if (shape[measure] > LIMITS[measure])
      return refusedFor(tooLarge(measure, shape[measure]), 'GRAPHQL_VALIDATION_FAILED');
  }
  const errors = validate(schema, document, specifiedRules, { maxErrors: LIMITS.errorsListed, hideSuggestions: true });
  if (errors.length > 0) return { errors: errors.map((error) => failed(error, 'GRAPHQL_VALIDATION_FAILED')) };
  const operations = prepareOperations(schema, document);
  const only = operations.size === 1 ? [...operations.values()][0] : undefined;
  return { document, operation: (name) => (name === undefined ? only : operations.get(name)) };
}

function tooLarge(measure: 'depth' | 'aliases' | 'directives', found: number): string {
  const unit = { depth: 'levels of fields', aliases: 'aliases', directives: 'directives' }[measure];
  return `The document has ${found} ${unit}; ${LIMITS[measure]} are allowed.`;
}

function refusedFor(message: string, code: Failure): RefusedDocument {
  return { errors: [failed(new GraphQLError(message), code)] };
}

/** A scalar may have said already that the input is at fault; what else is wrong carries the stage's code. */
function failed(error: GraphQLError, code: Failure): GraphQLError {
  const { nodes, source, positions } = error;
  return new GraphQLError(error.message, {
    nodes,
    source,
    positions,
    extensions: { code, http: { status: 400, spec: true } },
  });
}
