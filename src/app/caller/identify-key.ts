import {
  grantedPermissions,
  OPERATOR_PERMISSIONS,
  PUBLISHABLE_PERMISSIONS,
  type OperatorCaller,
  type PublishableKeyCaller,
  type SecretKeyCaller,
} from '#domain/caller.ts';
import { UnauthenticatedError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { findKeyByHash, findOperatorKeyByHash, touchKey, type KnownKey } from '#storage/caller-store.ts';
import { statementsOf } from '#storage/postgres.ts';

import { hashSecret, type KeyKind } from '../api-key/secret.ts';
import type { AppDeps } from '../transaction.ts';
import { unknownCaller } from './unverified.ts';

/** Finds a key by its hash. Throws UnauthenticatedError when there is none, or it was revoked. */
export async function identifyKey(
  deps: AppDeps,
  kind: KeyKind,
  secret: string,
): Promise<SecretKeyCaller | PublishableKeyCaller | OperatorCaller> {
  if (kind === 'OPERATOR') return identifyOperator(deps, secret);
  const key = await findKeyByHash(statementsOf(deps.postgres), kind, hashSecret(secret));
  if (key === null) throw unknownCaller();
  if (key.revoked) throw revokedKey();
  if (key.unusedLately) noteUse(deps, key);
  const { programId, id: keyId, expiresAt } = key;
  const known = { programId, keyId, expiresAt, actor: `key:${publicId('ApiKey', keyId)}` };
  if (key.role === null) {
    const permissions = new Set(PUBLISHABLE_PERMISSIONS);
    return { ...known, kind: 'PUBLISHABLE_KEY', permissions, allowedOrigins: key.allowedOrigins };
  }
  const permissions = grantedPermissions(key.role, key.scopes);
  return { ...known, kind: 'SECRET_KEY', role: key.role, permissions, adjustmentMax: key.adjustmentMax };
}

async function identifyOperator(deps: AppDeps, secret: string): Promise<OperatorCaller> {
  const key = await findOperatorKeyByHash(statementsOf(deps.postgres), hashSecret(secret));
  if (key === null) throw unknownCaller();
  if (key.revoked) throw revokedKey();
  const actor = `operator:${publicId('OperatorKey', key.id)}`;
  return { kind: 'OPERATOR', keyId: key.id, actor, permissions: new Set(OPERATOR_PERMISSIONS), expiresAt: null };
}

/** The caller does not wait for this, and is not refused when it fails: it is a hint for people who tidy up keys. */
function noteUse(deps: AppDeps, key: KnownKey): void {
  touchKey(statementsOf(deps.postgres), key.programId, key.id).catch((error: unknown) => {
    deps.log.debug({ err: error }, 'the use of a key was not noted');
  });
}

const revokedKey = (): UnauthenticatedError => new UnauthenticatedError('This key was revoked.');
