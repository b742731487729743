import type { Statements } from './postgres.ts';

export type OperatorKeyRecord = { id: string; name: string; prefix: string; createdAt: Date; revokedAt: Date | null };

/** All keys of the installation, oldest first. */
export async function listOperatorKeys(statements: Statements): Promise<OperatorKeyRecord[]> {
  return statements.query<OperatorKeyRecord>(
    `/* list-operator-keys */ select id, name, prefix, created_at as "createdAt", revoked_at as "revokedAt"
     from operator_key order by id`,
  );
}

export async function insertOperatorKey(
  statements: Statements,
  key: { id: string; name: string; prefix: string },
  hash: Buffer,
): Promise<void> {
  await statements.query(
    '/* insert-operator-key */ insert into operator_key (id, name, prefix, hash) values ($1, $2, $3, $4)',
    [key.id, key.name, key.prefix, hash],
  );
}

/** Answers false when there is none of that id, or it was revoked before. */
export async function revokeOperatorKeyRow(statements: Statements, id: string): Promise<boolean> {
  const rows = await statements.query(
    '/* revoke-operator-key */ update operator_key set revoked_at = now() where id = $1 and revoked_at is null returning 1',
    [id],
  );
  return rows.length > 0;
}
