import { Big } from 'big.js';

import { InvalidInputError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { readReason } from '#domain/ledger/policy.ts';
import { insertPointValue, type PointValue, type PointValueReason } from '#storage/point-value-store.ts';

import { findCurrency } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';

export type PointValueSet = {
  currency: string | null;
  reason: PointValueReason;
  /** First day, in the program's zone; it may lie in the past or ahead. */
  validFrom: string;
  /** Minor units of money for 1,000 points. */
  minorPerThousand: string;
  /** Null takes the program's money. */
  moneyCurrency: string | null;
  note: string | null;
};

const DECIMALS_MAX = 9;
const WHOLE_MAX = new Big('1e15');

/**
 * Puts what a point is worth from a day on. History stays: a correction for the same day is another row, and counts from then
 * on. Throws InvalidInputError.
 */
export async function setPointValue(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: PointValueSet,
): Promise<{ value: Omit<PointValue, 'recordedAt'> & { recordedAt: string }; replayed: boolean }> {
  const minorPerThousand = readPrice(input.minorPerThousand);
  const note = readReason(input.note);
  if (input.moneyCurrency !== null && !/^[A-Z]{3}$/.test(input.moneyCurrency))
    throw new InvalidInputError('moneyCurrency is an ISO 4217 code such as EUR.', ['moneyCurrency']);
  return mutate(deps, scope, command, async (tx) => {
    const catalogue = await deps.catalogues.at(tx, tx.programId);
    const currency = findCurrency(catalogue, input.currency);
    const value: PointValue = {
      id: deps.newId(),
      currencyId: currency.id,
      reason: input.reason,
      validFrom: input.validFrom,
      minorPerThousand,
      moneyCurrency: input.moneyCurrency ?? catalogue.program.currency,
      note,
      actor: tx.actor,
      recordedAt: tx.now,
    };
    await insertPointValue(tx, tx.programId, value);
    tx.audit({
      action: 'point_value.set',
      subject: publicId('PointCurrency', currency.id),
      after: { reason: value.reason, validFrom: value.validFrom, minorPerThousand, moneyCurrency: value.moneyCurrency },
    });
    return { value: { ...value, recordedAt: tx.now.toISOString() } };
  });
}

function readPrice(text: string): string {
  const price = new Big(text);
  if (price.lt(0) || price.gte(WHOLE_MAX) || !price.round(DECIMALS_MAX).eq(price))
    throw new InvalidInputError('minorPerThousand is 0 to 10^15, with at most nine digits after the point.', [
      'minorPerThousand',
    ]);
  return price.toFixed();
}
