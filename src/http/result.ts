import { GRAPHQL_RESPONSE_TYPE, JSON_TYPE } from './accept.ts';
import { printData } from './plan/print.ts';
import { httpNotesOf, toPublicError, type PublicError } from './public-error.ts';
import type { Refusal } from './refusal.ts';
import type { RequestContext } from './request-context.ts';

/** A whole answer, before it is written. */
export type Reply = { status: number; headers: Readonly<Record<string, string>>; body: string };

/** What execution gave, whoever did it. */
export type RawResult = { data?: unknown; errors?: readonly unknown[] | undefined };

/** A result as it is sent: errors made public, the price told. */
export type PublicResult = { data?: unknown; errors?: PublicError[]; extensions?: Record<string, unknown> };

/** Makes a result fit to leave the house. The same for HTTP, event streams and sockets. */
export function toPublicResult(result: RawResult, context: RequestContext): PublicResult {
  const answer: PublicResult = {};
  if (result.errors !== undefined && result.errors.length > 0) {
    answer.errors = result.errors.map((error) => toPublicError(error, context.requestId, context.deps.log));
  }
  if (result.data !== undefined) answer.data = result.data;
  if (context.cost !== undefined) answer.extensions = { cost: context.cost };
  return answer;
}

/** The HTTP answer to an operation that has run, or was refused by GraphQL itself. */
export function replyOfResult(result: RawResult, context: RequestContext): Reply {
  const type = context.transport.kind === 'HTTP' ? (context.transport.accepted.json ?? JSON_TYPE) : JSON_TYPE;
  if (result.errors === undefined || result.errors.length === 0) {
    return {
      status: 200,
      headers: PLAIN_HEADERS[type],
      body: `{"data":${printData(result.data ?? null)}${costText(context)}}`,
    };
  }
  const answer = toPublicResult(result, context);
  const headers: Record<string, string> = { 'content-type': `${type}; charset=utf-8` };
  let status = 200;
  for (const error of result.errors) {
    const notes = httpNotesOf(error);
    if (notes === null || (notes.spec && type !== GRAPHQL_RESPONSE_TYPE)) continue;
    Object.assign(headers, notes.headers);
    status = Math.max(status, notes.status);
  }
  if (
    status === 200 &&
    type === GRAPHQL_RESPONSE_TYPE &&
    answer.errors !== undefined &&
    (result.data ?? null) === null
  ) {
    status = statusWithoutData(answer.errors, headers);
  }
  return { status, headers, body: JSON.stringify(answer) };
}

/** Shared by all answers without errors, and so never to be written to. */
const PLAIN_HEADERS = {
  [JSON_TYPE]: Object.freeze({ 'content-type': `${JSON_TYPE}; charset=utf-8` }),
  [GRAPHQL_RESPONSE_TYPE]: Object.freeze({ 'content-type': `${GRAPHQL_RESPONSE_TYPE}; charset=utf-8` }),
};

/** `extensions.cost` as JSON. These are numbers alone, and writing them so takes a quarter of the time. */
function costText({ cost }: RequestContext): string {
  if (cost === undefined) return '';
  const { requested, throttle } = cost;
  const { maximum, available, restoreRate } = throttle;
  return `,"extensions":{"cost":{"requested":${requested},"throttle":{"maximum":${maximum},"available":${available},"restoreRate":${restoreRate}}}}`;
}

/** The answer to a request that GraphQL never saw. */
export function replyOfRefusal(refusal: Refusal, requestId: string, type: string | null): Reply {
  const error = { message: refusal.message, extensions: { code: refusal.code, ...retryable(refusal), requestId } };
  return {
    status: refusal.status,
    headers: {
      'content-type': `${type ?? JSON_TYPE}; charset=utf-8`,
      ...refusal.headers,
      ...(refusal.closes ? { connection: 'close' } : {}),
    },
    body: JSON.stringify({ errors: [error] }),
  };
}

function retryable({ code }: Refusal): { retryable?: true } {
  return code === 'UNAVAILABLE' ? { retryable: true } : {};
}

/** With nothing to show, a caller that reads application/graphql-response+json learns from the status whether to retry. */
function statusWithoutData(errors: readonly PublicError[], headers: Record<string, string>): number {
  const codes = new Set(errors.map((error) => error.extensions.code));
  if (codes.has('UNAVAILABLE')) {
    headers['retry-after'] = '1';
    return 503;
  }
  return codes.has('INTERNAL') ? 500 : 200;
}
