import { createHash } from 'node:crypto';

import type { Leaderboard } from '#domain/program/program.ts';
import { canonicalHeader, canonicalRow, type SealedRow, type SealHeader } from '#domain/season/sealed.ts';
import type { SeasonRun } from '#domain/season/season.ts';
import { readSeasons } from '#storage/leaderboard-store.ts';
import { onlyRow, type Statements } from '#storage/postgres.ts';
import { readSealedPage, writeStandings, type SealedPlace } from '#storage/season-standing-store.ts';

import type { Tx } from '../transaction.ts';

const PAGE = 5_000;
const STANDINGS_MAX_MS = 120_000;

/**
 * Writes the standings of a frozen season and gives their number and hash. All or nothing with its transaction: whoever is
 * killed over it leaves no row, and the next begins anew with the same entries, which nobody moves any more.
 */
export async function sealStandings(
  tx: Tx,
  run: SeasonRun,
  board: Leaderboard,
  ruleRevision: number,
): Promise<Pick<SeasonRun, 'standingCount' | 'standingHash' | 'ruleRevision'>> {
  await tx.query(`set local statement_timeout = ${STANDINGS_MAX_MS}`);
  const season = onlyRow(await readSeasons(tx, tx.programId, [run.id]));
  const count = await writeStandings(tx, season);
  const header = { ...run, ...season, ruleRevision, scoreDecimals: board.scoreDecimals, count };
  return { standingCount: count, standingHash: await hashSealed(tx, header), ruleRevision };
}

/** SHA-256 over the canonical form of what is sealed, read page by page. */
export async function hashSealed(reads: Statements, header: SealHeader & { programId: string }): Promise<string> {
  const hash = createHash('sha256').update(canonicalHeader(header));
  let after: SealedPlace | null = null;
  for (;;) {
    const rows: SealedRow[] = await readSealedPage(reads, header.programId, header.id, after, PAGE);
    for (const row of rows) hash.update(canonicalRow(row));
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return hash.digest('hex');
    after = { part: last.part ?? '', position: last.position ?? 0 };
  }
}

/** The same over rows in memory, which must be in canonical order. */
export function hashRows(header: SealHeader, rows: readonly SealedRow[]): string {
  const hash = createHash('sha256').update(canonicalHeader(header));
  for (const row of rows) hash.update(canonicalRow(row));
  return hash.digest('hex');
}
