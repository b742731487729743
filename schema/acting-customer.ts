import type { CustomerName } from '#app/ledger/parties.ts';
import { ForbiddenError } from '#domain/errors.ts';
import { uuidOf } from '#domain/ids.ts';

import { programOf, type Context } from './context.ts';
import { customerNameOf } from './ledger-party.ts';

type Id = string | number;

/** The customer whose own token asks; null for the team and the tenant's server. */
export function askingCustomer(context: Context): string | null {
  const caller = programOf(context);
  return caller.kind === 'CUSTOMER' ? caller.customerId : null;
}

/** The customer that an input names; a customer's own token that names nobody means itself. Throws InvalidInputError. */
export function namedOrSelf(context: Context, id: Id | null | undefined, field = 'customerId'): CustomerName {
  const own = askingCustomer(context);
  if (own !== null && (id === null || id === undefined)) return { id: own, externalId: null };
  return own === null ? customerNameOf(id, null, field) : { id: uuidOf('Customer', String(id)), externalId: null };
}

/**
 * As `namedOrSelf`, for what a customer's own token may do for itself alone: throws a top-level ForbiddenError that says
 * `refusal` where it names another one.
 */
export function actingCustomer(context: Context, id: Id | null | undefined, refusal: string): CustomerName {
  const customer = namedOrSelf(context, id);
  const own = askingCustomer(context);
  if (own !== null && customer.id !== own) throw new ForbiddenError(refusal);
  return customer;
}
