import { NotFoundError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { supersedeTokens } from '#storage/caller-store.ts';

import { forgetCaller } from '../caller/resolve.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';

/** Ends every token that was minted for a customer until now, and the sockets that hold one. Throws NotFoundError. */
export async function revokeCustomerTokens(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { customerId: string },
): Promise<{ customerId: string; replayed: boolean }> {
  const revoked = await mutate(deps, { ...scope, archivedToo: true }, command, async (tx) => {
    if (!(await supersedeTokens(tx, tx.programId, input.customerId)))
      throw new NotFoundError('customer', ['customerId']);
    tx.emit({ type: 'caller.revoked', customerId: input.customerId });
    tx.audit({ action: 'customer_tokens.revoked', subject: publicId('Customer', input.customerId) });
    return { customerId: input.customerId };
  });
  forgetCaller(deps, (caller) => caller.kind === 'CUSTOMER' && caller.customerId === revoked.customerId);
  return revoked;
}
