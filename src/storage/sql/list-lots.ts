import type { Lot } from '#domain/ledger/account.ts';
import type { PageRequest, Position } from '#domain/page.ts';

import type { Statements } from '../postgres.ts';
import { LOT_COLUMNS, toLot } from './select-lots.ts';
import type { LotRow } from './select-lots.ts';

/** Sort key of lots that never expire: after every instant. */
const NEVER = Number.MAX_SAFE_INTEGER;

export type LotWhere = {
  customerId: string;
  currencyId: string | null;
  state: Lot['state'] | null;
  /** Only lots that expire before this. */
  expiresBefore: Date | null;
};

/**
 * A customer's lots with anything in them, soonest-expiring first: the order in which they are spent. Lots whose time has
 * passed are left out although no job has written their expiry, unless a hold still has points of them.
 */
export async function listLots(
  reads: Statements,
  programId: string,
  now: Date,
  where: LotWhere,
  page: PageRequest,
): Promise<Lot[]> {
  const direction = page.backwards ? 'desc' : 'asc';
  const key = `coalesce((extract(epoch from l.expires_at) * 1000000)::bigint, ${NEVER})`;
  const rows = await reads.query<LotRow>(
    `/* list-lots */
    select ${LOT_COLUMNS} from (
      select l.*, ${key} as key,
        case when l.state = 'PENDING' and l.available_at <= $7 then 'AVAILABLE' else l.state end as state_now
      from dated_lot l
      where l.program_id = $1 and l.remaining + l.held > 0 and (l.expires_at is null or l.expires_at > $7 or l.held > 0)
        and l.account_id in (
          select a.id from ledger_account a
          where a.program_id = $1 and a.customer_id = $2 and ($3::uuid is null or a.currency_id = $3))
    ) l
    where ($4::text is null or l.state_now = $4) and ($5::timestamptz is null or l.expires_at < $5)
      and ($8::bigint is null or (l.key, l.id) > ($8, $9::uuid)) and ($10::bigint is null or (l.key, l.id) < ($10, $11::uuid))
    order by l.key ${direction}, l.id ${direction}
    limit $6`,
    [
      programId,
      where.customerId,
      where.currencyId,
      where.state,
      where.expiresBefore,
      page.limit + 1,
      now,
      page.after?.key ?? null,
      page.after?.id ?? null,
      page.before?.key ?? null,
      page.before?.id ?? null,
    ],
  );
  return rows.map((row) => toLot(row));
}

/** Where a lot stands in that list. */
export function positionOfLot(lot: Lot): Position {
  return { key: String(lot.expiresAt === null ? NEVER : lot.expiresAt.getTime() * 1_000), id: lot.id };
}
