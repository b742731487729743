import { isUtf8 } from 'node:buffer';

import { jsonNestsDeeper } from './document/nesting.ts';
import { LIMITS } from './limits.ts';
import { Refusal } from './refusal.ts';

/** One operation as it was sent, whichever way it came. `extensions` is accepted and not used. */
export type OperationParams = {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
};

function refuse(message: string): never {
  throw new Refusal(400, 'BAD_USER_INPUT', message);
}

/** Reads the JSON body of a POST. Throws a Refusal for bytes that are no UTF-8, for bad JSON, and for a wrong shape. */
export function paramsOfBody(body: Buffer): OperationParams {
  if (body.length === 0) refuse('The body is empty; it must be a JSON object with a query.');
  if (!isUtf8(body)) refuse('The body is not valid UTF-8.');
  return paramsOfValue(parseJson(body.toString('utf8'), 'The body'));
}

/** Reads the query string of a GET. */
export function paramsOfUrl(search: string): OperationParams {
  const values = new URLSearchParams(search);
  const jsonOf = (name: string): unknown => {
    const text = values.get(name);
    return text === null || text === '' ? undefined : parseJson(text, `The parameter ${name}`);
  };
  return paramsOfValue({
    query: values.get('query') ?? undefined,
    operationName: values.get('operationName') ?? undefined,
    variables: jsonOf('variables'),
    extensions: jsonOf('extensions'),
  });
}

/** Checks the shape of the parameters. Unknown ones are left out, as GraphQL over HTTP reserves them for later. */
export function paramsOfValue(value: unknown): OperationParams {
  if (Array.isArray(value)) refuse('Batches of operations are not taken; send one operation a request.');
  if (!isRecord(value)) refuse('The body must be a JSON object with a query.');
  const { query, variables, operationName, extensions } = value;
  if (typeof query !== 'string') {
    refuse(query === undefined || query === null ? 'The query is missing.' : 'The query must be a string.');
  }
  if (!isAbsent(variables) && !isRecord(variables)) refuse('The variables must be an object.');
  if (!isAbsent(extensions) && !isRecord(extensions)) refuse('The extensions must be an object.');
  if (!isAbsent(operationName)) {
    if (typeof operationName !== 'string') refuse('The operationName must be a string.');
    if (operationName.length > LIMITS.nameCharacters) refuse('The operationName is too long.');
  }
  return {
    query,
    ...(isRecord(variables) ? { variables } : {}),
    // GraphiQL and some clients send an empty name for "the only operation".
    ...(typeof operationName === 'string' && operationName !== '' ? { operationName } : {}),
  };
}

function parseJson(text: string, what: string): unknown {
  if (jsonNestsDeeper(text, LIMITS.jsonNesting)) refuse(`${what} nests deeper than ${LIMITS.jsonNesting} levels.`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own message quotes the text; the caller has it already.
    return refuse(`${what} is not valid JSON.`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
