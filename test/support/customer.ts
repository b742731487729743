// Customers for tests: known, and enrolled unless the test says otherwise.
import { randomUUID } from 'node:crypto';

import { upsertCustomer } from '#app/customer/upsert.ts';
import type { CustomerUpsert } from '#domain/customer/upsert.ts';
import { publicId } from '#domain/ids.ts';
import type { Deps } from '#src/deps.ts';

import { aCommand, type TestProgram } from './program.ts';

/** A customer as tests speak of one: `id` is the UUID, `publicId` its outside form. */
export type TestCustomer = { id: string; publicId: string; externalId: string };

/** A new, enrolled customer of the program, or the one of `overrides.externalId` with the given fields. */
export async function aCustomer(
  deps: Deps,
  program: TestProgram,
  overrides: Partial<CustomerUpsert> = {},
): Promise<TestCustomer> {
  const input = { externalId: `customer-${randomUUID()}`, enrol: true, ...overrides };
  const { customerId } = await upsertCustomer(deps, program.scope, aCommand('customerUpsert', input), input);
  return { id: customerId, publicId: publicId('Customer', customerId), externalId: input.externalId };
}
