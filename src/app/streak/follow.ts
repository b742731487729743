import type { Catalogue } from '#domain/program/catalogue.ts';
import type { RuleSet } from '#domain/rule-set/rule-set.ts';
import { periodOf } from '#domain/streak/calendar.ts';
import { localDay } from '#domain/time.ts';
import { bridgeStreak, readStreakStretches, wakeStreaks } from '#storage/streak-fill-store.ts';

import type { Tx } from '../transaction.ts';

/**
 * Prepares for a rule set that goes live at `startsAt`: streaks that it changes are looked at when it takes over, and one that
 * stood still until then, paused or taken out, breaks for nobody by what was missed meanwhile. Call it before the revision
 * is written.
 */
export async function followStreaks(tx: Tx, catalogue: Catalogue, next: RuleSet, startsAt: Date): Promise<void> {
  const before = new Map(catalogue.ruleSet.streaks.map((compiled) => [compiled.streak.id, compiled]));
  const changed: string[] = [];
  for (const { streak, shape } of next.streaks) {
    const old = before.get(streak.id);
    if (streak.paused) continue;
    if (old === undefined || old.streak.paused) {
      const stoodStillFrom = await findStandstill(tx, streak.id, startsAt);
      if (stoodStillFrom === null) continue;
      // Wherever in the world: a day too many breaks nothing that would not have been met.
      const from = periodOf(streak.cadence, localDay(stoodStillFrom, 'Etc/GMT+12'));
      const to = periodOf(streak.cadence, localDay(startsAt, 'Etc/GMT-14')) + 1;
      await bridgeStreak(tx, tx.programId, streak.id, streak.cadence, { from, to });
    }
    if (old?.streak.paused !== false || old.shape !== shape || old.streak.atRiskHours !== streak.atRiskHours)
      changed.push(streak.id);
  }
  await wakeStreaks(tx, tx.programId, changed, startsAt);
}

/** Since when a streak has been standing still; null when it never went, or goes until then. */
async function findStandstill(tx: Tx, streakId: string, until: Date): Promise<Date | null> {
  let since: Date | null = null;
  for (const { startsAt, goes } of await readStreakStretches(tx, tx.programId, streakId, until)) {
    if (goes) return since;
    since = startsAt;
  }
  return null;
}
