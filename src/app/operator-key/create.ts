import { publicId } from '#domain/ids.ts';
import { parseName } from '#domain/name.ts';
import { insertOperatorKey } from '#storage/operator-key-store.ts';

import { newSecret } from '../api-key/secret.ts';
import { INSTALLATION, inTransaction, type AppDeps } from '../transaction.ts';

/**
 * Makes a key of the installation. Only the command line does this, for whoever may run it has the database anyway. The
 * secret is answered here and never again.
 */
export async function createOperatorKey(
  deps: AppDeps,
  actor: string,
  input: { name: string },
): Promise<{ keyId: string; prefix: string; secret: string }> {
  const name = parseName(input.name);
  const { secret, prefix, hash } = newSecret('OPERATOR');
  return inTransaction(deps, { programId: INSTALLATION, actor }, async (tx) => {
    const keyId = deps.newId();
    await insertOperatorKey(tx, { id: keyId, name, prefix }, hash);
    tx.audit({ action: 'operator_key.created', subject: publicId('OperatorKey', keyId), after: { name, prefix } });
    return { keyId, prefix, secret };
  });
}
