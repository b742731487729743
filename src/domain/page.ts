/** Where a row stands in its list: its sort key as text, and the id that decides among equal keys. */
export type Position = { key: string; id: string };

/**
 * A part of a sorted list: `limit` rows strictly after one position and strictly before another, counted from the front,
 * or from the back when `backwards`. Reads fetch `limit + 1` rows in the direction of travel, so that the extra row
 * tells whether there is more.
 */
export type PageRequest = { limit: number; backwards: boolean; after: Position | null; before: Position | null };
