import { zoneSize, type LeaguePlan } from './plan.ts';

export const LEAGUE_OUTCOMES = ['PROMOTED', 'STAYED', 'RELEGATED', 'DROPPED_IDLE'] as const;
export type LeagueOutcome = (typeof LEAGUE_OUTCOMES)[number];

/** A customer who played a season: the cohort, and the place in it; null for who has none, because nothing was scored. */
export type LeaguePlayer = { customerId: string; level: number; cohort: number; position: number | null };

/** A customer of the league who did not play the season. */
export type LeagueIdler = { customerId: string; level: number; idleDrops: number };

export type LeagueMove = { customerId: string; from: number; to: number; outcome: LeagueOutcome };

/**
 * Who goes up and who goes down after a season, cohort by cohort: the first places go up, the last ones down; who is in
 * both zones of a small cohort goes up. Places are by position, so that of equals the one who was there first is the better.
 * Nobody rises above the highest level or falls below the lowest.
 */
export function decideMoves(plan: LeaguePlan, players: readonly LeaguePlayer[]): LeagueMove[] {
  const cohorts = Map.groupBy(players, ({ level, cohort }) => `${level} ${cohort}`);
  const top = plan.levels.length - 1;
  return [...cohorts.values()].flatMap((cohort) => {
    const promoted = zoneSize(plan.promote, cohort.length);
    const lastSafe = cohort.length - zoneSize(plan.relegate, cohort.length);
    const placed = cohort.toSorted((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity));
    return placed.map(({ customerId, level, position }, index): LeagueMove => {
      const isUp = index < promoted && position !== null;
      const isDown = !isUp && index >= lastSafe;
      const to = Math.min(top, Math.max(0, level + (isUp ? 1 : isDown ? -1 : 0)));
      const outcome = to > level ? 'PROMOTED' : to < level ? 'RELEGATED' : 'STAYED';
      return { customerId, from: level, to, outcome };
    });
  });
}

/** Who did not play falls by a level each season, but never by more than the plan allows until the next time of playing. */
export function decideIdle(plan: LeaguePlan, idlers: readonly LeagueIdler[]): LeagueMove[] {
  return idlers
    .filter(({ level, idleDrops }) => level > 0 && idleDrops < plan.idleDropMax)
    .map(({ customerId, level }) => ({ customerId, from: level, to: level - 1, outcome: 'DROPPED_IDLE' }));
}
