// One bad request of the table, and the words that its rows are written in.
import { randomUUID } from 'node:crypto';

import type { TopLevelCode } from '#src/http/refusal.ts';

export type Who =
  | 'owner'
  | 'analyst'
  | 'publishable'
  | 'customer'
  | 'expired token'
  | 'revoked key'
  | 'made-up key'
  | 'nobody';

/** What must come back: a member of the result, a top-level error, or data that says nothing. */
export type Answer = { refused: string; path: string[] } | { error: TopLevelCode } | { data: Record<string, unknown> };

export type BadRequest = {
  name: string;
  as: Who;
  document: string;
  variables: Record<string, unknown>;
  answer: Answer;
};

export const mutationOf = (name: string): string => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename ... on UserError { code message path } } }`;
};

export const INVALID = 'INVALID_INPUT';
export const MISSING = 'NOT_FOUND';
export const OF_ALL_NAMES_THE_LONGEST = 'n'.repeat(10_240);

export function change(name: string, mutation: string, input: object, answer: Answer, as: Who = 'owner'): BadRequest {
  const variables = { input: { idempotencyKey: randomUUID(), ...input } };
  return { name, as, document: mutationOf(mutation), variables, answer };
}

export function read(name: string, document: string, answer: Answer, as: Who = 'owner', variables = {}): BadRequest {
  return { name, as, document, variables, answer };
}

export const refused = (code: string, ...path: string[]): Answer => ({ refused: code, path });
export const error = (code: TopLevelCode): Answer => ({ error: code });
export const BAD_INPUT = error('BAD_USER_INPUT');
