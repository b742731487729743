// Tokens as identity providers and attackers make them.
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JSONWebKeySet, type JWTPayload } from 'jose';

import { addIdentityProvider } from '#app/identity-provider/add.ts';
import type { Deps } from '#src/deps.ts';

import { aCommand, type TestProgram } from './program.ts';

/** An identity provider with one signing key, as a tenant would run it. */
export type TestProvider = {
  issuer: string;
  audience: string;
  jwks: JSONWebKeySet;
  /** Signs claims, by default a good token of a PROGRAM_MANAGER; null leaves a claim out. */
  sign(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  privateKey: CryptoKey;
};

export async function aProvider(issuer: string, audience: string, alg = 'RS256'): Promise<TestProvider> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `${alg}-1`;
  return {
    issuer,
    audience,
    privateKey,
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }] },
    async sign(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1_000);
      const all = {
        iss: issuer,
        aud: audience,
        sub: 'ann',
        iat: now,
        exp: now + 600,
        laurel_role: 'PROGRAM_MANAGER',
        ...claims,
      };
      const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) as JWTPayload;
      return new SignJWT(kept).setProtectedHeader({ alg, kid, ...header }).sign(privateKey);
    },
  };
}

/** Puts the provider on record with its keys. */
export async function addProvider(
  deps: Deps,
  program: TestProgram,
  provider: TestProvider,
  roleClaim = 'laurel_role',
  adjustmentMax: number | null = null,
): Promise<string> {
  const { issuer, audience } = provider;
  const input = {
    issuer,
    audience,
    jwks: provider.jwks as unknown as Record<string, unknown>,
    jwksUri: null,
    roleClaim,
    adjustmentMax,
  };
  const { providerId } = await addIdentityProvider(deps, program.scope, aCommand('identityProviderAdd', input), input);
  return providerId;
}

/** A token put together by hand, so that header and signature can be anything. */
export function forged(header: Record<string, unknown>, claims: Record<string, unknown>, signature = ''): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.${signature}`;
}

/** The claims of a token, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
}
