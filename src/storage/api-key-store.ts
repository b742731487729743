import type { Permission, Role } from '#domain/caller.ts';
import type { PageRequest } from '#domain/page.ts';

import type { Statements } from './postgres.ts';

/** A key as it stands in the record; the secret itself is nowhere. */
export type ApiKeyRecord = {
  programId: string;
  id: string;
  kind: 'SECRET' | 'PUBLISHABLE';
  /** Null on a publishable key. */
  role: Role | null;
  name: string;
  prefix: string;
  /** Null grants all of the role. */
  scopes: readonly Permission[] | null;
  adjustmentMax: number | null;
  allowedOrigins: readonly string[];
  createdAt: Date;
  createdBy: string;
  expiresAt: Date | null;
  revokedAt: Date | null;
  rotatedTo: string | null;
  lastUsedAt: Date | null;
};

const COLUMNS = `
  program_id as "programId", id, kind, role, name, prefix, scopes, adjustment_max as "adjustmentMax",
  allowed_origins as "allowedOrigins", created_at as "createdAt", created_by as "createdBy", expires_at as "expiresAt",
  revoked_at as "revokedAt", rotated_to as "rotatedTo", last_used_at as "lastUsedAt"`;

export async function insertApiKey(
  statements: Statements,
  key: Omit<ApiKeyRecord, 'revokedAt' | 'rotatedTo' | 'lastUsedAt'>,
  hash: Buffer,
): Promise<void> {
  await statements.query(
    `/* insert-api-key */ insert into api_key (program_id, id, kind, role, name, prefix, hash, scopes, adjustment_max,
       allowed_origins, created_at, created_by, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      key.programId,
      key.id,
      key.kind,
      key.role,
      key.name,
      key.prefix,
      hash,
      key.scopes,
      key.adjustmentMax,
      key.allowedOrigins,
      key.createdAt,
      key.createdBy,
      key.expiresAt,
    ],
  );
}

/** The key, locked, or null. */
export async function lockApiKey(statements: Statements, programId: string, id: string): Promise<ApiKeyRecord | null> {
  const [key] = await statements.query<ApiKeyRecord>(
    `/* lock-api-key */ select ${COLUMNS} from api_key where program_id = $1 and id = $2 for no key update`,
    [programId, id],
  );
  return key ?? null;
}

/** Keys by their ids, within one program. */
export async function findApiKeys(
  statements: Statements,
  programId: string,
  ids: readonly string[],
): Promise<ApiKeyRecord[]> {
  return statements.query<ApiKeyRecord>(
    `/* find-api-keys */ select ${COLUMNS} from api_key where program_id = $1 and id = any($2)`,
    [programId, ids],
  );
}

/** The old key ends at `expiresAt` and names its successor. */
export async function markRotated(
  statements: Statements,
  programId: string,
  id: string,
  successor: { id: string; expiresAt: Date },
): Promise<void> {
  await statements.query(
    '/* mark-rotated */ update api_key set rotated_to = $3, expires_at = $4 where program_id = $1 and id = $2',
    [programId, id, successor.id, successor.expiresAt],
  );
}

export async function markRevoked(statements: Statements, programId: string, id: string, at: Date): Promise<void> {
  await statements.query('/* mark-revoked */ update api_key set revoked_at = $3 where program_id = $1 and id = $2', [
    programId,
    id,
    at,
  ]);
}

export type ApiKeyState = 'ACTIVE' | 'EXPIRED' | 'REVOKED';

/** Null leaves a part open. */
export type ApiKeyFilter = { kind: ApiKeyRecord['kind'] | null; state: ApiKeyState | null; now: Date };

/** Whether a key is taken at `now`; being revoked comes before being expired. */
export function apiKeyStateAt(key: Pick<ApiKeyRecord, 'revokedAt' | 'expiresAt'>, now: Date): ApiKeyState {
  if (key.revokedAt !== null) return 'REVOKED';
  return key.expiresAt !== null && key.expiresAt <= now ? 'EXPIRED' : 'ACTIVE';
}

/** Keys of a program, newest first (ids are time-ordered). */
export async function listApiKeys(
  statements: Statements,
  programId: string,
  filter: ApiKeyFilter,
  page: PageRequest,
): Promise<ApiKeyRecord[]> {
  return statements.query<ApiKeyRecord>(
    `/* list-api-keys */ select ${COLUMNS} from api_key
     where program_id = $1 and ($2::uuid is null or id < $2) and ($3::uuid is null or id > $3)
       and ($4::text is null or kind = $4)
       and ($5::text is null or $5 = case when revoked_at is not null then 'REVOKED'
         when expires_at <= $6 then 'EXPIRED' else 'ACTIVE' end)
     order by id ${page.backwards ? 'asc' : 'desc'} limit $7`,
    [programId, page.after?.id ?? null, page.before?.id ?? null, filter.kind, filter.state, filter.now, page.limit + 1],
  );
}
