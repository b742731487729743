import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';

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
import { databaseCode } from '../transaction.ts';

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
    /** Null for a customer without activity, while too few were active, and where counting them took too long. */
    percentile: Percentile | null;
  };

export type Recaps = {
  /** What a customer did and got in a window, as it is on record now, and their place among the others of some minutes ago. */
  of(programId: string, customerId: string, window: RecapWindow): Promise<Recap>;
};

const STATEMENT_TOOK_TOO_LONG = '57014';

export function createRecaps({
  reads,
  catalogues,
  log,
}: {
  reads: Statements;
  catalogues: Catalogues;
  log: Logger;
}): Recaps {
  // Null where counting took longer than a statement may: it is not tried again before its time either.
  const counted = new LRUCache<string, Promise<PointsGroup[] | null>>({ max: GROUPS_MAX, ttl: GROUPS_MS });

  function groupsOf(programId: string, reading: RecapReading): Promise<PointsGroup[] | null> {
    const key = [programId, reading.from, reading.to, reading.timeZone, measureName(reading.points)].join(' ');
    const known = counted.get(key);
    if (known !== undefined) return known;
    const counting = readPointsGroups(reads, programId, reading).catch((error: unknown) => {
      if (databaseCode(error) === STATEMENT_TOOK_TOO_LONG) {
        log.warn(
          { programId, from: reading.from, to: reading.to },
          'recaps go without a comparison: it takes too long',
        );
        return null;
      }
      // A count that failed is no answer: whoever comes next counts anew.
      counted.delete(key);
      throw error;
    });
    counted.set(key, counting);
    return counting;
  }

  return {
    async of(programId, customerId, window) {
      const catalogue = await catalogues.current(programId);
      const reading = readingOf(catalogue, window);
      const { byDay, ...row } = await readRecap(reads, programId, customerId, reading);
      const groups = byDay.length > 0 ? await groupsOf(programId, reading) : null;
      return {
        ...window,
        ...row,
        currency: catalogue.defaultCurrency,
        activities: byDay.reduce((sum, { activities }) => sum + activities, 0),
        activeDays: byDay.length,
        busiest: busiest(byDay),
        percentile: groups === null ? null : placeAmong(groups, row.points),
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
