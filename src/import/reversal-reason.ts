import type { CancellationUnit } from './unit.ts';

/**
 * Why a purchase was taken back, as people read it in a timeline and as the next import reads it again:
 * `C536379 (26d4595f492a:141): 3 of 12:85123A, 1 of 13:22752`. The part in brackets names the cancellation's first row in
 * its source, so that an import which is repeated sees what it has already done.
 */
export type ReversalReason = { mark: string; parts: readonly { lineId: string; quantity: number }[] };

const HASH_LENGTH = 12;
const REASON = /^\S+ \(([0-9a-f]{12}:\d+)\): (.+)$/s;
const PART = /^(\d+) of (.+)$/s;

/** What names a cancellation of a source. */
export function markOf(sourceHash: string, unit: CancellationUnit): string {
  return `${sourceHash.slice(0, HASH_LENGTH)}:${unit.lines[0]?.row ?? 0}`;
}

export function formatReason(number: string, { mark, parts }: ReversalReason): string {
  return `${number} (${mark}): ${parts.map(({ lineId, quantity }) => `${quantity} of ${lineId}`).join(', ')}`;
}

/** The reason as an import wrote it, or null when something else did. */
export function parseReason(text: string): ReversalReason | null {
  const match = REASON.exec(text);
  if (match === null) return null;
  const parts = (match[2] ?? '').split(/, (?=\d+ of )/).flatMap((part) => {
    const found = PART.exec(part);
    return found === null ? [] : [{ quantity: Number(found[1]), lineId: found[2] ?? '' }];
  });
  return { mark: match[1] ?? '', parts };
}
