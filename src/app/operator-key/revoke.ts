import { NotFoundError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { revokeOperatorKeyRow } from '#storage/operator-key-store.ts';

import { forgetCaller } from '../caller/resolve.ts';
import { INSTALLATION, inTransaction, type AppDeps } from '../transaction.ts';

/** Ends a key of the installation at once. Throws NotFoundError when there is none, or it was revoked before. */
export async function revokeOperatorKey(deps: AppDeps, actor: string, input: { keyId: string }): Promise<void> {
  await inTransaction(deps, { programId: INSTALLATION, actor }, async (tx) => {
    if (!(await revokeOperatorKeyRow(tx, input.keyId))) throw new NotFoundError('operator key');
    tx.emit({ type: 'caller.revoked', keyId: input.keyId });
    tx.audit({ action: 'operator_key.revoked', subject: publicId('OperatorKey', input.keyId) });
  });
  forgetCaller(deps, (caller) => caller.kind === 'OPERATOR' && caller.keyId === input.keyId);
}
