import { InvalidInputError, NotFoundError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { insertApiKey, lockApiKey, markRotated, type ApiKeyRecord } from '#storage/api-key-store.ts';

import { forgetCaller } from '../caller/resolve.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Tx } from '../transaction.ts';
import { assertMayGrant, type Grant, type Grantor } from './grant.ts';
import { newSecret, type NewSecret } from './secret.ts';

export const OVERLAP_MINUTES_DEFAULT = 1_440;
export const OVERLAP_MINUTES_MAX = 43_200;

export type ApiKeyRotateInput = {
  keyId: string;
  /** How long the old key is still taken; 0 ends it at once. */
  overlapMinutes: number;
  /** When the new key ends; left out, it lives as long as the old one was made to, and for ever if that was. */
  expiresAt?: Date | null;
};

/** The secret is answered by the first call alone: it is not stored, so a replay answers null. */
export type ApiKeyRotated = { keyId: string; oldKeyId: string; secret: string | null };

/**
 * Makes a key that can do what the old one can, and lets the old one end after an overlap (sooner if it was to end sooner).
 * Customer tokens that the old key minted live on. Throws InvalidInputError, NotFoundError, StateConflictError when the
 * old key was revoked, expired or rotated before, ForbiddenError when it holds more than the grantor.
 */
export async function rotateApiKey(
  deps: AppDeps,
  grantor: Grantor,
  command: Command,
  input: ApiKeyRotateInput,
): Promise<ApiKeyRotated & { replayed: boolean }> {
  const { overlapMinutes } = input;
  if (!Number.isInteger(overlapMinutes) || overlapMinutes < 0 || overlapMinutes > OVERLAP_MINUTES_MAX) {
    throw new InvalidInputError(`The overlap is 0 to ${OVERLAP_MINUTES_MAX} minutes.`, ['overlapMinutes']);
  }
  let fresh: NewSecret | null = null;
  const rotated = await mutate(deps, grantor, command, async (tx) => {
    const now = deps.clock();
    const old = await lockApiKey(tx, tx.programId, input.keyId);
    if (old === null) throw new NotFoundError('key', ['apiKeyId']);
    assertRotatable(old, now);
    assertMayGrant(grantor, grantOf(old));
    fresh = newSecret(old.kind);
    const keyId = await insertSuccessor(deps, tx, old, fresh, successorEnd(old, input.expiresAt, now));
    const overlapEnd = new Date(now.getTime() + overlapMinutes * 60_000);
    const oldEnd = old.expiresAt !== null && old.expiresAt < overlapEnd ? old.expiresAt : overlapEnd;
    await markRotated(tx, tx.programId, old.id, { id: keyId, expiresAt: oldEnd });
    tx.emit({ type: 'caller.revoked', keyId: old.id, endsAt: oldEnd.toISOString() });
    tx.audit({
      action: 'api_key.rotated',
      subject: publicId('ApiKey', old.id),
      before: { expiresAt: old.expiresAt },
      after: { expiresAt: oldEnd, rotatedTo: publicId('ApiKey', keyId) },
    });
    return { keyId, oldKeyId: old.id };
  });
  forgetCaller(deps, (caller) => 'keyId' in caller && caller.keyId === rotated.oldKeyId);
  return { ...rotated, secret: rotated.replayed ? null : secretOf(fresh) };
}

function assertRotatable(key: ApiKeyRecord, now: Date): void {
  if (key.revokedAt !== null) throw new StateConflictError('This key was revoked.', 'REVOKED', ['apiKeyId']);
  if (key.rotatedTo !== null)
    throw new StateConflictError('This key was rotated before; rotate its successor.', 'ROTATED', ['apiKeyId']);
  if (key.expiresAt !== null && key.expiresAt <= now)
    throw new StateConflictError('This key has expired.', 'EXPIRED', ['apiKeyId']);
}

function grantOf(key: ApiKeyRecord): Grant {
  return key.role === null
    ? { kind: 'PUBLISHABLE' }
    : { kind: 'SECRET', role: key.role, scopes: key.scopes, adjustmentMax: key.adjustmentMax };
}

function successorEnd(old: ApiKeyRecord, wanted: Date | null | undefined, now: Date): Date | null {
  if (wanted !== undefined && wanted !== null && wanted <= now)
    throw new InvalidInputError('expiresAt lies in the past.', ['expiresAt']);
  if (wanted !== undefined || old.expiresAt === null) return wanted ?? null;
  return new Date(now.getTime() + old.expiresAt.getTime() - old.createdAt.getTime());
}

async function insertSuccessor(
  deps: AppDeps,
  tx: Tx,
  old: ApiKeyRecord,
  { prefix, hash }: NewSecret,
  expiresAt: Date | null,
): Promise<string> {
  const id = deps.newId();
  await insertApiKey(tx, { ...old, id, prefix, createdAt: deps.clock(), createdBy: tx.actor, expiresAt }, hash);
  return id;
}

/** The closure above sets it in every first run, which the compiler cannot see. */
function secretOf(fresh: NewSecret | null): string | null {
  return fresh?.secret ?? null;
}
