import type { CustomerOrder, CustomerWhere } from '#domain/customer/listing.ts';
import type { PageRequest, Position } from '#domain/page.ts';
import type { PropertyDeclaration } from '#domain/program/program.ts';

import { customerCondition, type Bind } from '../customer-condition.ts';
import type { Statements } from '../postgres.ts';
import { createStatementNames } from '../statement-names.ts';
import {
  grouped,
  joinedPage,
  pageColumns,
  WHOLE_CUSTOMER,
  type CustomerNeed,
  type ListedCustomer,
  type PageRow,
} from './customer-page.ts';

export type CustomerListing = {
  where: CustomerWhere;
  order: CustomerOrder;
  page: PageRequest;
  declarations: readonly PropertyDeclaration[];
  /** The point currency that AVAILABLE_POINTS sorts by. */
  defaultCurrencyId: string;
  need: CustomerNeed;
  /** The time of day. */
  now: Date;
};

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
 * One page of customers with balances and accounts in one statement: the page is found first and materialised, so that
 * only its rows are joined. Answers up to `limit + 1` customers in the direction of travel.
 */
export async function listCustomers(
  statements: Statements,
  programId: string,
  listing: CustomerListing,
): Promise<ListedCustomer[]> {
  const values: unknown[] = [programId];
  const bind: Bind = (value, type) => `$${values.push(value)}::${type}`;
  const text = statementOf(listing, bind);
  // A filter's values may need another plan each time; a whole list is walked in the same way from any place.
  const isFiltered = Object.values(listing.where).some((given) => given !== null && given !== undefined);
  const name = isFiltered ? undefined : listNames.of(text);
  const rows = await statements.query<PageRow>(text, values, name);
  return grouped(rows, listing.need);
}

/** Orders, directions and edges make a few dozen lists; what fields are asked for could make very many. */
const listNames = createStatementNames('list-customers', 200);

function statementOf(listing: CustomerListing, bind: Bind): string {
  const { where, order, page, declarations, defaultCurrencyId, need, now } = listing;
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
      select ${pageColumns(need, key)}
      from customer c ${points}
      where c.program_id = $1 and ${condition}${edge(page.after, order.descending ? '<' : '>')}${edge(page.before, order.descending ? '>' : '<')}
      order by ${value} ${direction}, c.id ${direction}
      limit ${bind(page.limit + 1, 'bigint')}
    )
    ${joinedPage(need, now, bind, direction)}`;
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
  now: Date,
): Promise<ListedCustomer[]> {
  const values: unknown[] = [programId, accountIds];
  const bind: Bind = (value, type) => `$${values.push(value)}::${type}`;
  const { parse, type, key } = ORDERS.CREATED_AT;
  const edge = (position: Position | null, operator: string): string =>
    position === null
      ? ''
      : ` and (c.created_at, c.id) ${operator} (${parse(bind(position.key, type))}, ${bind(position.id, 'uuid')})`;
  const direction = page.backwards ? 'desc' : 'asc';
  const rows = await statements.query<PageRow>(
    `/* list-account-customers */
    with page as materialized (
      select mine.* from unnest($2::uuid[]) as account (id) cross join lateral (
        select ${pageColumns(WHOLE_CUSTOMER, key)}
        from customer c
        where c.program_id = $1 and c.account_id = account.id${edge(page.after, '>')}${edge(page.before, '<')}
        order by c.created_at ${direction}, c.id ${direction}
        limit ${bind(page.limit + 1, 'bigint')}
      ) mine
    )
    ${joinedPage(WHOLE_CUSTOMER, now, bind, direction, 'page."accountId", ')}`,
    values,
  );
  return grouped(rows, WHOLE_CUSTOMER);
}
