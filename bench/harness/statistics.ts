// Medians over rounds, and a histogram of latencies that costs next to nothing to fill.

const BUCKETS_PER_DOUBLING = 32;
const SMALLEST_MS = 0.001;

/** The middle value; the mean of the two middle ones for an even count. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (lower + upper) / 2;
}

/** The value below which the given share (0 to 1) of the given values lies. NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** Latencies in logarithmic buckets, 2 % wide: recording one is an addition, whatever the number of them. */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS_PER_DOUBLING * 26);
  #total = 0;

  record(milliseconds: number): void {
    const at = Math.log2(Math.max(milliseconds, SMALLEST_MS) / SMALLEST_MS) * BUCKETS_PER_DOUBLING;
    const bucket = Math.min(this.#counts.length - 1, Math.floor(at));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
  }

  /** Forgets all, at the end of warming up. */
  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  /** The latency in milliseconds that the given share (0 to 1) did not exceed. NaN when nothing was recorded. */
  quantile(share: number): number {
    let left = Math.ceil(this.#total * share);
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0 && this.#total > 0) return SMALLEST_MS * 2 ** ((bucket + 1) / BUCKETS_PER_DOUBLING);
    }
    return NaN;
  }
}
