import { completeBalances, type Customer, type CustomerBalance } from '#domain/customer/customer.ts';
import type { CustomerOrder, CustomerWhere } from '#domain/customer/listing.ts';
import type { PageRequest } from '#domain/page.ts';
import type { PointCurrency } from '#domain/program/program.ts';
import { statementsOf } from '#storage/postgres.ts';
import { listAccountCustomers, listCustomers, type ListedCustomer } from '#storage/sql/list-customers.ts';

import type { AppDeps } from '../transaction.ts';

/** A customer of a list, with all balances and the sort key of its place. */
export type CustomerOfPage = Customer & { key: string; allBalances: readonly CustomerBalance[] };

/**
 * Customers that meet a filter, a page at a time (`limit + 1` in the direction of travel), with their balances, in one
 * statement. Throws InvalidInputError for a filter that asks for what is not declared.
 */
export async function findCustomerPage(
  deps: AppDeps,
  programId: string,
  where: CustomerWhere,
  order: CustomerOrder,
  page: PageRequest,
): Promise<CustomerOfPage[]> {
  const { program, currencies, defaultCurrency } = await deps.catalogues.current(programId);
  const rows = await listCustomers(statementsOf(deps.postgres), programId, {
    where,
    order,
    page,
    declarations: program.attributeSchema,
    defaultCurrencyId: defaultCurrency.id,
  });
  return withBalances(rows, currencies);
}

/** The customers of several accounts, oldest first, the same page of each, in one statement; by account. */
export async function findAccountCustomerPages(
  deps: AppDeps,
  programId: string,
  accountIds: readonly string[],
  page: PageRequest,
): Promise<Map<string, CustomerOfPage[]>> {
  const { currencies } = await deps.catalogues.current(programId);
  const rows = await listAccountCustomers(statementsOf(deps.postgres), programId, accountIds, page);
  return Map.groupBy(withBalances(rows, currencies), (customer) => customer.accountId ?? '');
}

function withBalances(rows: readonly ListedCustomer[], currencies: readonly PointCurrency[]): CustomerOfPage[] {
  return rows.map((row) => Object.assign(row, { allBalances: completeBalances(currencies, row.balances) }));
}
