import type { Account } from '#domain/customer/customer.ts';
import type { PageRequest } from '#domain/page.ts';

import type { Statements } from './postgres.ts';

const COLUMNS = 'id, external_id as "externalId", name, created_at as "createdAt", updated_at as "updatedAt"';

/** Accounts by their ids; ids of nothing are left out. */
export async function findAccounts(
  statements: Statements,
  programId: string,
  ids: readonly string[],
): Promise<Account[]> {
  return statements.query<Account>(
    `/* find-accounts */ select ${COLUMNS} from account where program_id = $1 and id = any($2::uuid[])`,
    [programId, ids],
  );
}

/** The account of an external id in its kept form, or null. */
export async function findAccountByExternalId(
  statements: Statements,
  programId: string,
  externalId: string,
): Promise<Account | null> {
  const [row] = await statements.query<Account>(
    `/* find-account */ select ${COLUMNS} from account where program_id = $1 and external_id = $2`,
    [programId, externalId],
  );
  return row ?? null;
}

/** Accounts in the order of their external ids, a page as `PageRequest` says with the external id as key. */
export async function listAccounts(statements: Statements, programId: string, page: PageRequest): Promise<Account[]> {
  return statements.query<Account>(
    `/* list-accounts */ select ${COLUMNS} from account
     where program_id = $1 and ($2::text is null or external_id > $2) and ($3::text is null or external_id < $3)
     order by external_id ${page.backwards ? 'desc' : 'asc'} limit $4`,
    [programId, page.after?.key ?? null, page.before?.key ?? null, page.limit + 1],
  );
}

/** The ids of accounts by external id; missing ones are added, without a name. */
export async function ensureAccounts(
  tx: Statements & { programId: string; now: Date },
  wanted: readonly { id: string; externalId: string }[],
): Promise<Map<string, string>> {
  if (wanted.length === 0) return new Map();
  const externalIds = wanted.map((account) => account.externalId);
  await tx.query(
    `/* ensure-accounts */
    insert into account (program_id, created_at, updated_at, id, external_id)
    select $1, $2::timestamptz, $2::timestamptz, * from unnest($3::uuid[], $4::text[]) as r (id, external_id) order by r.external_id
    on conflict (program_id, external_id) do nothing`,
    [tx.programId, tx.now, wanted.map((account) => account.id), externalIds],
  );
  const rows = await tx.query<{ id: string; externalId: string }>(
    `/* account-ids */
    select id, external_id as "externalId" from account where program_id = $1 and external_id = any($2::text[])`,
    [tx.programId, externalIds],
  );
  return new Map(rows.map((row) => [row.externalId, row.id]));
}

/** Adds the account or renames it; answers its id, and whether it is new. An undefined name keeps what is known. */
export async function upsertAccountRow(
  tx: Statements & { programId: string; now: Date },
  account: { id: string; externalId: string; name: string | null | undefined },
): Promise<{ id: string; created: boolean }> {
  const [row] = await tx.query<{ id: string }>(
    `/* upsert-account */
    insert into account as a (program_id, id, external_id, name, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $5)
    on conflict (program_id, external_id) do update
      set name = case when $6 then excluded.name else a.name end, updated_at = excluded.updated_at
    returning id`,
    [tx.programId, account.id, account.externalId, account.name ?? null, tx.now, account.name !== undefined],
  );
  if (row === undefined) throw new Error('an upsert answered no row');
  return { id: row.id, created: row.id === account.id };
}
