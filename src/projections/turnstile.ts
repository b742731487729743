import { UnavailableError } from '#domain/errors.ts';

/** Lets some pieces of work run at once, and others wait for a while. */
export type Turnstile = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * Protects a store from more than `atOnce` costly reads of this process. Throws UnavailableError for work that could not
 * begin within `waitMs`: a late answer would help nobody, and would keep the next one waiting.
 */
export function createTurnstile(atOnce: number, waitMs: number): Turnstile {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function enter(): Promise<void> {
    if (running < atOnce) {
      running += 1;
      return;
    }
    const turn = Promise.withResolvers<void>();
    waiting.push(turn.resolve);
    const timer = setTimeout(() => {
      const place = waiting.indexOf(turn.resolve);
      if (place >= 0) waiting.splice(place, 1);
      turn.reject(new UnavailableError('Too many wait for the record. Try again in a moment.'));
    }, waitMs);
    await turn.promise.finally(() => clearTimeout(timer));
  }

  function leave(): void {
    const next = waiting.shift();
    // The place passes on, so that nobody slips in between.
    if (next === undefined) running -= 1;
    else next();
  }

  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
