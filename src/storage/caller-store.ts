import type { Permission, Role } from '#domain/caller.ts';

import type { Statements } from './postgres.ts';

/** What an identification needs to know of a key. `unusedLately`: the last noted use is more than a minute old. */
export type KnownKey = {
  programId: string;
  id: string;
  role: Role | null;
  scopes: readonly Permission[] | null;
  adjustmentMax: number | null;
  allowedOrigins: readonly string[];
  expiresAt: Date | null;
  revoked: boolean;
  unusedLately: boolean;
};

/** A secret or publishable key by the hash of its secret, or null. One probe of a unique index. */
export async function findKeyByHash(
  statements: Statements,
  kind: 'SECRET' | 'PUBLISHABLE',
  hash: Buffer,
): Promise<KnownKey | null> {
  const [key] = await statements.query<KnownKey>(
    `/* find-key-by-hash */ select program_id as "programId", id, role, scopes, adjustment_max as "adjustmentMax",
       allowed_origins as "allowedOrigins", expires_at as "expiresAt", revoked_at is not null as revoked,
       last_used_at is null or last_used_at < now() - interval '1 minute' as "unusedLately"
     from api_key where hash = $2 and kind = $1`,
    [kind, hash],
  );
  return key ?? null;
}

/** Notes the use of a key; of several processes that do so at once, one writes. */
export async function touchKey(statements: Statements, programId: string, id: string): Promise<void> {
  await statements.query(
    `/* touch-key */ update api_key set last_used_at = now()
     where program_id = $1 and id = $2 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
    [programId, id],
  );
}

/** An operator key by the hash of its secret, or null. */
export async function findOperatorKeyByHash(
  statements: Statements,
  hash: Buffer,
): Promise<{ id: string; revoked: boolean } | null> {
  const [key] = await statements.query<{ id: string; revoked: boolean }>(
    '/* find-operator-key-by-hash */ select id, revoked_at is not null as revoked from operator_key where hash = $1',
    [hash],
  );
  return key ?? null;
}

/** What a customer token rests on: the customer, and whoever minted it. */
export type TokenGround = { blocked: boolean; superseded: boolean; minterGone: boolean };

/**
 * The ground of a customer token, or null when program or customer are none. `mintedAtUs` is in microseconds since 1970 by
 * the database's clock, as is the instant from which tokens count, so that no server's own clock can carry a token past
 * its revocation.
 */
export async function findTokenGround(
  statements: Statements,
  token: { programId: string; customerId: string; mintedAtUs: number; keyId: string | null; providerId: string | null },
): Promise<TokenGround | null> {
  const [ground] = await statements.query<TokenGround>(
    `/* find-token-ground */ select enrolment_state = 'BLOCKED' as blocked,
       tokens_valid_from >= timestamptz 'epoch' + $3::double precision * interval '1 microsecond' as superseded,
       not (exists (select from api_key k where k.program_id = $1 and k.id = $4 and k.revoked_at is null)
         or exists (select from identity_provider p where p.program_id = $1 and p.id = $5 and p.removed_at is null)) as "minterGone"
     from customer where program_id = $1 and id = $2 and erased_at is null`,
    [token.programId, token.customerId, token.mintedAtUs, token.keyId, token.providerId],
  );
  return ground ?? null;
}

/** A customer for whom a token is to be minted, with the database's time in microseconds since 1970. */
export async function findMintSubject(
  statements: Statements,
  programId: string,
  customer: { id: string } | { externalId: string },
): Promise<{ id: string; blocked: boolean; nowUs: number } | null> {
  const [subject] = await statements.query<{ id: string; blocked: boolean; nowUs: number }>(
    `/* find-mint-subject */ select id, enrolment_state = 'BLOCKED' as blocked,
       (extract(epoch from clock_timestamp()) * 1000000)::bigint as "nowUs"
     from customer where program_id = $1 and ${'id' in customer ? 'id = $2' : 'external_id = $2'} and erased_at is null`,
    [programId, 'id' in customer ? customer.id : customer.externalId],
  );
  return subject ?? null;
}

/** Ends all tokens of a customer that were minted until now. Answers false when there is no such customer. */
export async function supersedeTokens(statements: Statements, programId: string, customerId: string): Promise<boolean> {
  const rows = await statements.query(
    `/* supersede-tokens */ update customer set tokens_valid_from = greatest(tokens_valid_from, clock_timestamp())
     where program_id = $1 and id = $2 returning 1`,
    [programId, customerId],
  );
  return rows.length > 0;
}
