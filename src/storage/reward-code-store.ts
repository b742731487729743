import type { Statements } from './postgres.ts';

export type NewCode = { id: string; code: string };

/** Adds codes to a reward's pool and gives back those that were new. Sorted, so that two imports wait for each other in one order. */
export async function insertCodes(
  tx: Statements,
  programId: string,
  rewardId: string,
  codes: readonly NewCode[],
  now: Date,
): Promise<Set<string>> {
  const sorted = codes.toSorted((a, b) => (a.code < b.code ? -1 : 1));
  const rows = await tx.query<{ code: string }>(
    `/* insert-codes */ insert into reward_code (program_id, id, reward_id, code, added_at)
     select $1, id, $2, code, $3 from unnest($4::uuid[], $5::text[]) as row (id, code)
     on conflict (program_id, reward_id, code) do nothing returning code`,
    [programId, rewardId, now, sorted.map((row) => row.id), sorted.map((row) => row.code)],
  );
  return new Set(rows.map((row) => row.code));
}

/**
 * Takes the pool's oldest free code for a redemption. It counts as handed out from `handedAt` on; null only keeps it.
 * False when no code is free. The reward's stock is locked, so that nobody else looks for one.
 */
export async function takeCode(
  tx: Statements,
  programId: string,
  rewardId: string,
  redemptionId: string,
  handedAt: Date | null,
): Promise<boolean> {
  const rows = await tx.query(
    `/* take-code */ update reward_code set redemption_id = $3, handed_at = $4
     where program_id = $1 and id = (
       select id from reward_code where program_id = $1 and reward_id = $2 and redemption_id is null
       order by id limit 1 for update
     ) returning id`,
    [programId, rewardId, redemptionId, handedAt],
  );
  return rows.length > 0;
}

/** Writes a made-up code of a redemption. False when the reward has that code already. */
export async function insertHandedCode(
  tx: Statements,
  programId: string,
  rewardId: string,
  redemptionId: string,
  { id, code }: NewCode,
  now: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `/* insert-handed-code */ insert into reward_code (program_id, id, reward_id, code, added_at, redemption_id, handed_at)
     values ($1, $2, $3, $4, $5, $6, $5) on conflict (program_id, reward_id, code) do nothing returning id`,
    [programId, id, rewardId, code, now, redemptionId],
  );
  return rows.length > 0;
}

/** The code that was kept for a reservation is the customer's now. */
export async function handOutCode(tx: Statements, programId: string, redemptionId: string, now: Date): Promise<void> {
  await tx.query(
    '/* hand-out-code */ update reward_code set handed_at = $3 where program_id = $1 and redemption_id = $2 and handed_at is null',
    [programId, redemptionId, now],
  );
}

/** Codes that were only kept, and never shown, are free again. */
export async function freeKeptCodes(
  tx: Statements,
  programId: string,
  redemptionIds: readonly string[],
): Promise<void> {
  await tx.query(
    `/* free-kept-codes */ update reward_code set redemption_id = null
     where program_id = $1 and redemption_id = any($2::uuid[]) and handed_at is null`,
    [programId, redemptionIds],
  );
}

/** Which of the rewards have a free code. */
export async function findStocked(
  reads: Statements,
  programId: string,
  rewardIds: readonly string[],
): Promise<Set<string>> {
  const rows = await reads.query<{ id: string }>(
    `/* find-stocked */ select id from unnest($2::uuid[]) as wanted (id)
     where exists (select from reward_code c where c.program_id = $1 and c.reward_id = wanted.id and c.redemption_id is null)`,
    [programId, rewardIds],
  );
  return new Set(rows.map((row) => row.id));
}

/** How many codes each reward ever had, and how many are free. */
export async function countCodes(
  reads: Statements,
  programId: string,
  rewardIds: readonly string[],
): Promise<Map<string, { added: number; free: number }>> {
  const rows = await reads.query<{ rewardId: string; added: number; free: number }>(
    `/* count-codes */ select reward_id as "rewardId", count(*) as added, count(*) filter (where redemption_id is null) as free
     from reward_code where program_id = $1 and reward_id = any($2::uuid[]) group by reward_id`,
    [programId, rewardIds],
  );
  return new Map(rows.map(({ rewardId, added, free }) => [rewardId, { added, free }]));
}
