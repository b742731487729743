import { decodeJwt, errors, type JWTPayload } from 'jose';

import { UnauthenticatedError } from '#domain/errors.ts';

const TOKEN_LENGTH_MAX = 8_192;
const AUDIENCES_MAX = 10;
const CLAIM_LENGTH_MAX = 2_000;

export const unknownCaller = (): UnauthenticatedError => new UnauthenticatedError('This key or token is not valid.');

/** Issuer and audiences as the token claims them: good for finding out who could verify it, and for nothing else. */
export function readUnverified(token: string): { issuer: string; audiences: string[] } {
  if (token.length > TOKEN_LENGTH_MAX) throw unknownCaller();
  // The types say what these claims should be; an attacker's token may hold anything.
  const { iss: issuer, aud }: Record<string, unknown> = decode(token);
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!isClaim(issuer) || audiences.length > AUDIENCES_MAX || !audiences.every(isClaim)) throw unknownCaller();
  return { issuer, audiences };
}

const isClaim = (claim: unknown): claim is string =>
  typeof claim === 'string' && claim.length <= CLAIM_LENGTH_MAX && !claim.includes('\0');

function decode(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch (error) {
    if (error instanceof errors.JOSEError) throw unknownCaller();
    throw error;
  }
}
