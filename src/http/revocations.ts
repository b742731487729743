import { forgetCaller } from '#app/caller/resolve.ts';
import type { Caller } from '#domain/caller.ts';
import type { Deps } from '#src/deps.ts';

import type { LiveConnections } from './connections.ts';

/** Which key, customer's tokens or identity provider no longer counts: from now on, or a rotated key from `endsAt`. */
type Revocation = {
  programId: string;
  keyId: string | null;
  customerId: string | null;
  providerId: string | null;
  endsAt: string | null;
};

/**
 * Ends the live connections of revoked callers at once, in every process. What is announced while Redis is away is made up
 * for afterwards: then every live caller is asked for again.
 */
export function watchRevocations(deps: Deps, connections: LiveConnections): () => void {
  const listening = deps.live.listen('revoked', null, (revocation) => {
    const concerns = (caller: Caller): boolean => concernsCaller(revocation, caller);
    forgetCaller(deps, concerns);
    if (revocation.endsAt === null) connections.closeWhere(concerns);
    else connections.expireWhere(concerns, new Date(revocation.endsAt));
  });
  const stopResets = deps.live.onReset(() => void connections.recheck());
  return () => {
    stopResets();
    listening.stop();
  };
}

/** A revoked key takes the tokens with it that it minted; one that was rotated does not. */
export function concernsCaller(revocation: Revocation, caller: Caller): boolean {
  const { keyId, customerId, providerId, endsAt } = revocation;
  if (keyId !== null && 'keyId' in caller && caller.keyId === keyId)
    return endsAt === null || caller.kind !== 'CUSTOMER';
  if (!('programId' in caller) || caller.programId !== revocation.programId) return false;
  if (customerId !== null && caller.kind === 'CUSTOMER' && caller.customerId === customerId) return true;
  return providerId !== null && 'providerId' in caller && caller.providerId === providerId;
}
