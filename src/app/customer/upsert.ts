import type { CustomerUpsert } from '#domain/customer/upsert.ts';
import { ConsentRequiredError, InvalidInputError } from '#domain/errors.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { applyUpserts, type Upserted } from './apply-upserts.ts';

/** Adds a person, or changes the given fields of one who is known by that external id. Throws InvalidInputError, ConsentRequiredError. */
export function upsertCustomer(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: CustomerUpsert,
): Promise<Upserted & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const [result] = await applyUpserts(deps, tx, [input]);
    if (result === undefined) throw new Error('an upsert of one answered nothing');
    if (!('refusal' in result)) return result;
    const { message, path, version } = result.refusal;
    throw version === undefined ? new InvalidInputError(message, path) : new ConsentRequiredError(version, path);
  });
}
