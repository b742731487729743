import { normaliseExternalId, normalisedText } from '#domain/customer/identity.ts';
import { InvalidInputError } from '#domain/errors.ts';
import { upsertAccountRow } from '#storage/account-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';

const NAME_LENGTH_MAX = 200;

export type AccountUpsert = {
  externalId: string;
  /** Absent keeps what is known, null clears it. */
  name?: string | null | undefined;
};

/** Adds a company, or renames one that is known by that external id. Throws InvalidInputError. */
export async function upsertAccount(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: AccountUpsert,
): Promise<{ accountId: string; created: boolean; replayed: boolean }> {
  const externalId = normaliseExternalId(input.externalId);
  if (externalId === null)
    throw new InvalidInputError('An external id has 1 to 255 characters and is not blank.', ['externalId']);
  const name =
    input.name === null || input.name === undefined ? input.name : normalisedText(input.name, NAME_LENGTH_MAX);
  if (name === null && input.name !== null)
    throw new InvalidInputError(`A name has 1 to ${NAME_LENGTH_MAX} characters; null clears it.`, ['name']);
  return mutate(deps, scope, command, async (tx) => {
    const { id, created } = await upsertAccountRow(tx, { id: deps.newId(), externalId, name });
    return { accountId: id, created };
  });
}
