import type { CompiledBadge } from '#domain/badge/compile.ts';
import { listAwards, type AwardRow } from '#storage/badge-award-store.ts';

import type { Tx } from '../transaction.ts';

/** Awards of these badges that were credited in silence, are held, and have given no points so far. */
export async function unpaidAwards(
  tx: Tx,
  customerIds: readonly string[],
  badges: readonly CompiledBadge[],
): Promise<{ row: AwardRow; compiled: CompiledBadge }[]> {
  if (badges.length === 0) return [];
  const byId = new Map(badges.map((compiled) => [compiled.badge.id, compiled]));
  const rows = await listAwards(tx, tx.programId, customerIds, [...byId.keys()]);
  return rows.flatMap((row) => {
    const compiled = byId.get(row.badgeId);
    const isOpen = row.silent && row.transactionId === null && row.revokedAt === null;
    return isOpen && compiled !== undefined ? [{ row, compiled }] : [];
  });
}
