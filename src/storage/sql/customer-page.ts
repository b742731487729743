import type { Account, Customer } from '#domain/customer/customer.ts';

import type { Bind } from '../customer-condition.ts';
import { customerColumns } from '../customer-store.ts';

/**
 * What of a page's customers is read: fields by their names (null for all), those of the account (none when the account is
 * not wanted), and whether balances are. A list asked for two names reads two.
 */
export type CustomerNeed = {
  fields: ReadonlySet<string> | null;
  balances: boolean;
  account: ReadonlySet<string>;
};

/** Columns of `account a`, as what they are joined under and by what the domain calls them; its id the customer has. */
const ACCOUNT_COLUMNS = new Map<string, string>([
  ['externalId', 'a.external_id as "accountExternalId"'],
  ['name', 'a.name as "accountName"'],
  ['createdAt', 'a.created_at as "accountCreatedAt"'],
  ['updatedAt', 'a.updated_at as "accountUpdatedAt"'],
]);

/** All of it. */
export const WHOLE_CUSTOMER: CustomerNeed = { fields: null, balances: true, account: new Set(ACCOUNT_COLUMNS.keys()) };

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
 * day, which a TEST program may have set otherwise; the program is asked only where something is to come due at all.
 */
export function joinedPage(need: CustomerNeed, now: Date, bind: Bind, direction: 'asc' | 'desc', first = ''): string {
  const balances = need.balances
    ? `, b.currency_id as "currencyId", b.pending, b.available, b.held, b.seq,
      case when b.next_due_at is null then false
        else b.next_due_at <= (select coalesce(test_clock, ${bind(now, 'timestamptz')}) from program where id = $1) end as "isDue"`
    : '';
  const columns = [...ACCOUNT_COLUMNS].filter(([name]) => need.account.has(name)).map(([, column]) => column);
  return `select page.*${balances}${columns.length > 0 ? ', account.*' : ''} from page
    ${need.balances ? 'left join ledger_account b on b.program_id = $1 and b.customer_id = page.id' : ''}
    ${columns.length > 0 ? accountLookup(columns) : ''}
    order by ${first}page.key ${direction}, page.id ${direction}`;
}

/** One lookup a row. Without the fence a small table of accounts is hashed as a whole, which costs more than a page. */
function accountLookup(columns: readonly string[]): string {
  return `left join lateral (
      select ${columns.join(', ')} from account a where a.program_id = $1 and a.id = page."accountId" offset 0
    ) account on true`;
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
      if (need.account.size > 0) current.account = accountOf(row);
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
