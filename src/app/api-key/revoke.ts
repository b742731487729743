import { NotFoundError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { lockApiKey, markRevoked } from '#storage/api-key-store.ts';

import { forgetCaller } from '../caller/resolve.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';

/**
 * Ends a key at once, with every customer token that it minted and every socket that either holds open. Works on an
 * archived program too, and on the key that asks for it. Throws NotFoundError, or StateConflictError when it was revoked
 * before.
 */
export async function revokeApiKey(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { keyId: string },
): Promise<{ keyId: string; replayed: boolean }> {
  const revoked = await mutate(deps, { ...scope, archivedToo: true }, command, async (tx) => {
    const key = await lockApiKey(tx, tx.programId, input.keyId);
    if (key === null) throw new NotFoundError('key', ['apiKeyId']);
    if (key.revokedAt !== null) throw new StateConflictError('This key was revoked before.', 'REVOKED', ['apiKeyId']);
    await markRevoked(tx, tx.programId, key.id, deps.clock());
    tx.emit({ type: 'caller.revoked', keyId: key.id });
    tx.audit({
      action: 'api_key.revoked',
      subject: publicId('ApiKey', key.id),
      before: { prefix: key.prefix, name: key.name },
    });
    return { keyId: key.id };
  });
  forgetCaller(deps, (caller) => 'keyId' in caller && caller.keyId === revoked.keyId);
  return revoked;
}
