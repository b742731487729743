import { UnavailableError } from '#domain/errors.ts';

/**
 * Lets calls on the same customer go one after another within this process, before they take a connection. The account's
 * row lock alone would be right, but a burst on one customer would then hold every connection of the pool while waiting,
 * and everybody else would wait with it. Correctness never rests on this: other processes have turns of their own.
 */
export type Turns = {
  /** Runs `work` when all earlier calls on any of the keys have ended. Throws UnavailableError when too many wait already. */
  take<Result>(keys: readonly (string | null)[], work: () => Promise<Result>): Promise<Result>;
};

/** Most calls that may wait for one customer; beyond that, waiting would outlast any caller's patience. */
const WAITING_MAX = 2_000;

export function createTurns(): Turns {
  const queues = new Map<string, { last: Promise<void>; waiting: number }>();

  /** Takes the place behind the last one in line. Places on several keys are taken at once, so that no two can wait for each other. */
  function enter(key: string, done: Promise<void>): Promise<void> {
    const queue = queues.get(key);
    if (queue === undefined) {
      queues.set(key, { last: done, waiting: 1 });
      return Promise.resolve();
    }
    const before = queue.last;
    queue.last = done;
    queue.waiting += 1;
    return before;
  }

  function leave(key: string): void {
    const queue = queues.get(key);
    if (queue === undefined) return;
    queue.waiting -= 1;
    if (queue.waiting === 0) queues.delete(key);
  }

  return {
    async take(wanted, work) {
      const keys = [...new Set(wanted.filter((key) => key !== null))];
      if (keys.some((key) => (queues.get(key)?.waiting ?? 0) >= WAITING_MAX)) {
        throw new UnavailableError('Too many calls wait for this customer. Retry with the same idempotency key.');
      }
      const { promise: done, resolve } = Promise.withResolvers<void>();
      try {
        await Promise.all(keys.map((key) => enter(key, done)));
        return await work();
      } finally {
        for (const key of keys) leave(key);
        resolve();
      }
    },
  };
}
