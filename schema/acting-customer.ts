import type { CustomerName } from '#app/ledger/parties.ts';
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
