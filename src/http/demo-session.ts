import { randomUUID } from 'node:crypto';

import { mintCustomerToken } from '#app/customer-token/mint.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import type { Deps } from '#src/deps.ts';
import { findDemoCustomers, findDemoKey } from '#storage/demo-store.ts';

import { jsonReply } from './reply.ts';
import type { Reply } from './result.ts';

const SECONDS = 3_600;
const CUSTOMERS_SHOWN = 30;
/** A visitor begins a few places from the top, where a little activity already moves the board. */
const FIRST_SHOWN = 4;
const EXTERNAL_ID = /^[\w-]{1,64}$/;

/**
 * What the demo page needs to act as a customer of the demo program: a token, and whom else it could be. It stands in for
 * the tenant's own server, which would mint the token for whoever is signed in. Only there when a demo program is named,
 * which production refuses. Null without one, or for a customer who does not exist.
 */
export async function demoSession(deps: Deps, query: URLSearchParams): Promise<Reply | null> {
  const programId = deps.config.demoProgram === null ? null : uuidOf('Program', deps.config.demoProgram);
  const externalId = query.get('customer') ?? '';
  if (programId === null || (externalId !== '' && !EXTERNAL_ID.test(externalId))) return null;
  const key = await findDemoKey(deps.reads, programId);
  const customers = await findDemoCustomers(deps.reads, programId, CUSTOMERS_SHOWN);
  const customer = externalId === '' ? (customers[FIRST_SHOWN] ?? customers[0])?.externalId : externalId;
  if (key === null || customer === undefined) return null;
  const actor = `key:${publicId('ApiKey', key)}`;
  const input = { customer: { externalId: customer }, ttlSeconds: SECONDS };
  const { token, customerId } = await mintCustomerToken(
    deps,
    { programId, actor, keyId: key, providerId: null },
    { mutation: 'customerTokenMint', idempotencyKey: randomUUID(), input },
    input,
  );
  return jsonReply(200, { token, customerId: publicId('Customer', customerId), externalId: customer, customers });
}
