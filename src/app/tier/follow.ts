import type { Catalogue } from '#domain/program/catalogue.ts';
import type { RuleSet } from '#domain/rule-set/rule-set.ts';
import { countedBy } from '#domain/tier/counted.ts';
import { lockLeaderboards } from '#storage/sql/lock-leaderboards.ts';
import { fillMeasure } from '#storage/sql/measure-days.ts';
import { wakeStandings } from '#storage/tier-review-store.ts';

import type { Tx } from '../transaction.ts';

const FILL_MAX_MS = 120_000;

/**
 * Prepares for a rule set that goes live at `startsAt`: what its ladders and levels count and nobody has counted so far is
 * counted from the whole past, so that a new ladder stands as if it had always been there; and standings of ladders that it
 * changes are looked at when it takes over. Call it before the revision is written. Activities of this program wait while
 * something is counted: about as long as a new leaderboard takes.
 */
export async function followLadders(tx: Tx, catalogue: Catalogue, next: RuleSet, startsAt: Date): Promise<void> {
  const before = catalogue.published.map(({ ruleSet }) => ruleSet);
  // What only a superseded revision counts is still counted here and not by a process that began later: it is counted anew.
  const known = countedBy(
    catalogue.published
      .filter((one) => one.revision === catalogue.ruleSet.revision || (one.scheduledFor ?? tx.now) > tx.now)
      .map(({ ruleSet }) => ruleSet),
  );
  const added = [...countedBy([next])].filter(([name]) => !known.has(name));
  if (added.length > 0) {
    await lockLeaderboards(tx, tx.programId);
    await tx.query(`set local statement_timeout = ${FILL_MAX_MS}`);
    for (const [name, measure] of added) await fillMeasure(tx, tx.programId, catalogue.program.timeZone, name, measure);
  }
  const changed = next.content.ladders.filter((ladder) =>
    before.some(
      ({ content }) => JSON.stringify(content.ladders.find(({ id }) => id === ladder.id)) !== JSON.stringify(ladder),
    ),
  );
  await wakeStandings(
    tx,
    tx.programId,
    changed.map(({ id }) => id),
    startsAt,
  );
}
