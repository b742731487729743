import type { CompiledBadge } from '#domain/badge/compile.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { RuleSet } from '#domain/rule-set/rule-set.ts';
import {
  beginBackfills,
  forgetBackfills,
  hasActivities,
  listBackfills,
  lookAtBadges,
  setLookAt,
} from '#storage/badge-backfill-store.ts';
import { lockLeaderboards } from '#storage/sql/lock-leaderboards.ts';

import type { Tx } from '../transaction.ts';

/**
 * Prepares for a rule set that goes live at `startsAt`: its badges are looked at when it takes over. At once, what can have
 * no past is live without any crediting, and what is not awarded any more is credited anew when it is again. Call it before
 * the revision is written.
 */
export async function followBadges(tx: Tx, next: RuleSet, startsAt: Date): Promise<void> {
  const known = await listBackfills(tx, tx.programId);
  if (next.content.badges.length === 0 && known.length === 0) return;
  await lookAtBadges(tx, tx.programId, next.content.badges, startsAt);
  if (startsAt > tx.now) return;
  await lockLeaderboards(tx, tx.programId);
  await begin(tx, next, { empty: true });
}

/**
 * Begins to credit the past by every live badge whose shape is not the one that the past was credited by. Nobody records
 * activities meanwhile, so that every activity is either past, or decided with the badge.
 */
export async function beginCrediting(tx: Tx, catalogue: Catalogue): Promise<void> {
  await begin(tx, catalogue.ruleSet, { empty: false });
  const coming = catalogue.published.flatMap(({ scheduledFor }) =>
    scheduledFor !== null && scheduledFor > tx.now ? [scheduledFor.getTime()] : [],
  );
  await setLookAt(tx, tx.programId, coming.length === 0 ? null : new Date(Math.min(...coming)));
}

/** Whether the live badges may be others than those that the past was credited by. */
export async function mustBegin(tx: Tx, { ruleSet: { badges } }: Catalogue): Promise<boolean> {
  const rows = await listBackfills(tx, tx.programId);
  if (rows.some(({ lookAt }) => lookAt !== null && lookAt <= tx.now)) return true;
  const shapes = new Map(rows.map((row) => [row.badgeId, row.shape]));
  return badges.live.some(({ badge, shape }) => shapes.get(badge.id) !== shape);
}

/** With `empty`, only those begin that have nothing to credit, and are done with it. */
async function begin(tx: Tx, { badges: { live } }: RuleSet, { empty }: { empty: boolean }): Promise<void> {
  await forgetBackfills(
    tx,
    tx.programId,
    live.map(({ badge }) => badge.id),
  );
  const shapes = new Map((await listBackfills(tx, tx.programId)).map((row) => [row.badgeId, row.shape]));
  const changed = live.filter(({ badge, shape }) => shapes.get(badge.id) !== shape);
  const begun: { id: string; shape: string; isDone: boolean }[] = [];
  for (const compiled of changed) {
    const isDone = !(await hasPast(tx, compiled));
    if (isDone || !empty) begun.push({ id: compiled.badge.id, shape: compiled.shape, isDone });
  }
  await beginBackfills(tx, tx.programId, begun, tx.now);
}

function hasPast(tx: Tx, { concerns }: CompiledBadge): Promise<boolean> {
  return hasActivities(tx, tx.programId, concerns === null ? null : [...concerns]);
}
