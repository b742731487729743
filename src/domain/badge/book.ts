/** An award as decisions look at it. */
export type BookedAward = {
  badgeId: string;
  /** Code of the level. */
  level: string;
  /** The period that it was earned in: 2026-11-22, 2026-W47, 2026-11, 2026 or all. */
  period: string;
  /** The how manyth it is of the period, from 1. */
  occurrence: number;
  byHand: boolean;
  earnedAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** Whether a reversal took it back, so that it can be earned again. */
  freed: boolean;
  /** What it was awarded by, in the order of recording: the id of the activity, or its own. */
  since: string;
};

/** When a decision is taken: by the clock, and in the order of recording. */
export type Moment = { now: Date; position: string };

/** The awards of one customer. */
export class BadgeBook {
  readonly #awards = new Map<string, BookedAward[]>();

  constructor(awards: Iterable<BookedAward> = []) {
    for (const award of awards) this.add(award);
  }

  add(award: BookedAward): void {
    const known = this.#awards.get(award.badgeId);
    if (known === undefined) this.#awards.set(award.badgeId, [award]);
    else known.push(award);
  }

  of(badgeId: string): readonly BookedAward[] {
    return this.#awards.get(badgeId) ?? [];
  }

  /** The last award of a level in a period that the criteria gave and no reversal took back. */
  last(badgeId: string, level: string, period: string): BookedAward | null {
    let last: BookedAward | null = null;
    for (const award of this.of(badgeId)) {
      if (award.byHand || award.freed || award.level !== level || award.period !== period) continue;
      if (last === null || award.occurrence > last.occurrence) last = award;
    }
    return last;
  }

  /** Codes of the levels that are held at a moment, of those given by hand alone where asked for. */
  held(badgeId: string, moment: Moment, byHandOnly = false): string[] {
    return this.of(badgeId).flatMap((award) =>
      isHeld(award, moment) && (award.byHand || !byHandOnly) ? [award.level] : [],
    );
  }
}

/** Held from its award on, until it is revoked or has expired. */
function isHeld({ since, revokedAt, expiresAt }: BookedAward, { now, position }: Moment): boolean {
  return since <= position && (revokedAt === null || revokedAt > now) && (expiresAt === null || expiresAt > now);
}
