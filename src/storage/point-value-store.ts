import type { Statements } from './postgres.ts';

export type PointValueReason = 'COST' | 'SELLING';

/** What 1,000 points of a currency are worth from a day on. */
export type PointValue = {
  id: string;
  currencyId: string;
  reason: PointValueReason;
  /** First day, in the program's zone. */
  validFrom: string;
  /** Minor units of money for 1,000 points, as plain-decimal text with up to nine digits after the point. */
  minorPerThousand: string;
  moneyCurrency: string;
  note: string | null;
  actor: string;
  recordedAt: Date;
};

const COLUMNS = `id, currency_id as "currencyId", reason, valid_from as "validFrom", trim_scale(minor_per_thousand)::text as "minorPerThousand",
  money_currency as "moneyCurrency", note, actor, recorded_at as "recordedAt"`;

export async function insertPointValue(statements: Statements, programId: string, value: PointValue): Promise<void> {
  await statements.query(
    `/* insert-point-value */ insert into point_value
       (program_id, id, currency_id, reason, valid_from, minor_per_thousand, money_currency, note, actor, recorded_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      programId,
      value.id,
      value.currencyId,
      value.reason,
      value.validFrom,
      value.minorPerThousand,
      value.moneyCurrency,
      value.note,
      value.actor,
      value.recordedAt,
    ],
  );
}

/** The value in force on a day: of the latest first day not after it, and of two for one day the one recorded last. */
export async function findPointValue(
  statements: Statements,
  wanted: { programId: string; currencyId: string; reason: PointValueReason; on: string },
): Promise<PointValue | null> {
  const [row] = await statements.query<PointValue>(
    `/* find-point-value */ select ${COLUMNS} from point_value
     where program_id = $1 and currency_id = $2 and reason = $3 and valid_from <= $4::date order by valid_from desc, id desc limit 1`,
    [wanted.programId, wanted.currencyId, wanted.reason, wanted.on],
  );
  return row ?? null;
}

/** The newest values of a currency, latest first day first. */
export async function listPointValues(
  statements: Statements,
  wanted: { programId: string; currencyId: string; limit: number },
): Promise<PointValue[]> {
  return statements.query<PointValue>(
    `/* list-point-values */ select ${COLUMNS} from point_value
     where program_id = $1 and currency_id = $2 order by valid_from desc, id desc limit $3`,
    [wanted.programId, wanted.currencyId, wanted.limit],
  );
}

/** One value by its id. */
export async function getPointValue(statements: Statements, programId: string, id: string): Promise<PointValue | null> {
  const [row] = await statements.query<PointValue>(
    `/* get-point-value */ select ${COLUMNS} from point_value where program_id = $1 and id = $2`,
    [programId, id],
  );
  return row ?? null;
}
