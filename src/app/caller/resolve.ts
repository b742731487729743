import { ANONYMOUS, type Caller } from '#domain/caller.ts';
import { ForbiddenError, UnauthenticatedError } from '#domain/errors.ts';

import { keyKindOf } from '../api-key/secret.ts';
import { CUSTOMER_TOKEN_ISSUER } from '../customer-token/token.ts';
import type { AppDeps } from '../transaction.ts';
import { identifyCustomer } from './identify-customer.ts';
import { identifyKey } from './identify-key.ts';
import { identifyStaff } from './identify-staff.ts';
import { readUnverified } from './unverified.ts';

/**
 * Who sends this key or token (the part of the authorization header after `Bearer `), null being nobody. `origin` is the
 * browser's Origin header; a publishable key with allowed origins is taken from those alone.
 *
 * Answers are repeated for up to a second; `forgetCaller` ends that at once in this process. Throws UnauthenticatedError
 * for what is unknown, expired or revoked, ForbiddenError for a known caller without a role or from a foreign origin,
 * UnavailableError when an identity provider's keys cannot be fetched. A key of an archived program still reads.
 */
export async function resolveCaller(
  deps: AppDeps,
  bearer: string | null,
  origin: string | null = null,
): Promise<Caller> {
  return resolveAtOnce(deps, bearer, origin);
}

/** The same for whoever answers very many requests: at once, and throwing at once, while the answer is known. */
export function resolveAtOnce(deps: AppDeps, bearer: string | null, origin: string | null): Caller | Promise<Caller> {
  if (bearer === null) return ANONYMOUS;
  const caller = deps.callers.remember(bearer, () => identify(deps, bearer));
  return caller instanceof Promise
    ? caller.then((found) => welcome(deps, found, origin))
    : welcome(deps, caller, origin);
}

/** The caller, if what it sent still counts and counts here. */
function welcome(deps: AppDeps, caller: Caller, origin: string | null): Caller {
  if (caller.expiresAt !== null && caller.expiresAt <= deps.clock())
    throw new UnauthenticatedError('This key or token has expired.');
  if (caller.kind === 'PUBLISHABLE_KEY' && caller.allowedOrigins.length > 0) {
    if (origin === null || !caller.allowedOrigins.includes(origin))
      throw new ForbiddenError('This key may not be used from this origin.');
  }
  return caller;
}

/** Makes this process ask the record again about callers of which the predicate holds. */
export function forgetCaller(deps: AppDeps, predicate: (caller: Caller) => boolean): void {
  deps.callers.forget(predicate);
}

/** The kind is told by form and by an issuer that is not yet believed; each way then verifies by itself. */
function identify(deps: AppDeps, bearer: string): Promise<Caller> {
  const kind = keyKindOf(bearer);
  if (kind !== null) return identifyKey(deps, kind, bearer);
  const { issuer, audiences } = readUnverified(bearer);
  return issuer === CUSTOMER_TOKEN_ISSUER
    ? identifyCustomer(deps, bearer)
    : identifyStaff(deps, bearer, issuer, audiences);
}
