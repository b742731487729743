import type { ChallengePrize } from '#domain/challenge/challenge.ts';

import type { Statements } from './postgres.ts';
import { insertPart, runParts, type Columns } from './sql/statement-parts.ts';

export const PRIZE_ROLES = ['WINNER', 'CONTRIBUTOR', 'BYSTANDER'] as const;
export type PrizeRole = (typeof PRIZE_ROLES)[number];

/** What a customer gets for a run. */
export type ChallengePrizeRow = {
  id: string;
  runId: string;
  customerId: string;
  role: PrizeRole;
  /** GIVEN has its points; CLAIMABLE waits until `claimUntil`. */
  state: 'GIVEN' | 'CLAIMABLE';
  currencyId: string;
  points: number;
  /** How the points expire once claimed; null as the currency says. */
  expiry: ChallengePrize['expiry'];
  claimUntil: Date | null;
  transactionId: string | null;
  createdAt: Date;
  givenAt: Date | null;
};

const PRIZES: Columns<ChallengePrizeRow> = {
  id: ['uuid', (row) => row.id],
  run_id: ['uuid', (row) => row.runId],
  customer_id: ['uuid', (row) => row.customerId],
  role: ['text', (row) => row.role],
  state: ['text', (row) => row.state],
  currency_id: ['uuid', (row) => row.currencyId],
  points: ['bigint', (row) => row.points],
  expiry: ['jsonb', (row) => JSON.stringify(row.expiry)],
  claim_until: ['timestamptz', (row) => row.claimUntil],
  transaction_id: ['uuid', (row) => row.transactionId],
  created_at: ['timestamptz', (row) => row.createdAt],
  given_at: ['timestamptz', (row) => row.givenAt],
};

/** Keeps prizes. The database refuses a second one of a customer for a run. */
export async function insertPrizes(
  tx: Statements,
  programId: string,
  rows: readonly ChallengePrizeRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await runParts(tx, 'insert-challenge-prizes', [insertPart('challenge_prize', programId, PRIZES, rows)]);
}

const COLUMNS = `p.id, p.run_id as "runId", p.customer_id as "customerId", p.role, p.state, p.currency_id as "currencyId", p.points,
  p.expiry, p.claim_until as "claimUntil", p.transaction_id as "transactionId", p.created_at as "createdAt",
  p.given_at as "givenAt"`;

/** A prize, locked for the transaction that claims it; null when there is none. */
export async function lockPrize(tx: Statements, programId: string, id: string): Promise<ChallengePrizeRow | null> {
  const [row = null] = await tx.query<ChallengePrizeRow>(
    `/* lock-challenge-prize */ select ${COLUMNS} from challenge_prize p where p.program_id = $1 and p.id = $2 for update`,
    [programId, id],
  );
  return row;
}

/** Prizes by their ids. */
export async function readPrizes(
  reads: Statements,
  programId: string,
  ids: readonly string[],
): Promise<ChallengePrizeRow[]> {
  return reads.query(
    `/* read-challenge-prizes */ select ${COLUMNS} from challenge_prize p where p.program_id = $1 and p.id = any($2::uuid[])`,
    [programId, ids],
  );
}

/** The prizes of these customers for these runs. */
export async function readPrizesOfRuns(
  reads: Statements,
  programId: string,
  customerIds: readonly string[],
  runIds: readonly string[],
): Promise<ChallengePrizeRow[]> {
  if (customerIds.length === 0 || runIds.length === 0) return [];
  return reads.query(
    `/* read-prizes-of-runs */ select ${COLUMNS} from challenge_prize p
     where p.program_id = $1 and p.run_id = any($3::uuid[]) and p.customer_id = any($2::uuid[])`,
    [programId, customerIds, runIds],
  );
}

/** Writes down that a prize was claimed. */
export async function markGiven(
  tx: Statements,
  programId: string,
  id: string,
  given: { points: number; transactionId: string | null; at: Date },
): Promise<void> {
  await tx.query(
    `/* give-challenge-prize */ update challenge_prize set state = 'GIVEN', points = $3, transaction_id = $4, given_at = $5
     where program_id = $1 and id = $2`,
    [programId, id, given.points, given.transactionId, given.at],
  );
}

/** Forgets what a run had won that is open again. */
export async function deletePrize(tx: Statements, programId: string, runId: string, customerId: string): Promise<void> {
  await tx.query(
    '/* delete-challenge-prize */ delete from challenge_prize where program_id = $1 and run_id = $2 and customer_id = $3',
    [programId, runId, customerId],
  );
}
