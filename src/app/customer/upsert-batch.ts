import type { CustomerUpsert } from '#domain/customer/upsert.ts';
import { InvalidInputError } from '#domain/errors.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { applyUpserts, type UpsertItemResult } from './apply-upserts.ts';

/** Most people of one batch. */
export const UPSERT_BATCH_MAX = 1_000;

/**
 * Upserts up to 1,000 people in one transaction. Each item has its own result, in input order; a refused one does not
 * stop the others, and its path leads into that item.
 */
export async function upsertCustomers(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { items: readonly CustomerUpsert[] },
): Promise<{ items: UpsertItemResult[]; replayed: boolean }> {
  if (input.items.length === 0 || input.items.length > UPSERT_BATCH_MAX) {
    throw new InvalidInputError(`A batch has 1 to ${UPSERT_BATCH_MAX} items.`, ['items']);
  }
  return mutate(deps, scope, command, async (tx) => {
    const results = await applyUpserts(deps, tx, input.items);
    const items = results.map((result, index) =>
      'refusal' in result
        ? { refusal: { ...result.refusal, path: ['items', String(index), ...result.refusal.path] } }
        : result,
    );
    return { items };
  });
}
