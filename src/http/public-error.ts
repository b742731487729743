import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';

import { databaseCode, isUnavailable } from '#app/transaction.ts';
import { ForbiddenError, UnauthenticatedError, UnavailableError, UserError } from '#domain/errors.ts';

import { LIMITS } from './limits.ts';
import { TOP_LEVEL_CODES, type TopLevelCode } from './refusal.ts';

/** An error as callers see it: a message for them, one of the codes, the request's id, and data that helps. */
export type PublicError = GraphQLFormattedError & { extensions: { code: TopLevelCode; requestId: string } };

type Verdict = { code: TopLevelCode; message: string; details?: Record<string, unknown> };

const CODES: ReadonlySet<unknown> = new Set(TOP_LEVEL_CODES);
/** Extensions that are notes between the layers of this server, or that libraries put in for developers. */
const INTERNAL_NOTES = new Set(['code', 'http', 'requestId', 'unexpected', 'originalError', 'exception', 'stacktrace']);
/** Prisma's codes for a database that is away, and for a pool that gave no connection in time. */
const PRISMA_UNAVAILABLE = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);

/**
 * What leaves the house for an error. Errors meant for callers keep their message; anything else becomes INTERNAL, is
 * logged with its cause under the request's id, and tells nothing.
 */
export function toPublicError(error: unknown, requestId: string, log: Logger): PublicError {
  const { code, message, details } = judge(error);
  if (code === 'INTERNAL') log.error({ requestId, err: rootCause(error), path: pathOf(error) }, 'operation failed');
  if (code === 'UNAVAILABLE') log.warn({ requestId, err: rootCause(error), path: pathOf(error) }, 'a store is away');
  return {
    message: message.length > LIMITS.messageCharacters ? `${message.slice(0, LIMITS.messageCharacters)}…` : message,
    ...(error instanceof GraphQLError && error.locations !== undefined ? { locations: error.locations } : {}),
    ...(error instanceof GraphQLError && error.path !== undefined ? { path: error.path } : {}),
    extensions: { ...details, code, ...(code === 'UNAVAILABLE' ? { retryable: true } : {}), requestId },
  };
}

/** Status and headers that an error asks of an HTTP answer; a status `in spec` applies to application/graphql-response+json alone. */
export function httpNotesOf(error: unknown): { status: number; spec: boolean; headers: Record<string, string> } | null {
  const notes =
    error instanceof GraphQLError ? (error.extensions?.['http'] as Record<string, unknown> | undefined) : undefined;
  if (notes === undefined || typeof notes['status'] !== 'number') return null;
  return {
    status: notes['status'],
    spec: notes['spec'] === true,
    headers: (notes['headers'] as Record<string, string> | undefined) ?? {},
  };
}

function judge(error: unknown): Verdict {
  const cause = rootCause(error);
  if (cause instanceof UnauthenticatedError || cause instanceof ForbiddenError)
    return { code: cause.code, message: cause.message };
  if (cause instanceof UnavailableError) return { code: cause.code, message: cause.message };
  // A refusal that a field has no union for: the message was written for callers.
  if (cause instanceof UserError)
    return { code: 'BAD_USER_INPUT', message: cause.message, details: { reason: cause.code } };
  if (cause instanceof GraphQLError) return judgeGraphQLError(cause, error);
  if (isStoreAway(cause)) return { code: 'UNAVAILABLE', message: 'A store is away for the moment. Try again.' };
  // PostgreSQL takes no NUL in text or JSON, which no caller can mean.
  if (['22021', '22P05'].includes(databaseCode(cause)))
    return { code: 'BAD_USER_INPUT', message: 'Text must not contain NUL.' };
  return { code: 'INTERNAL', message: 'Something went wrong on our side. Quote the request id when you report it.' };
}

function judgeGraphQLError(cause: GraphQLError, error: unknown): Verdict {
  const extensions: Record<string, unknown> = cause.extensions ?? {};
  const details = Object.fromEntries(Object.entries(extensions).filter(([name]) => !INTERNAL_NOTES.has(name)));
  const message = error instanceof GraphQLError ? error.message : cause.message;
  if (CODES.has(extensions['code'])) return { code: extensions['code'] as TopLevelCode, message, details };
  const notes = httpNotesOf(cause);
  if (notes !== null && notes.status < 500) return { code: 'BAD_USER_INPUT', message };
  return { code: 'INTERNAL', message: 'Something went wrong on our side. Quote the request id when you report it.' };
}

/** The error that was thrown, from under the wrappers that name a place in the query. */
function rootCause(error: unknown): unknown {
  let at = error;
  while (at instanceof GraphQLError && at.originalError !== undefined && at.originalError !== null)
    at = at.originalError;
  return at;
}

function pathOf(error: unknown): string | undefined {
  return error instanceof GraphQLError ? error.path?.join('.') : undefined;
}

function isStoreAway(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  if (cause.name === 'MaxRetriesPerRequestError' || cause.message === 'Connection is closed.') return true;
  if ('code' in cause && PRISMA_UNAVAILABLE.has(String(cause.code))) return true;
  return isUnavailable(cause);
}
