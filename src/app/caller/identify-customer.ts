import { CUSTOMER_PERMISSIONS, type CustomerCaller } from '#domain/caller.ts';
import { UnauthenticatedError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { findTokenGround } from '#storage/caller-store.ts';
import { statementsOf } from '#storage/postgres.ts';

import { verifyCustomerToken } from '../customer-token/token.ts';
import type { AppDeps } from '../transaction.ts';
import { unknownCaller } from './unverified.ts';

/**
 * The customer for whom a token was minted. Throws UnauthenticatedError unless the signature is ours, the token has not
 * expired, no later call ended it, whoever minted it still may, and the customer is not blocked.
 */
export async function identifyCustomer(deps: AppDeps, text: string): Promise<CustomerCaller> {
  const token = await verifyCustomerToken(deps.tokenKey, text, deps.clock());
  if (token === null) throw unknownCaller();
  const ground = await findTokenGround(statementsOf(deps.postgres), token);
  if (ground === null) throw unknownCaller();
  if (ground.superseded || ground.minterGone) throw new UnauthenticatedError('This token was revoked.');
  if (ground.blocked) throw new UnauthenticatedError('This customer is blocked.');
  return {
    kind: 'CUSTOMER',
    programId: token.programId,
    customerId: token.customerId,
    keyId: token.keyId,
    providerId: token.providerId,
    actor: `customer:${publicId('Customer', token.customerId)}`,
    permissions: new Set(CUSTOMER_PERMISSIONS),
    expiresAt: token.expiresAt,
  };
}
