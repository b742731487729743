import type { Account, Customer } from '#domain/customer/customer.ts';

import type { Bind } from '../customer-condition.ts';
import { customerColumns } from '../customer-store.ts';

/** What of a page's customers is read: fields by their names, and what is joined. A list asked for two names reads two. */
export type CustomerNeed = { fields: ReadonlySet<string> | null; balances: boolean; account: boolean };

/** All of it. */
export const WHOLE_CUSTOMER: CustomerNeed = { fields: null, balances: true, account: true };

/** What is on record of one of a customer's balances. */
export type RecordedBalance = {
  currencyId: string;
  pending: number;
  available: number;
  held: number;
  seq: number;
  /** Something of it came due that no job has written yet: what is on record is not what is. */
  isDue: boolean;
};

/**
 * A customer of a page, with its sort key and what was joined. Fields that were not needed are absent, which the type
 * does not say: whoever narrows the need knows what is asked for.
 */
export type ListedCustomer = Customer & { key: string; balances?: RecordedBalance[]; account?: Account | null };

export type PageRow = Customer & {
  key: string | number;
  currencyId?: string | null;
  pending: number;
  available: number;
  held: number;
  seq: number;
  isDue: boolean;
  accountExternalId: string;
  accountName: string | null;
  accountCreatedAt: Date;
  accountUpdatedAt: Date;
};

/** What the page itself selects from `customer c`. */
export const pageColumns = (need: CustomerNeed, key: string): string =>
  `${customerColumns(need.fields)}, ${key} as key`;

/**
 * The statement's end: the materialised page with its joins, one row a customer and point currency. `now` is the time of
 * day, which a TEST program may have set otherwise.
 */
export function joinedPage(need: CustomerNeed, now: Date, bind: Bind, direction: 'asc' | 'desc', first = ''): string {
  const balances = need.balances
    ? `, b.currency_id as "currencyId", b.pending, b.available, b.held, b.seq,
      coalesce(b.next_due_at <= (select coalesce(test_clock, ${bind(now, 'timestamptz')}) from program where id = $1), false) as "isDue"`
    : '';
  const account = need.account
    ? `, a.external_id as "accountExternalId", a.name as "accountName", a.created_at as "accountCreatedAt", a.updated_at as "accountUpdatedAt"`
    : '';
  return `select page.*${balances}${account} from page
    ${need.balances ? 'left join ledger_account b on b.program_id = $1 and b.customer_id = page.id' : ''}
    ${need.account ? 'left join account a on a.program_id = $1 and a.id = page."accountId"' : ''}
    order by ${first}page.key ${direction}, page.id ${direction}`;
}

/** One customer of the rows that follow each other, one a point currency. */
export function grouped(rows: readonly PageRow[], need: CustomerNeed): ListedCustomer[] {
  const customers: ListedCustomer[] = [];
  let current: ListedCustomer | undefined;
  let balances: RecordedBalance[] = [];
  for (const row of rows) {
    if (current?.id !== row.id) {
      current = Object.assign(row, { key: String(row.key) });
      balances = [];
      if (need.balances) current.balances = balances;
      if (need.account) current.account = accountOf(row);
      customers.push(current);
    }
    const { currencyId, pending, available, held, seq, isDue } = row;
    if (typeof currencyId === 'string') balances.push({ currencyId, pending, available, held, seq, isDue });
  }
  return customers;
}

function accountOf(row: PageRow): Account | null {
  if (row.accountId === null) return null;
  return {
    id: row.accountId,
    externalId: row.accountExternalId,
    name: row.accountName,
    createdAt: row.accountCreatedAt,
    updatedAt: row.accountUpdatedAt,
  };
}
