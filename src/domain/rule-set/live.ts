/** When a revision takes over: at `scheduledFor`, or, when that is null, from its publication on. */
export type RevisionTiming = { revision: number; publishedAt: Date; scheduledFor: Date | null };

export const REVISION_STATES = ['SCHEDULED', 'LIVE', 'SUPERSEDED', 'CANCELLED'] as const;
export type RevisionState = (typeof REVISION_STATES)[number];

/**
 * The law of the live revision. Of the revisions that have started by `now`, the one with the latest start is live, and of
 * equal starts the higher number. A revision published at once starts with its publication: it replaces whatever started
 * before, and a revision that is scheduled for later still replaces it then. Cancelled revisions must not be among them.
 * Null while nothing has started.
 *
 * One published at once is live for whoever can see it, even where the clock was turned back (TEST programs) or runs late
 * (another machine).
 */
export function pickLive<Revision extends RevisionTiming>(revisions: readonly Revision[], now: Date): Revision | null {
  const atOnce = revisions.reduce<Revision | null>(
    (newest, one) => (one.scheduledFor === null && one.revision > (newest?.revision ?? 0) ? one : newest),
    null,
  );
  let live: Revision | null = atOnce;
  let since = -Infinity;
  for (const one of revisions) {
    const startsAt = one.scheduledFor?.getTime();
    if (startsAt === undefined || startsAt > now.getTime()) continue;
    if (atOnce !== null && one.revision < atOnce.revision && startsAt <= atOnce.publishedAt.getTime()) continue;
    if (startsAt > since || (startsAt === since && one.revision > (live?.revision ?? 0))) {
      live = one;
      since = startsAt;
    }
  }
  return live;
}

/** The instant from which a revision is live, unless another one has taken over by then. */
export function startOf(revision: RevisionTiming): Date {
  return revision.scheduledFor ?? revision.publishedAt;
}

/** Where a revision stands in its life at `now`, when `live` is the live one's number. */
export function stateOf(
  revision: RevisionTiming & { cancelledAt: Date | null },
  live: number,
  now: Date,
): RevisionState {
  if (revision.cancelledAt !== null) return 'CANCELLED';
  if (revision.revision === live) return 'LIVE';
  return revision.scheduledFor !== null && revision.scheduledFor > now ? 'SCHEDULED' : 'SUPERSEDED';
}
