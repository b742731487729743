import { errors, jwtVerify, type JWTPayload } from 'jose';

import { ROLE_PERMISSIONS, ROLES, type Role, type StaffCaller } from '#domain/caller.ts';
import { ForbiddenError, UnauthenticatedError, UnavailableError } from '#domain/errors.ts';
import { findProvidersFor, type IdentityProviderRecord } from '#storage/identity-provider-store.ts';
import { statementsOf } from '#storage/postgres.ts';

import type { AppDeps } from '../transaction.ts';
import { unknownCaller } from './unverified.ts';

/** Public-key algorithms alone: neither `none`, nor one that could take a public key for a shared secret. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
/** Most points that one manual adjustment of this person may move; it may only narrow what the provider allows. */
const ADJUSTMENT_CLAIM = 'laurel_adjustment_max';
const CLOCK_TOLERANCE_SECONDS = 5;
const SUBJECT = /^[^\p{Cc}]{1,255}$/u;

/**
 * A person of the tenant's team, by a token of the tenant's identity provider. Issuer and audience together name the
 * provider and with it the program; the provider's own keys then decide. Throws UnauthenticatedError, ForbiddenError when
 * the token names no role, UnavailableError when the keys cannot be fetched.
 */
export async function identifyStaff(
  deps: AppDeps,
  token: string,
  issuer: string,
  audiences: readonly string[],
): Promise<StaffCaller> {
  const [provider, another] = await findProvidersFor(statementsOf(deps.postgres), issuer, audiences);
  if (provider === undefined || another !== undefined) throw unknownCaller();
  const payload = await verify(deps, token, provider);
  const { sub: subject, exp } = payload;
  if (subject === undefined || exp === undefined || !SUBJECT.test(subject)) throw unknownCaller();
  const role = roleIn(payload[provider.roleClaim]);
  if (role === null)
    throw new ForbiddenError(`The claim ${provider.roleClaim} names none of the roles ${ROLES.join(', ')}.`);
  return {
    kind: 'STAFF',
    programId: provider.programId,
    providerId: provider.id,
    subject,
    role,
    adjustmentMax: adjustmentLimit(provider.adjustmentMax, payload[ADJUSTMENT_CLAIM]),
    actor: `staff:${subject}`,
    permissions: new Set(ROLE_PERMISSIONS[role]),
    expiresAt: new Date(exp * 1_000),
  };
}

async function verify(deps: AppDeps, token: string, provider: IdentityProviderRecord): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, deps.keySets.of(provider), {
      algorithms: ALGORITHMS,
      issuer: provider.issuer,
      audience: provider.audience,
      requiredClaims: ['sub', 'exp'],
      currentDate: deps.clock(),
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new UnauthenticatedError('This token has expired.');
    if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) throw unknownCaller();
    if (provider.jwksUri === null) throw error;
    deps.log.warn({ err: error, providerId: provider.id }, 'the keys of an identity provider cannot be fetched');
    throw new UnavailableError("The identity provider's keys cannot be fetched. Retry.", { cause: error });
  }
}

function adjustmentLimit(allowed: number | null, claim: unknown): number | null {
  if (claim === undefined) return allowed;
  if (typeof claim !== 'number' || !Number.isSafeInteger(claim) || claim < 1)
    throw new ForbiddenError(`The claim ${ADJUSTMENT_CLAIM} is a whole number of points from 1.`);
  return allowed === null ? claim : Math.min(allowed, claim);
}

/** The claim is a role, or a list of which the first that is a role counts. */
function roleIn(claim: unknown): Role | null {
  const names: unknown[] = Array.isArray(claim) ? claim : [claim];
  const isRole = (name: unknown): name is Role => ROLES.some((role) => role === name);
  return names.find(isRole) ?? null;
}
