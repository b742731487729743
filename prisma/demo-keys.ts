import { randomUUID } from 'node:crypto';

import { createApiKey, type ApiKeyCreateInput } from '#app/api-key/create.ts';
import { installationGrantor } from '#app/api-key/grant.ts';
import { resolveCaller } from '#app/caller/resolve.ts';
import { createOperatorKey } from '#app/operator-key/create.ts';
import type { AppDeps } from '#app/transaction.ts';
import { ROLES, type Caller } from '#domain/caller.ts';
import { UnauthenticatedError } from '#domain/errors.ts';

/** Keys by kind and role, such as `keys.secret.owner`, `keys.publishable.public`, `keys.operator.operator`. */
export type DemoKeys = Record<string, Record<string, string>>;

const ACTOR = 'system:demo';

/** Keeps the given keys that the database still takes for this program, and makes those that are missing. */
export async function ensureDemoKeys(deps: AppDeps, programId: string, given: DemoKeys): Promise<DemoKeys> {
  const secret: Record<string, string> = {};
  for (const role of ROLES) {
    const name = role.toLowerCase();
    const known = given['secret']?.[name];
    secret[name] =
      (await belongs(deps, known, programId)) ??
      (await newKey(deps, programId, { kind: 'SECRET', name: `Demo ${name}`, role }));
  }
  const shown =
    (await belongs(deps, given['publishable']?.['public'], programId)) ??
    (await newKey(deps, programId, { kind: 'PUBLISHABLE', name: 'Demo page' }));
  const operator =
    (await belongs(deps, given['operator']?.['operator'], null)) ??
    (await createOperatorKey(deps, ACTOR, { name: 'Demo operator' })).secret;
  return { secret, publishable: { public: shown }, operator: { operator } };
}

/** The key, if it is taken and belongs to the program, or to none for an operator's. */
async function belongs(deps: AppDeps, key: string | undefined, programId: string | null): Promise<string | null> {
  if (key === undefined) return null;
  try {
    return programOf(await resolveCaller(deps, key)) === programId ? key : null;
  } catch (error) {
    if (error instanceof UnauthenticatedError) return null;
    throw error;
  }
}

function programOf(caller: Caller): string | null {
  return 'programId' in caller ? caller.programId : null;
}

async function newKey(deps: AppDeps, programId: string, input: ApiKeyCreateInput): Promise<string> {
  const command = { mutation: 'demo', idempotencyKey: randomUUID(), input };
  const { secret } = await createApiKey(deps, installationGrantor(programId, ACTOR), command, input);
  if (secret === null) throw new Error('A key that was just made has a secret.');
  return secret;
}
