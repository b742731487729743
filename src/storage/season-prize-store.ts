import type { SeasonPrizeState } from '#domain/season/season.ts';

import type { Statements } from './postgres.ts';
import { insertPart, runParts, type Columns } from './sql/statement-parts.ts';

/** What a customer won in a season. There is one a customer, season and band, for ever. */
export type SeasonPrize = {
  id: string;
  seasonId: string;
  customerId: string;
  band: number;
  rank: number;
  tied: number;
  currencyId: string | null;
  points: number;
  rewardId: string | null;
  badge: string | null;
  state: SeasonPrizeState;
  claimUntil: Date | null;
  reason: string | null;
  granted: number | null;
  transactionId: string | null;
  redemptionId: string | null;
  decidedAt: Date;
  settledAt: Date | null;
};

const COLUMNS: Columns<SeasonPrize> = {
  id: ['uuid', (row) => row.id],
  season_id: ['uuid', (row) => row.seasonId],
  customer_id: ['uuid', (row) => row.customerId],
  band: ['integer', (row) => row.band],
  rank: ['integer', (row) => row.rank],
  tied: ['integer', (row) => row.tied],
  currency_id: ['uuid', (row) => row.currencyId],
  points: ['bigint', (row) => row.points],
  reward_id: ['uuid', (row) => row.rewardId],
  badge: ['text', (row) => row.badge],
  state: ['text', (row) => row.state],
  claim_until: ['timestamptz', (row) => row.claimUntil],
  reason: ['text', (row) => row.reason],
  decided_at: ['timestamptz', (row) => row.decidedAt],
};

const ROW = `id, season_id as "seasonId", customer_id as "customerId", band, rank, tied, currency_id as "currencyId", points,
  reward_id as "rewardId", badge, state, claim_until as "claimUntil", reason, granted, transaction_id as "transactionId",
  redemption_id as "redemptionId", decided_at as "decidedAt", settled_at as "settledAt" from season_prize`;

/** Keeps what was decided. The database refuses a second prize of one band for one customer. */
export async function insertSeasonPrizes(
  tx: Statements,
  programId: string,
  rows: readonly SeasonPrize[],
): Promise<void> {
  if (rows.length === 0) return;
  await runParts(tx, 'insert-season-prizes', [insertPart('season_prize', programId, COLUMNS, rows)]);
}

/** Some prizes of a season that wait for being given, locked, in the order of their ids. */
export async function lockDuePrizes(
  tx: Statements,
  programId: string,
  seasonId: string,
  limit: number,
): Promise<SeasonPrize[]> {
  return tx.query<SeasonPrize>(
    `/* lock-due-prizes */ select ${ROW} where program_id = $1 and season_id = $2 and state = 'DUE'
     order by id limit $3 for update`,
    [programId, seasonId, limit],
  );
}

/** One prize for changing it, or null. */
export async function lockSeasonPrize(tx: Statements, programId: string, id: string): Promise<SeasonPrize | null> {
  const [prize] = await tx.query<SeasonPrize>(
    `/* lock-season-prize */ select ${ROW} where program_id = $1 and id = $2 for update`,
    [programId, id],
  );
  return prize ?? null;
}

const SETTLED: Columns<SeasonPrize> = {
  id: ['uuid', (row) => row.id],
  state: ['text', (row) => row.state],
  reason: ['text', (row) => row.reason],
  granted: ['bigint', (row) => row.granted],
  transaction_id: ['uuid', (row) => row.transactionId],
  redemption_id: ['uuid', (row) => row.redemptionId],
  settled_at: ['timestamptz', (row) => row.settledAt],
};

/** Writes what became of locked prizes, in one statement. */
export async function settleSeasonPrizes(
  tx: Statements,
  programId: string,
  rows: readonly SeasonPrize[],
): Promise<void> {
  if (rows.length === 0) return;
  const values: unknown[] = [programId];
  const columns = Object.entries(SETTLED);
  const arrays = columns.map(([, [type, value]]) => `$${values.push(rows.map(value))}::${type}[]`);
  const names = columns.map(([name]) => name);
  await tx.query(
    `/* settle-season-prizes */ update season_prize p
     set ${names
       .filter((name) => name !== 'id')
       .map((name) => `${name} = c.${name}`)
       .join(', ')}
     from unnest(${arrays.join(', ')}) as c (${names.join(', ')})
     where p.program_id = $1 and p.id = c.id`,
    values,
  );
}

/** Ends claims that nobody made in time, of one season or of the whole program, and gives their number. */
export async function expireClaims(
  tx: Statements,
  programId: string,
  now: Date,
  seasonId: string | null = null,
): Promise<number> {
  const rows = await tx.query(
    `/* expire-claims */ update season_prize set state = 'EXPIRED', settled_at = claim_until
     where program_id = $1 and state = 'CLAIMABLE' and claim_until <= $2 and ($3::uuid is null or season_id = $3)
     returning id`,
    [programId, now, seasonId],
  );
  return rows.length;
}

/** Until when the last of a season's prizes can be claimed; null where none can. */
export async function lastClaimOf(tx: Statements, programId: string, seasonId: string): Promise<Date | null> {
  const [row] = await tx.query<{ last: Date | null }>(
    "/* last-claim-of */ select max(claim_until) as last from season_prize where program_id = $1 and season_id = $2 and state = 'CLAIMABLE'",
    [programId, seasonId],
  );
  return row?.last ?? null;
}

/** Programs in which a claim has run out, by their own clocks. */
export async function findProgramsWithEndedClaims(reads: Statements, clock: Date): Promise<string[]> {
  const rows = await reads.query<{ id: string }>(
    `/* programs-with-ended-claims */ select p.id from program p
     where p.state = 'ACTIVE' and exists (
       select from season_prize z where z.program_id = p.id and z.state = 'CLAIMABLE' and z.claim_until <= coalesce(p.test_clock, $1::timestamptz))`,
    [clock],
  );
  return rows.map(({ id }) => id);
}

/** A page of a season's prizes, or of a customer's, in the order of their ids; the last ones first where it goes backwards. */
export async function listSeasonPrizes(
  reads: Statements,
  programId: string,
  of: { seasonId: string } | { customerId: string },
  { after, before, backwards }: { after: string | null; before: string | null; backwards: boolean },
  limit: number,
): Promise<SeasonPrize[]> {
  const [column, id] = 'seasonId' in of ? ['season_id', of.seasonId] : ['customer_id', of.customerId];
  return reads.query<SeasonPrize>(
    `/* list-season-prizes */ select ${ROW}
     where program_id = $1 and ${column} = $2 and ($3::uuid is null or id > $3) and ($4::uuid is null or id < $4)
     order by id ${backwards ? 'desc' : 'asc'} limit $5`,
    [programId, id, after, before, limit],
  );
}

/** Prizes by id, in no order. */
export async function readSeasonPrizes(
  reads: Statements,
  programId: string,
  ids: readonly string[],
): Promise<SeasonPrize[]> {
  return reads.query<SeasonPrize>(`/* read-season-prizes */ select ${ROW} where program_id = $1 and id = any($2)`, [
    programId,
    ids,
  ]);
}
