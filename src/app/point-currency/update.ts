import { restateExpiry, type StatedExpiry } from '#domain/earning/expiry-style.ts';
import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { parseName } from '#domain/name.ts';
import { assertPointCurrency } from '#domain/program/policies.ts';
import type { PointCurrency } from '#domain/program/program.ts';
import { lockPointCurrencies, updatePointCurrency } from '#storage/point-currency-store.ts';
import { lockProgram } from '#storage/program-store.ts';

import { mutate, type Command } from '../mutation.ts';
import { announceCatalogueChange } from '../program/announce-change.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { assertActivityTypes } from './activity-types.ts';

/** What is left out stays as it is; code and kind never change. */
export type PointCurrencyUpdateInput = { currencyId: string } & StatedExpiry &
  Partial<Omit<PointCurrency, 'id' | 'code' | 'kind' | 'expiry'>>;

/**
 * Changes a point currency. A new expiry counts for points earned from now on: a lot keeps the date that it was given, and
 * points that lasted with activity the one that they have reached. Naming one expiry clears the others. Throws InvalidInputError, NotFoundError.
 */
export async function updatePointCurrencyDetails(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  { currencyId, expiry, expiryMonths, expiryDays, ...changes }: PointCurrencyUpdateInput,
): Promise<{ currencyId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    await lockProgram(tx, tx.programId);
    const before = (await lockPointCurrencies(tx, tx.programId)).find(({ id }) => id === currencyId);
    if (before === undefined) throw new NotFoundError('point currency', ['pointCurrencyId']);
    if (before.isDefault && changes.isDefault === false) {
      throw new InvalidInputError('A program has one default currency: make another one the default instead.', [
        'isDefault',
      ]);
    }
    const after: PointCurrency = {
      ...before,
      ...changes,
      expiry: restateExpiry(before.expiry, { expiry, expiryMonths, expiryDays }),
      ...(changes.name === undefined ? {} : { name: parseName(changes.name) }),
    };
    assertPointCurrency(after);
    await assertActivityTypes(deps, tx, after);
    await updatePointCurrency(tx, tx.programId, after);
    await announceCatalogueChange(tx);
    tx.audit({ action: 'point_currency.updated', subject: publicId('PointCurrency', currencyId), before, after });
    return { currencyId };
  });
}
