import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';

import { publicId, uuidOf } from '#domain/ids.ts';

/** No identity provider can be added under this issuer. */
export const CUSTOMER_TOKEN_ISSUER = 'laurel';
/** The only algorithm: the token does not get to choose. */
const ALGORITHM = 'HS256';
export const TOKEN_SECONDS_MAX = 86_400;
const CLOCK_TOLERANCE_SECONDS = 5;

/** What a customer token says. Exactly one of keyId and providerId names who minted it. All ids are UUIDs. */
export type CustomerToken = {
  programId: string;
  customerId: string;
  keyId: string | null;
  providerId: string | null;
  /** Microseconds since 1970 by the database's clock: finer than `iat`, so that a revocation has a sharp edge. */
  mintedAtUs: number;
  expiresAt: Date;
};

/** Signs a token with the installation's secret. */
export async function signCustomerToken(tokenKey: Uint8Array, token: CustomerToken): Promise<string> {
  const minter =
    token.keyId === null
      ? { idp: publicId('IdentityProvider', token.providerId ?? '') }
      : { key: publicId('ApiKey', token.keyId) };
  return new SignJWT({ ...minter, minted: token.mintedAtUs })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setIssuer(CUSTOMER_TOKEN_ISSUER)
    .setAudience(publicId('Program', token.programId))
    .setSubject(publicId('Customer', token.customerId))
    .setIssuedAt(Math.floor(token.mintedAtUs / 1_000_000))
    .setExpirationTime(Math.floor(token.expiresAt.getTime() / 1_000))
    .sign(tokenKey);
}

/** Reads a token that this installation signed and that has not expired at `now`; null for anything else. */
export async function verifyCustomerToken(
  tokenKey: Uint8Array,
  text: string,
  now: Date,
): Promise<CustomerToken | null> {
  try {
    const { payload } = await jwtVerify(text, tokenKey, {
      algorithms: [ALGORITHM],
      issuer: CUSTOMER_TOKEN_ISSUER,
      requiredClaims: ['aud', 'sub', 'iat', 'exp', 'minted'],
      currentDate: now,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    return readClaims(payload);
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

function readClaims({ aud, sub, iat = 0, exp = Infinity, minted, key, idp }: JWTPayload): CustomerToken | null {
  const programId = typeof aud === 'string' ? uuidOf('Program', aud) : null;
  const customerId = typeof sub === 'string' ? uuidOf('Customer', sub) : null;
  const keyId = typeof key === 'string' ? uuidOf('ApiKey', key) : null;
  const providerId = typeof idp === 'string' ? uuidOf('IdentityProvider', idp) : null;
  if (programId === null || customerId === null || typeof minted !== 'number' || exp - iat > TOKEN_SECONDS_MAX)
    return null;
  return { programId, customerId, keyId, providerId, mintedAtUs: minted, expiresAt: new Date(exp * 1_000) };
}
