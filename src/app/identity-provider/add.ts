import { InvalidInputError, LimitExceededError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { insertProvider, listProviders } from '#storage/identity-provider-store.ts';
import { lockProgram } from '#storage/program-store.ts';

import { CUSTOMER_TOKEN_ISSUER } from '../customer-token/token.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { assertKeyAddress, parseKeySet } from './key-source.ts';

export type IdentityProviderAddInput = {
  issuer: string;
  audience: string;
  /** Exactly one of the two. */
  jwks: Record<string, unknown> | null;
  jwksUri: string | null;
  roleClaim: string;
  adjustmentMax: number | null;
};

const PROVIDERS_MAX = 20;
const CLAIM_VALUE = /^[^\p{Cc}\s]{1,500}$/u;
const CLAIM_NAME = /^[^\p{Cc}]{1,200}$/u;

/**
 * Lets a tenant's staff sign in with tokens of an identity provider. Issuer and audience together name the program, so a
 * pair can be in use once in an installation. Throws InvalidInputError, StateConflictError, LimitExceededError.
 */
export async function addIdentityProvider(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: IdentityProviderAddInput,
): Promise<{ providerId: string; replayed: boolean }> {
  const { issuer, audience, roleClaim, jwksUri, adjustmentMax } = input;
  if (!CLAIM_VALUE.test(issuer) || issuer === CUSTOMER_TOKEN_ISSUER) {
    throw new InvalidInputError('An issuer has 1 to 500 characters without spaces, and is not this service.', [
      'issuer',
    ]);
  }
  if (!CLAIM_VALUE.test(audience))
    throw new InvalidInputError('An audience has 1 to 500 characters without spaces.', ['audience']);
  if (!CLAIM_NAME.test(roleClaim))
    throw new InvalidInputError('The name of a claim has 1 to 200 characters.', ['roleClaim']);
  if (adjustmentMax !== null && adjustmentMax < 1)
    throw new InvalidInputError('adjustmentMax is a whole number of points from 1.', ['adjustmentMax']);
  if ((input.jwks === null) === (jwksUri === null))
    throw new InvalidInputError('Give jwks or jwksUri, not both.', ['jwks']);
  if (jwksUri !== null) assertKeyAddress(jwksUri);
  const jwks = input.jwks === null ? null : await parseKeySet(input.jwks);
  return mutate(deps, scope, command, async (tx) => {
    await lockProgram(tx, tx.programId);
    if ((await listProviders(tx, tx.programId)).length >= PROVIDERS_MAX) {
      throw new LimitExceededError(`A program has at most ${PROVIDERS_MAX} identity providers.`, PROVIDERS_MAX);
    }
    const provider = {
      programId: tx.programId,
      id: deps.newId(),
      issuer,
      audience,
      roleClaim,
      adjustmentMax,
      createdAt: deps.clock(),
      jwks,
      jwksUri,
    };
    if (!(await insertProvider(tx, provider))) {
      throw new StateConflictError('Another identity provider has this issuer and audience.', 'EXISTS', ['audience']);
    }
    tx.audit({
      action: 'identity_provider.added',
      subject: publicId('IdentityProvider', provider.id),
      after: { issuer, audience, roleClaim, jwksUri, adjustmentMax },
    });
    return { providerId: provider.id };
  });
}
