import type { ActivityType, Leaderboard } from '../program/program.ts';

/**
 * A customer who is erased stays as a pseudonym: a row with an id and without a word about a person, so that ledger, sealed
 * seasons and counts keep adding up. To every write such a customer does not exist.
 */
const PSEUDONYM = /^erased:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether this external id is that of an erased customer. Nobody can be given one: it is no external id to a caller. */
export function isPseudonym(externalId: string): boolean {
  return PSEUDONYM.test(externalId);
}

/** What becomes of the points that an erased customer still has. */
export const ERASED_POINTS = ['KEEP', 'EXPIRE'] as const;
export type ErasedPoints = (typeof ERASED_POINTS)[number];

/**
 * The properties of an activity type that stay when a customer is erased: numbers, truth values, and words out of a declared
 * list, none of which a person can be told by; and what a board ranks by. Free text, days and instants go.
 */
export function propertiesKept(type: ActivityType, boards: readonly Leaderboard[]): string[] {
  const declared = type.properties.filter(
    ({ type: kind, oneOf }) => kind === 'INTEGER' || kind === 'DECIMAL' || kind === 'BOOLEAN' || oneOf !== null,
  );
  const ranked = boards.filter(({ activityTypeId }) => activityTypeId === type.id);
  const names = [
    ...declared.map(({ name }) => name),
    ...ranked.flatMap(({ property, subProperty }) => [property ?? [], subProperty ?? []].flat()),
  ];
  return [...new Set(names)];
}
