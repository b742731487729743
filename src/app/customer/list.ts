import { completeBalances, type CustomerBalance } from '#domain/customer/customer.ts';
import type { CustomerOrder, CustomerWhere } from '#domain/customer/listing.ts';
import type { PageRequest } from '#domain/page.ts';
import type { PointCurrency } from '#domain/program/program.ts';
import { statementsOf } from '#storage/postgres.ts';
import type { CustomerNeed, ListedCustomer } from '#storage/sql/customer-page.ts';
import { listAccountCustomers, listCustomers } from '#storage/sql/list-customers.ts';

import type { AppDeps } from '../transaction.ts';

export type { CustomerNeed };

/** A customer of a list, with the sort key of its place, and balances in every point currency where they were needed. */
export type CustomerOfPage = ListedCustomer & { allBalances?: readonly CustomerBalance[] };

/**
 * Customers that meet a filter, a page at a time (`limit + 1` in the direction of travel), with what is needed of them, in
 * one statement. Throws InvalidInputError for a filter that asks for what is not declared.
 */
export async function findCustomerPage(
  deps: AppDeps,
  programId: string,
  where: CustomerWhere,
  order: CustomerOrder,
  page: PageRequest,
  need: CustomerNeed,
): Promise<CustomerOfPage[]> {
  const { program, currencies, defaultCurrency } = await deps.catalogues.current(programId);
  const rows = await listCustomers(statementsOf(deps.postgres), programId, {
    where,
    order,
    page,
    declarations: program.attributeSchema,
    defaultCurrencyId: defaultCurrency.id,
    need,
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
  return rows.map((row) =>
    row.balances === undefined ? row : Object.assign(row, { allBalances: completeBalances(currencies, row.balances) }),
  );
}
