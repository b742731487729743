/**
 * Every Redis key of Laurel, and nothing else (channels are in subscriptions/channels.ts). A key names the installation, then the program; the braces hold
 * the unit that one script touches, so that its keys share a slot on a cluster. Everything here may be deleted: it comes
 * back from PostgreSQL.
 */

/** The keys of one season of a leaderboard; scripts take them together. */
export type BoardKeys = {
  meta: string;
  scores: string;
  entries: string;
  parts: string;
  levels: string;
  nextScores: string;
  nextEntries: string;
  nextParts: string;
  nextLevels: string;
};

export function boardKeys(programId: string, seasonId: string): BoardKeys {
  const board = `laurel:${programId}:board:{${seasonId}}`;
  return {
    /**
     * Hash. Fields: live (0 or 1), version, generation, size, source (last event applied), and while a rebuild runs
     * building (its token), buildingAt, expected, loaded, nextSize. Value: numbers as text. Lifetime: as `scores`.
     * Written by the relay's scripts; its absence says that the board is not in Redis and makes a rebuild begin.
     */
    meta: `${board}:meta`,
    /**
     * Sorted set; each part of a board that has parts has its own, under this key, `:part:` and its name. Member: where the
     * board has a sub-score 17 digits of it and a dot, then when the score was reached (15 digits, so that text order is
     * board order), a colon and the customer's UUID. Score: the exact score, negated on a DESCENDING board, so that
     * ascending order is board order. Lifetime: until a week after the season's end, for ever without one. Written by
     * apply-scores; rebuilt from leaderboard_entry.
     */
    scores: `${board}:scores`,
    /**
     * Hash. Field: the customer's UUID. Value: version, sorted-set score, member prefix and place, by colons; an empty
     * score for a customer who left the board. The place is + or - (listed or not) and the part, or x for none. Lifetime:
     * as `scores`. Written by apply-scores to find a member and to refuse older versions; rebuilt from leaderboard_entry.
     */
    entries: `${board}:entries`,
    /**
     * Hash. Field: a part of the board. Value: how many are listed in it. Lifetime: as `scores`. Written by apply-scores;
     * rebuilt from leaderboard_entry. Absent on a board without parts.
     */
    parts: `${board}:parts`,
    /**
     * Sorted set, one a part as `scores`, of DENSE boards alone. Member: a score that somebody has, after the sub-score and
     * a colon where there is one; score: as in `scores`. Lifetime: as `scores`. Written by apply-scores; rebuilt from
     * leaderboard_entry.
     */
    levels: `${board}:levels`,
    /** As `scores`, of the generation that is being built beside the live one; renamed to it by finish-rebuild. */
    nextScores: `${board}:scores:next`,
    /** As `entries`, of the generation that is being built. */
    nextEntries: `${board}:entries:next`,
    /** As `parts`, of the generation that is being built. */
    nextParts: `${board}:parts:next`,
    /** As `levels`, of the generation that is being built. */
    nextLevels: `${board}:levels:next`,
  };
}

/**
 * String. Value: the instant (ISO 8601) up to which the relay has applied everything. Lifetime: five seconds, renewed by
 * the relay each second while it keeps up: without this key boards are read from the record. Written by the relay alone.
 */
export const RELAY_PULSE_KEY = 'laurel:relay:pulse';

/**
 * String. Value: when Redis was last found empty. Lifetime: for ever. Written by the relay, which rebuilds all running
 * seasons when it is gone.
 */
export const RELAY_EPOCH_KEY = 'laurel:relay:epoch';

/**
 * Hash. Fields: checkedAt, drift, of the last comparison of a season with the record. Lifetime: a week. Written by the
 * drift check; not rebuilt, the next check writes it.
 */
export function boardCheckKey(programId: string, seasonId: string): string {
  return `laurel:${programId}:board:{${seasonId}}:check`;
}

/**
 * Hash. Fields: points (left), at (when that was so). Lifetime: until the bucket would be full again. Written by
 * settle-bucket for one caller; not rebuilt, an absent bucket is a full one.
 */
export function throttleKey(bucket: string): string {
  return `laurel:throttle:{${bucket}}`;
}

/**
 * String. Value: the rows of a list of standings at a version, as JSON. Lifetime: a minute. Written by processes that show
 * the list to readers, so that a reader who comes back to another one is told the difference; not rebuilt, without it they
 * get a snapshot.
 */
export function recentViewKey(list: string, version: number): string {
  return `laurel:view:{${list}}:${version}`;
}

/** The keys of the badges of one program. */
export type BadgeKeys = {
  ready: string;
  feed: string;
  shelf: (customerId: string) => string;
  holders: (badgeId: string) => string;
};

/** One unit a program: what an award changes is written at once. */
export function badgeKeys(programId: string): BadgeKeys {
  const badges = `laurel:{${programId}}:badges`;
  return {
    /**
     * String. Value: 1. Lifetime: for ever. Written by the relay when all the others are complete; its absence says that
     * badges are read from the record, and makes a rebuild begin.
     */
    ready: `${badges}:ready`,
    /**
     * Sorted set. Member: the UUID of an award that is held and shown. Score: when it was earned, in milliseconds since
     * 1970. The newest thousand. Lifetime: for ever. Written by the relay; rebuilt from badge_award.
     */
    feed: `${badges}:feed`,
    /**
     * Sorted set of one customer. Member: the UUID of an award that is held. Score: when it was earned. Lifetime: for ever.
     * Written by the relay; rebuilt from badge_award.
     */
    shelf: (customerId) => `${badges}:shelf:${customerId}`,
    /**
     * Sorted set of one badge. Member: the UUID of a customer who holds it. Score: when their newest award of it was earned.
     * Lifetime: for ever. Written by the relay; rebuilt from badge_award.
     */
    holders: (badgeId) => `${badges}:holders:${badgeId}`,
  };
}
