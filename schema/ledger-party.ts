import { findCustomer } from '#app/customer/find.ts';
import type { CustomerName } from '#app/ledger/parties.ts';
import { ForbiddenError, InvalidInputError } from '#domain/errors.ts';
import { uuidOf } from '#domain/ids.ts';
import type { PointCurrency } from '#domain/program/program.ts';

import { programOf, type Context } from './context.ts';
import { maySeeLedgerOf } from './loaders/ledger.ts';
import { badUserInput } from './paging.ts';

type Id = string | number;
type Named = { customerId?: Id | null | undefined; customerExternalId?: string | null | undefined };

/** The customer that a mutation's input names, by exactly one of its two fields. Throws InvalidInputError. */
export function customerNameOf(
  id: Id | null | undefined,
  externalId: string | null | undefined,
  field = 'customerId',
): CustomerName {
  const hasId = id !== null && id !== undefined;
  const hasExternalId = externalId !== null && externalId !== undefined;
  if (hasId === hasExternalId)
    throw new InvalidInputError('Name the customer by id or by external id, one of the two.', [field]);
  return { id: hasId ? uuidOf('Customer', String(id)) : null, externalId: externalId ?? null };
}

/**
 * The UUID of the customer that a query names; a customer token that names nobody means its own. Null when there is none,
 * or none that the caller may see: the two answer alike. Throws BAD_USER_INPUT when the name is given twice or not at all.
 */
export async function findOwnCustomer(
  context: Context,
  { customerId, customerExternalId }: Named,
): Promise<string | null> {
  const caller = programOf(context);
  const hasId = customerId !== null && customerId !== undefined;
  const hasExternalId = customerExternalId !== null && customerExternalId !== undefined;
  if (caller.kind === 'CUSTOMER' && !hasId && !hasExternalId) return caller.customerId;
  if (hasId === hasExternalId)
    throw badUserInput('Name the customer by customerId or by customerExternalId, one of the two.');
  if (caller.kind === 'CUSTOMER' && hasExternalId)
    throw new ForbiddenError('A customer token reads its own customer only.');
  const uuid = hasExternalId
    ? ((await findCustomer(context.deps, caller.programId, customerExternalId))?.id ?? null)
    : uuidOf('Customer', String(customerId));
  if (uuid === null || !maySeeLedgerOf(caller, uuid)) return null;
  return (await context.loaders.customerExists.load(uuid)) ? uuid : null;
}

/** The point currency of a code, or the default one; null when the program has none of that code. */
export async function findReadCurrency(
  context: Context,
  code: string | null | undefined,
): Promise<PointCurrency | null> {
  const catalogue = await context.deps.catalogues.current(programOf(context).programId);
  return code === null || code === undefined ? catalogue.defaultCurrency : (catalogue.currencyByCode.get(code) ?? null);
}
