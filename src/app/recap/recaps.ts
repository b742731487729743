import { LRUCache } from 'lru-cache';

import type { Catalogue } from '#domain/program/catalogue.ts';
import type { PointCurrency } from '#domain/program/program.ts';
import {
  busiest,
  placeAmong,
  type Busy,
  type Percentile,
  type PointsGroup,
  type RecapWindow,
} from '#domain/recap/recap.ts';
import { countedBy } from '#domain/tier/counted.ts';
import { measureName, type Measure } from '#domain/tier/measure.ts';
import { startOfDay } from '#domain/time.ts';
import type { Statements } from '#storage/postgres.ts';
import { readPointsGroups, readRecap, type RecapReading, type RecapRow } from '#storage/recap-store.ts';

import type { Catalogues } from '../program/catalogues.ts';

/**
 * How long a comparison with everybody is used again. It reads all customers of a window, and on the first of January all
 * customers ask for the same one: so a process counts it once in this time, whoever asks how often.
 */
const GROUPS_MS = 300_000;
const GROUPS_MAX = 200;

export type Recap = RecapWindow &
  Omit<RecapRow, 'byDay'> & {
    currency: PointCurrency;
    activities: number;
    activeDays: number;
    busiest: { day: Busy; month: Busy } | null;
    /** Null for a customer without activity, and while too few were active. */
    percentile: Percentile | null;
  };

export type Recaps = {
  /** What a customer did and got in a window, as it is on record now, and their place among the others of some minutes ago. */
  of(programId: string, customerId: string, window: RecapWindow): Promise<Recap>;
};

export function createRecaps({ reads, catalogues }: { reads: Statements; catalogues: Catalogues }): Recaps {
  const groups = new LRUCache<string, Promise<PointsGroup[]>>({ max: GROUPS_MAX, ttl: GROUPS_MS });

  function groupsOf(programId: string, reading: RecapReading): Promise<PointsGroup[]> {
    const key = [programId, reading.from, reading.to, reading.timeZone, measureName(reading.points)].join(' ');
    const known = groups.get(key);
    if (known !== undefined) return known;
    const counting = readPointsGroups(reads, programId, reading);
    groups.set(key, counting);
    // A count that failed is no answer: whoever comes next counts anew.
    counting.catch(() => groups.delete(key));
    return counting;
  }

  return {
    async of(programId, customerId, window) {
      const catalogue = await catalogues.current(programId);
      const reading = readingOf(catalogue, window);
      const { byDay, ...row } = await readRecap(reads, programId, customerId, reading);
      const isActive = byDay.length > 0;
      return {
        ...window,
        ...row,
        currency: catalogue.defaultCurrency,
        activities: byDay.reduce((sum, { activities }) => sum + activities, 0),
        activeDays: byDay.length,
        busiest: busiest(byDay),
        percentile: isActive ? placeAmong(await groupsOf(programId, reading), row.points) : null,
      };
    },
  };
}

function readingOf({ program, defaultCurrency, ruleSet }: Catalogue, window: RecapWindow): RecapReading {
  const points: Measure = { kind: 'POINTS', currencyId: defaultCurrency.id };
  return {
    ...window,
    timeZone: program.timeZone,
    startsAt: startOfDay(window.from, program.timeZone),
    endsAt: startOfDay(window.to, program.timeZone),
    points,
    areDaysKept: countedBy([ruleSet]).has(measureName(points)),
  };
}
