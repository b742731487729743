import type { AccountKey } from './ledger-store.ts';
import type { Statements } from './postgres.ts';

const TABLES = { hold: 'hold', lot: 'lot' } as const;

/** Whose account a hold or a lot lies in; null when this program has none of that id. It never changes, so no lock is needed. */
export async function findAccountOf(
  tx: Statements,
  programId: string,
  noun: keyof typeof TABLES,
  id: string,
): Promise<AccountKey | null> {
  const [row] = await tx.query<AccountKey>(
    `/* find-account-of-${noun} */
    select a.customer_id as "customerId", a.currency_id as "currencyId"
    from ${TABLES[noun]} t join ledger_account a on a.program_id = t.program_id and a.id = t.account_id
    where t.program_id = $1 and t.id = $2`,
    [programId, id],
  );
  return row ?? null;
}

/** A ledger account's customer and currency, by the account's id. */
export async function findAccountOwners(
  reads: Statements,
  programId: string,
  accountIds: readonly string[],
): Promise<Map<string, AccountKey>> {
  const rows = await reads.query<AccountKey & { id: string }>(
    `/* find-account-owners */
    select id, customer_id as "customerId", currency_id as "currencyId" from ledger_account
    where program_id = $1 and id = any($2::uuid[]) and customer_id is not null`,
    [programId, accountIds],
  );
  return new Map(rows.map(({ id, customerId, currencyId }) => [id, { customerId, currencyId }]));
}

/** Ids of customers' accounts, in the order of the keys; null where the customer never had points of that currency. */
export async function findAccountIds(
  reads: Statements,
  programId: string,
  keys: readonly AccountKey[],
): Promise<(string | null)[]> {
  const rows = await reads.query<{ id: string | null }>(
    `/* find-account-ids */
    select a.id from unnest($2::uuid[], $3::uuid[]) with ordinality as key (customer_id, currency_id, place)
    left join ledger_account a on a.program_id = $1 and a.customer_id = key.customer_id and a.currency_id = key.currency_id
    order by key.place`,
    [programId, keys.map((key) => key.customerId), keys.map((key) => key.currencyId)],
  );
  return rows.map(({ id }) => id);
}

/** The program's time of day: its test clock where one is set. */
export async function readProgramNow(reads: Statements, programId: string, clock: Date): Promise<Date> {
  const [row] = await reads.query<{ now: Date }>(
    '/* read-program-now */ select coalesce(test_clock, $2::timestamptz) as now from program where id = $1',
    [programId, clock],
  );
  return row?.now ?? clock;
}
