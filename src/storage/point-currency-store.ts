import type { PointCurrency } from '#domain/program/program.ts';

import type { Statements } from './postgres.ts';

const COLUMNS = `
  id, code, name, kind, is_default as "isDefault", balance_cap as "balanceCap", expiry,
  expiry_notice_days as "expiryNoticeDays"`;

/** All point currencies of a program, in the order of their creation, locked against other changes of currencies. */
export async function lockPointCurrencies(statements: Statements, programId: string): Promise<PointCurrency[]> {
  return statements.query<PointCurrency>(
    `/* lock-point-currencies */ select ${COLUMNS} from point_currency where program_id = $1 order by id for no key update`,
    [programId],
  );
}

/** Point currencies by their ids, within one program. */
export async function findPointCurrencies(
  statements: Statements,
  programId: string,
  ids: readonly string[],
): Promise<PointCurrency[]> {
  return statements.query<PointCurrency>(
    `/* find-point-currencies */ select ${COLUMNS} from point_currency where program_id = $1 and id = any($2)`,
    [programId, ids],
  );
}

/** A trigger gives it the four counterparty accounts that customers' entries are balanced against. */
export async function insertPointCurrency(
  statements: Statements,
  programId: string,
  currency: PointCurrency,
): Promise<void> {
  await statements.query(
    `/* insert-point-currency */ insert into point_currency
       (program_id, id, code, name, kind, is_default, balance_cap, expiry, expiry_notice_days)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      programId,
      currency.id,
      currency.code,
      currency.name,
      currency.kind,
      currency.isDefault,
      currency.balanceCap,
      currency.expiry === null ? null : JSON.stringify(currency.expiry),
      currency.expiryNoticeDays,
    ],
  );
}

/** Writes what may change of a currency: name, cap, expiry, default. Clears an old default first, for there is only one. */
export async function updatePointCurrency(
  statements: Statements,
  programId: string,
  currency: PointCurrency,
): Promise<void> {
  if (currency.isDefault) {
    await statements.query(
      '/* clear-default-currency */ update point_currency set is_default = false where program_id = $1 and is_default and id <> $2',
      [programId, currency.id],
    );
  }
  await statements.query(
    `/* update-point-currency */ update point_currency
     set name = $3, is_default = $4, balance_cap = $5, expiry = $6, expiry_notice_days = $7 where program_id = $1 and id = $2`,
    [
      programId,
      currency.id,
      currency.name,
      currency.isDefault,
      currency.balanceCap,
      currency.expiry === null ? null : JSON.stringify(currency.expiry),
      currency.expiryNoticeDays,
    ],
  );
}

/** Point currencies of several programs, each in the order of their creation. */
export async function listPointCurrencies(
  statements: Statements,
  programIds: readonly string[],
): Promise<(PointCurrency & { programId: string })[]> {
  return statements.query<PointCurrency & { programId: string }>(
    `/* list-point-currencies */ select program_id as "programId", ${COLUMNS} from point_currency
     where program_id = any($1) order by program_id, id`,
    [programIds],
  );
}
