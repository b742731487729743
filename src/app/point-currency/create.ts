import { LimitExceededError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { parseName } from '#domain/name.ts';
import { assertPointCurrency } from '#domain/program/policies.ts';
import type { PointCurrency } from '#domain/program/program.ts';
import { insertPointCurrency, lockPointCurrencies, updatePointCurrency } from '#storage/point-currency-store.ts';
import { lockProgram } from '#storage/program-store.ts';

import { mutate, type Command } from '../mutation.ts';
import { announceCatalogueChange } from '../program/announce-change.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { assertActivityTypes } from './activity-types.ts';

const CURRENCIES_MAX = 50;

/**
 * Adds a point currency with its counterparty accounts. As the default it takes the place of the old one. Throws
 * InvalidInputError, StateConflictError when the code is taken, LimitExceededError.
 */
export async function createPointCurrency(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: Omit<PointCurrency, 'id'>,
): Promise<{ currencyId: string; replayed: boolean }> {
  const details = { ...input, name: parseName(input.name) };
  assertPointCurrency(details);
  return mutate(deps, scope, command, async (tx) => {
    await lockProgram(tx, tx.programId);
    const existing = await lockPointCurrencies(tx, tx.programId);
    if (existing.some(({ code }) => code === details.code)) {
      throw new StateConflictError(`This program has a point currency ${details.code} already.`, 'EXISTS', ['code']);
    }
    if (existing.length >= CURRENCIES_MAX) {
      throw new LimitExceededError(`A program has at most ${CURRENCIES_MAX} point currencies.`, CURRENCIES_MAX);
    }
    const currency = { ...details, id: deps.newId() };
    await assertActivityTypes(deps, tx, details);
    await insertPointCurrency(tx, tx.programId, { ...currency, isDefault: false });
    if (currency.isDefault) await updatePointCurrency(tx, tx.programId, currency);
    await announceCatalogueChange(tx);
    tx.audit({ action: 'point_currency.created', subject: publicId('PointCurrency', currency.id), after: details });
    return { currencyId: currency.id };
  });
}
