// Duels for tests.
import type { ItemInput } from '#domain/rule-set/content.ts';

type Item = ItemInput<'duelKinds'>;

/** A kind of duel over the number of purchases within a day, for 50 points. */
export function aDuelKind(overrides: Partial<Item> = {}): Item {
  return {
    code: 'race',
    texts: { en: { name: 'Race' }, de: { name: 'Wettlauf' } },
    measure: { kind: 'SUM', activityType: 'purchase', property: 'amount' },
    hours: 24,
    prize: { points: 50 },
    ...overrides,
  };
}
