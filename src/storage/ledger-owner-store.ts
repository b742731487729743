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
