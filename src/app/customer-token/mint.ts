import { InvalidInputError, NotFoundError, StateConflictError } from '#domain/errors.ts';
import { findMintSubject } from '#storage/caller-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { signCustomerToken, TOKEN_SECONDS_MAX } from './token.ts';

const TOKEN_SECONDS_MIN = 60;

export type CustomerTokenMintInput = {
  customer: { id: string } | { externalId: string };
  /** 60 to 86,400. */
  ttlSeconds: number;
};

/** Who asks, which the token names: it ends with them. */
export type Minter = Scope & ({ keyId: string; providerId: null } | { keyId: null; providerId: string });

/**
 * A short-lived token for one customer. What is stored under the idempotency key is what the token says and not the token:
 * a replay signs the same again, and so answers the same token. Throws InvalidInputError, NotFoundError,
 * StateConflictError for a blocked customer.
 */
export async function mintCustomerToken(
  deps: AppDeps,
  minter: Minter,
  command: Command,
  input: CustomerTokenMintInput,
): Promise<{ customerId: string; token: string; expiresAt: Date; replayed: boolean }> {
  const { ttlSeconds } = input;
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < TOKEN_SECONDS_MIN || ttlSeconds > TOKEN_SECONDS_MAX) {
    throw new InvalidInputError(`A token lives ${TOKEN_SECONDS_MIN} to ${TOKEN_SECONDS_MAX} seconds.`, ['ttlSeconds']);
  }
  const { programId, keyId, providerId } = minter;
  const minted = await mutate(deps, minter, command, async (tx) => {
    const subject = await findMintSubject(tx, tx.programId, input.customer);
    if (subject === null) throw new NotFoundError('customer', ['id' in input.customer ? 'customerId' : 'externalId']);
    if (subject.blocked) throw new StateConflictError('A blocked customer gets no tokens.', 'BLOCKED');
    const expiresAtSeconds = Math.floor(subject.nowUs / 1_000_000) + ttlSeconds;
    return { customerId: subject.id, keyId, providerId, mintedAtUs: subject.nowUs, expiresAtSeconds };
  });
  const expiresAt = new Date(minted.expiresAtSeconds * 1_000);
  const token = await signCustomerToken(deps.tokenKey, { ...minted, programId, expiresAt });
  return { customerId: minted.customerId, token, expiresAt, replayed: minted.replayed };
}
