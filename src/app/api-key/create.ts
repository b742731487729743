import { ROLE_PERMISSIONS, type Permission, type Role } from '#domain/caller.ts';
import { InvalidInputError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { parseName } from '#domain/name.ts';
import { insertApiKey, type ApiKeyRecord } from '#storage/api-key-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps } from '../transaction.ts';
import { assertMayGrant, type Grantor } from './grant.ts';
import { newSecret } from './secret.ts';

export type ApiKeyCreateInput = { name: string; expiresAt?: Date | null } & (
  | { kind: 'SECRET'; role: Role; scopes?: readonly Permission[] | null; adjustmentMax?: number | null }
  | { kind: 'PUBLISHABLE'; allowedOrigins?: readonly string[] }
);

/** The secret is answered by the first call alone: it is not stored, so a replay answers null. */
export type ApiKeyCreated = { keyId: string; secret: string | null };

const ORIGINS_MAX = 50;

/**
 * Makes a key of the grantor's program. Throws InvalidInputError, or ForbiddenError when the key would hold more than the
 * grantor does.
 */
export async function createApiKey(
  deps: AppDeps,
  grantor: Grantor,
  command: Command,
  input: ApiKeyCreateInput,
): Promise<ApiKeyCreated & { replayed: boolean }> {
  const details = parseDetails(input, deps.clock());
  assertMayGrant(
    grantor,
    details.kind === 'SECRET' && details.role !== null
      ? { ...details, kind: 'SECRET', role: details.role }
      : { kind: 'PUBLISHABLE' },
  );
  const { secret, prefix, hash } = newSecret(input.kind);
  const created = await mutate(deps, grantor, command, async (tx) => {
    const key = {
      ...details,
      programId: tx.programId,
      id: deps.newId(),
      prefix,
      createdAt: deps.clock(),
      createdBy: tx.actor,
    };
    await insertApiKey(tx, key, hash);
    tx.audit({ action: 'api_key.created', subject: publicId('ApiKey', key.id), after: { ...details, prefix } });
    return { keyId: key.id };
  });
  return { ...created, secret: created.replayed ? null : secret };
}

type Details = Pick<
  ApiKeyRecord,
  'kind' | 'role' | 'name' | 'scopes' | 'adjustmentMax' | 'allowedOrigins' | 'expiresAt'
>;

function parseDetails(input: ApiKeyCreateInput, now: Date): Details {
  const name = parseName(input.name);
  const expiresAt = input.expiresAt ?? null;
  if (expiresAt !== null && expiresAt <= now) throw new InvalidInputError('expiresAt lies in the past.', ['expiresAt']);
  if (input.kind === 'PUBLISHABLE') {
    const allowedOrigins = parseOrigins(input.allowedOrigins ?? []);
    return { kind: 'PUBLISHABLE', role: null, name, scopes: null, adjustmentMax: null, allowedOrigins, expiresAt };
  }
  const adjustmentMax = input.adjustmentMax ?? null;
  if (adjustmentMax !== null && (!Number.isSafeInteger(adjustmentMax) || adjustmentMax < 1)) {
    throw new InvalidInputError('adjustmentMax is a whole number of points from 1.', ['adjustmentMax']);
  }
  const scopes = parseScopes(input.role, input.scopes ?? null);
  return { kind: 'SECRET', role: input.role, name, scopes, adjustmentMax, allowedOrigins: [], expiresAt };
}

function parseScopes(role: Role, scopes: readonly Permission[] | null): readonly Permission[] | null {
  if (scopes === null) return null;
  const foreign = scopes.find((scope) => !ROLE_PERMISSIONS[role].includes(scope));
  if (foreign !== undefined)
    throw new InvalidInputError(`Scopes narrow a role; ${role} does not hold ${foreign}.`, ['scopes']);
  if (scopes.length === 0)
    throw new InvalidInputError('A key without any scope could do nothing; leave scopes out for all of the role.', [
      'scopes',
    ]);
  return [...new Set(scopes)];
}

function parseOrigins(origins: readonly string[]): string[] {
  if (origins.length > ORIGINS_MAX) throw new InvalidInputError(`At most ${ORIGINS_MAX} origins.`, ['allowedOrigins']);
  for (const [index, origin] of origins.entries()) {
    const url = URL.parse(origin);
    if (url === null || url.origin !== origin || !/^https?:$/.test(url.protocol)) {
      throw new InvalidInputError('An origin is scheme, host and port alone, such as https://shop.example.', [
        'allowedOrigins',
        String(index),
      ]);
    }
  }
  return [...new Set(origins)];
}
