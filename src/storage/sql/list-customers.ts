import type { Customer, PointBalance } from '#domain/customer/customer.ts';
import type { CustomerOrder, CustomerWhere } from '#domain/customer/listing.ts';
import type { PageRequest, Position } from '#domain/page.ts';
import type { PropertyDeclaration } from '#domain/program/program.ts';

import { customerCondition, type Bind } from '../customer-condition.ts';
import { CUSTOMER_COLUMNS } from '../customer-store.ts';
import type { Statements } from '../postgres.ts';

export type CustomerListing = {
  where: CustomerWhere;
  order: CustomerOrder;
  page: PageRequest;
  declarations: readonly PropertyDeclaration[];
  /** The point currency that AVAILABLE_POINTS sorts by. */
  defaultCurrencyId: string;
};

/** A customer of a page, with its balances and its sort key. */
export type ListedCustomer = Customer & { balances: PointBalance[]; key: string };

type Row = Customer & Omit<PointBalance, 'currencyId'> & { key: string | number; currencyId: string | null };

/**
 * By what each order sorts, how its key is shown in a cursor, and how it is read back. Unknown names sort first. Instants
 * travel as microseconds, which lose nothing. An order by points reads every balance of the program's default currency;
 * the other orders walk an index.
 */
const ORDERS: Record<
  CustomerOrder['field'],
  { value: string; key: string; parse: (placeholder: string) => string; type: string }
> = {
  CREATED_AT: {
    value: 'c.created_at',
    key: '(extract(epoch from c.created_at) * 1000000)::bigint',
    parse: (placeholder) => `timestamptz 'epoch' + ${placeholder} * interval '1 microsecond'`,
    type: 'bigint',
  },
  EXTERNAL_ID: { value: 'c.external_id', key: 'c.external_id', parse: (placeholder) => placeholder, type: 'text' },
  DISPLAY_NAME: {
    value: "coalesce(c.display_name, '')",
    key: "coalesce(c.display_name, '')",
    parse: (placeholder) => placeholder,
    type: 'text',
  },
  AVAILABLE_POINTS: {
    value: 'coalesce(d.available, 0)',
    key: 'coalesce(d.available, 0)',
    parse: (placeholder) => placeholder,
    type: 'bigint',
  },
};

/**
 * One page of customers with all their balances in one statement: the page is found first and materialised, so that only
 * its rows are joined. Answers up to `limit + 1` customers in the direction of travel.
 */
export async function listCustomers(
  statements: Statements,
  programId: string,
  listing: CustomerListing,
): Promise<ListedCustomer[]> {
  const values: unknown[] = [programId];
  const bind: Bind = (value, type) => `$${values.push(value)}::${type}`;
  const rows = await statements.query<Row>(statementOf(listing, bind), values);
  return grouped(rows);
}

function statementOf({ where, order, page, declarations, defaultCurrencyId }: CustomerListing, bind: Bind): string {
  const { value, key, parse, type } = ORDERS[order.field];
  const direction = order.descending === page.backwards ? 'asc' : 'desc';
  const edge = (position: Position | null, operator: string): string =>
    position === null
      ? ''
      : ` and (${value}, c.id) ${operator} (${parse(bind(position.key, type))}, ${bind(position.id, 'uuid')})`;
  const condition = customerCondition(where, declarations, bind);
  const points =
    order.field === 'AVAILABLE_POINTS'
      ? `left join ledger_account d on d.program_id = c.program_id and d.customer_id = c.id and d.currency_id = ${bind(defaultCurrencyId, 'uuid')}`
      : '';
  return `/* list-customers */
    with page as materialized (
      select ${CUSTOMER_COLUMNS}, ${key} as key
      from customer c ${points}
      where c.program_id = $1 and ${condition}${edge(page.after, order.descending ? '<' : '>')}${edge(page.before, order.descending ? '>' : '<')}
      order by ${value} ${direction}, c.id ${direction}
      limit ${bind(page.limit + 1, 'bigint')}
    )
    select page.*, b.currency_id as "currencyId", b.pending, b.available, b.held
    from page left join ledger_account b on b.program_id = $1 and b.customer_id = page.id
    order by page.key ${direction}, page.id ${direction}`;
}

/** One customer of the rows that follow each other, one a point currency. */
function grouped(rows: readonly Row[]): ListedCustomer[] {
  const customers: ListedCustomer[] = [];
  for (const row of rows) {
    let customer = customers.at(-1);
    if (customer?.id !== row.id) {
      customer = Object.assign(row, { key: String(row.key), balances: [] });
      customers.push(customer);
    }
    const { currencyId, pending, available, held } = row;
    if (currencyId !== null) customer.balances.push({ currencyId, pending, available, held });
  }
  return customers;
}

/**
 * The customers of several accounts in one statement, oldest first, each account's page cut by itself; every page is the
 * same request. Answers up to `limit + 1` customers an account, in the direction of travel, accounts together.
 */
export async function listAccountCustomers(
  statements: Statements,
  programId: string,
  accountIds: readonly string[],
  page: PageRequest,
): Promise<ListedCustomer[]> {
  const values: unknown[] = [programId, accountIds];
  const bind: Bind = (value, type) => `$${values.push(value)}::${type}`;
  const { parse, type, key } = ORDERS.CREATED_AT;
  const edge = (position: Position | null, operator: string): string =>
    position === null
      ? ''
      : ` and (c.created_at, c.id) ${operator} (${parse(bind(position.key, type))}, ${bind(position.id, 'uuid')})`;
  const direction = page.backwards ? 'desc' : 'asc';
  const rows = await statements.query<Row>(
    `/* list-account-customers */
    with page as materialized (
      select mine.* from unnest($2::uuid[]) as account (id) cross join lateral (
        select ${CUSTOMER_COLUMNS}, ${key} as key
        from customer c
        where c.program_id = $1 and c.account_id = account.id${edge(page.after, '>')}${edge(page.before, '<')}
        order by c.created_at ${direction}, c.id ${direction}
        limit ${bind(page.limit + 1, 'bigint')}
      ) mine
    )
    select page.*, b.currency_id as "currencyId", b.pending, b.available, b.held
    from page left join ledger_account b on b.program_id = $1 and b.customer_id = page.id
    order by page."accountId", page.key ${direction}, page.id ${direction}`,
    values,
  );
  return grouped(rows);
}
