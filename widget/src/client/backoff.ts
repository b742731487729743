const FIRST_MS = 300;
const LONGEST_MS = 20_000;

/**
 * How long to wait before another try, in milliseconds: twice as long each time, and of that a random share between half and
 * all, so that the pages that one restart has cut off do not all come back in the same instant.
 */
export function backoffMs(tries: number, random: () => number = Math.random): number {
  const whole = Math.min(FIRST_MS * 2 ** tries, LONGEST_MS);
  return Math.round(whole * (0.5 + random() / 2));
}
