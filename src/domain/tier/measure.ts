import { Big } from 'big.js';

import type { LadderBasis } from './ladder.ts';

/**
 * What is counted for a customer, day by day: points earned of a currency, the sum of a property, or how often. Ladders
 * and levels that count the same share it, whatever their periods are.
 */
export type Measure =
  | { kind: 'POINTS'; currencyId: string }
  | { kind: 'SPEND'; activityTypeId: string; property: string }
  | { kind: 'COUNT'; activityTypeId: string };

/** The name under which a measure's days are kept. */
export function measureName(measure: Measure): string {
  switch (measure.kind) {
    case 'POINTS':
      return `points:${measure.currencyId}`;
    case 'SPEND':
      return `spend:${measure.activityTypeId}:${measure.property}`;
    case 'COUNT':
      return `count:${measure.activityTypeId}`;
  }
}

/** The measure that a kept name stands for, or null when it is none. */
export function measureOf(name: string): Measure | null {
  const [kind, id = '', ...rest] = name.split(':');
  if (kind === 'points') return { kind: 'POINTS', currencyId: id };
  if (kind === 'spend') return { kind: 'SPEND', activityTypeId: id, property: rest.join(':') };
  return kind === 'count' ? { kind: 'COUNT', activityTypeId: id } : null;
}

/** Whether amounts of the basis are whole numbers. */
export function isWhole(basis: LadderBasis): boolean {
  return basis.kind !== 'SPEND';
}

/** What one tracked activity adds. Points are what was granted after caps, pending ones with them. */
export type MeasuredFact = {
  activityTypeId: string;
  properties: Readonly<Record<string, unknown>>;
  points: ReadonlyMap<string, number>;
};

/** What a fact adds to a measure, or null when it has nothing to do with it. */
export function contributionOf(measure: Measure, fact: MeasuredFact): Big | null {
  switch (measure.kind) {
    case 'POINTS': {
      const points = fact.points.get(measure.currencyId) ?? 0;
      return points === 0 ? null : new Big(points);
    }
    case 'COUNT':
      return fact.activityTypeId === measure.activityTypeId ? new Big(1) : null;
    case 'SPEND': {
      if (fact.activityTypeId !== measure.activityTypeId) return null;
      const value = fact.properties[measure.property];
      if (typeof value !== 'number' && typeof value !== 'string') return null;
      const amount = new Big(value);
      return amount.eq(0) ? null : amount;
    }
  }
}
