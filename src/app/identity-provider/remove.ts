import { NotFoundError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { removeProvider } from '#storage/identity-provider-store.ts';

import { forgetCaller } from '../caller/resolve.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';

/**
 * Ends an identity provider at once: tokens of its people are refused, with every customer token that they minted. Throws
 * NotFoundError when there is none, or it was removed before.
 */
export async function removeIdentityProvider(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { providerId: string },
): Promise<{ providerId: string; replayed: boolean }> {
  const removed = await mutate(deps, { ...scope, archivedToo: true }, command, async (tx) => {
    const { providerId } = input;
    if (!(await removeProvider(tx, tx.programId, providerId, deps.clock())))
      throw new NotFoundError('identity provider', ['identityProviderId']);
    tx.emit({ type: 'caller.revoked', providerId });
    tx.audit({ action: 'identity_provider.removed', subject: publicId('IdentityProvider', providerId) });
    return { providerId };
  });
  forgetCaller(deps, (caller) => 'providerId' in caller && caller.providerId === removed.providerId);
  return removed;
}
