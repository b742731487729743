import { resolveAtOnce } from '#app/caller/resolve.ts';
import { isUnavailable } from '#app/transaction.ts';
import type { Caller } from '#domain/caller.ts';
import { ForbiddenError, UnauthenticatedError, UnavailableError } from '#domain/errors.ts';
import type { Deps } from '#src/deps.ts';

import { Refusal } from './refusal.ts';

const BEARER = /^Bearer +([^\s]{1,8000})$/i;
const CHALLENGE = { 'www-authenticate': 'Bearer realm="laurel"' };

/**
 * Who sends this authorization, `Bearer <key or token>`; nobody when there is none. Throws a Refusal: 401 for what is
 * malformed, unknown, expired or revoked, 403 for a known caller from a foreign origin, 503 while it cannot be checked.
 * Answers at once, without a promise, whoever was known a moment ago.
 */
export function identifyCaller(
  deps: Deps,
  authorization: string | undefined,
  origin: string | undefined,
): Caller | Promise<Caller> {
  const bearer = authorization === undefined ? null : BEARER.exec(authorization)?.[1];
  if (bearer === undefined) {
    throw new Refusal(401, 'UNAUTHENTICATED', 'The authorization must read: Bearer <key or token>.', {
      headers: CHALLENGE,
    });
  }
  try {
    const caller = resolveAtOnce(deps, bearer, origin ?? null);
    return caller instanceof Promise ? caller.catch(turnAway) : caller;
  } catch (error) {
    return turnAway(error);
  }
}

function turnAway(error: unknown): never {
  if (error instanceof UnauthenticatedError) throw new Refusal(401, error.code, error.message, { headers: CHALLENGE });
  if (error instanceof ForbiddenError) throw new Refusal(403, error.code, error.message);
  if (error instanceof UnavailableError || isUnavailable(error)) {
    throw new Refusal(503, 'UNAVAILABLE', 'The key cannot be checked for the moment. Try again.', {
      headers: { 'retry-after': '1' },
    });
  }
  throw error;
}

/** For a connection that stays open: whether what opened it still counts. In doubt it does. */
export async function isStillWelcome(
  deps: Deps,
  authorization: string | undefined,
  origin: string | undefined,
): Promise<boolean> {
  try {
    await identifyCaller(deps, authorization, origin);
    return true;
  } catch (error) {
    return !(error instanceof Refusal) || error.status >= 500;
  }
}
