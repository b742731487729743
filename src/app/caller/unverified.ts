import { decodeJwt, errors, type JWTPayload } from 'jose';

import { UnauthenticatedError } from '#domain/errors.ts';

const TOKEN_LENGTH_MAX = 8_192;
const AUDIENCES_MAX = 10;
const CLAIM_LENGTH_MAX = 2_000;

export const unknownCaller = (): UnauthenticatedError => new UnauthenticatedError('This key or token is not valid.');

/** Issuer and audiences as the token claims them: good for finding out who could verify it, and for nothing else. */
export function readUnverified(token: string): { issuer: string; audiences: string[] } {
  if (token.length > TOKEN_LENGTH_MAX) throw unknownCaller();
  const { iss: issuer, aud } = decode(token);
  const audiences = typeof aud === 'string' ? [aud] : (aud ?? []);
  const claims: unknown[] = [issuer, ...audiences];
  const usable = (claim: unknown): claim is string =>
    typeof claim === 'string' && claim.length <= CLAIM_LENGTH_MAX && !claim.includes('\0');
  if (typeof issuer !== 'string' || audiences.length > AUDIENCES_MAX || !claims.every(usable)) throw unknownCaller();
  return { issuer, audiences };
}

function decode(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch (error) {
    if (error instanceof errors.JOSEError) throw unknownCaller();
    throw error;
  }
}
