import type { CustomerOrder, CustomerWhere } from '#domain/customer/listing.ts';
import type { Balance } from '#domain/ledger/balance.ts';
import type { PageRequest } from '#domain/page.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { statementsOf } from '#storage/postgres.ts';
import type { CustomerNeed, ListedCustomer } from '#storage/sql/customer-page.ts';
import { listAccountCustomers, listCustomers } from '#storage/sql/list-customers.ts';

import type { AppDeps } from '../transaction.ts';

export type { CustomerNeed };

/**
 * A customer of a list, with the sort key of its place. Balances, one for every point currency with the default one
 * first, come along where they were needed and nothing of them waits for a job to write it.
 */
export type CustomerOfPage = ListedCustomer & { currentBalances?: readonly Balance[] };

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
  const catalogue = await deps.catalogues.current(programId);
  const rows = await listCustomers(statementsOf(deps.postgres), programId, {
    where,
    order,
    page,
    declarations: catalogue.program.attributeSchema,
    defaultCurrencyId: catalogue.defaultCurrency.id,
    need,
    now: deps.clock(),
  });
  return withBalances(deps, rows, catalogue);
}

/** The customers of several accounts, oldest first, the same page of each, in one statement; by account. */
export async function findAccountCustomerPages(
  deps: AppDeps,
  programId: string,
  accountIds: readonly string[],
  page: PageRequest,
): Promise<Map<string, CustomerOfPage[]>> {
  const catalogue = await deps.catalogues.current(programId);
  const rows = await listAccountCustomers(statementsOf(deps.postgres), programId, accountIds, page, deps.clock());
  return Map.groupBy(withBalances(deps, rows, catalogue), (customer) => customer.accountId ?? '');
}

function withBalances(deps: AppDeps, rows: readonly ListedCustomer[], catalogue: Catalogue): CustomerOfPage[] {
  const asOf = (catalogue.program.testClock ?? deps.clock()).toISOString();
  const currencies = catalogue.currencies.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault));
  return rows.map((row) => {
    const { id: customerId, balances } = row;
    if (balances === undefined || balances.some(({ isDue }) => isDue)) return row;
    const currentBalances = currencies.map(({ id: currencyId }): Balance => {
      const { pending, available, held, seq } = balances.find((one) => one.currencyId === currencyId) ?? NO_POINTS;
      return { customerId, currencyId, pending, available, held, seq, asOf };
    });
    return Object.assign(row, { currentBalances });
  });
}

const NO_POINTS = { pending: 0, available: 0, held: 0, seq: 0 };
