import type DataLoader from 'dataloader';

import { may, type Caller } from '#domain/caller.ts';
import type { Customer } from '#domain/customer/customer.ts';
import type { Deps } from '#src/deps.ts';
import { findCustomers } from '#storage/customer-store.ts';

import { loaderById } from './by-id.ts';

/**
 * Customers by id. Here it is decided who may see a customer: whoever holds customer:read, and the customer. For others a
 * customer is null, like one who does not exist, so that no field has to ask again.
 */
export function createCustomerLoader(deps: Deps, caller: Caller): DataLoader<string, Customer | null> {
  return loaderById(async (ids) => {
    if (!('programId' in caller)) return [];
    const visible = ids.filter((id) => maySeeCustomer(caller, id));
    return visible.length === 0 ? [] : findCustomers(deps.reads, caller.programId, visible);
  });
}

/** Whether the caller may see this customer at all. */
export function maySeeCustomer(caller: Caller, customerId: string): boolean {
  return may(caller, 'customer:read') || (caller.kind === 'CUSTOMER' && caller.customerId === customerId);
}
