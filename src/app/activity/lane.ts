import { UnavailableError } from '#domain/errors.ts';

/** What became of one call of a flush. */
export type Outcome<Value> = { value: Value } | { error: Error };

type Waiting<Call, Value> = { call: Call; weight: number; settle: (outcome: Outcome<Value>) => void };

export type Lane<Call, Value> = {
  /** Joins the next flush. Rejects with what the flush says of this call. */
  submit(call: Call, weight: number): Promise<Value>;
  /** Resolves once everything submitted so far is settled. */
  drain(): Promise<void>;
};

/** Most weight of one flush: what a statement with arrays takes without strain. */
const FLUSH_WEIGHT_MAX = 2_000;
/** Most weight that may wait; beyond it a caller is told to come back instead of growing the queue. */
const WAITING_WEIGHT_MAX = 50_000;

/**
 * Group commit. One flush is in flight at a time and takes what has gathered meanwhile, so that a thousand small calls cost
 * like one large one, and a call that comes alone waits for nothing. A flush that fails as a whole is repeated call by
 * call, so that one bad call cannot fail its neighbours.
 */
export function createLane<Call, Value>(flush: (calls: Call[]) => Promise<Outcome<Value>[]>): Lane<Call, Value> {
  const waiting: Waiting<Call, Value>[] = [];
  let waitingWeight = 0;
  let running: Promise<void> | null = null;

  async function run(): Promise<void> {
    // Calls that arrive in this turn of the event loop join the first flush.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) await flushTogether(takeBatch());
    running = null;
  }

  function takeBatch(): Waiting<Call, Value>[] {
    let weight = 0;
    let count = 0;
    for (const entry of waiting) {
      if (count > 0 && weight + entry.weight > FLUSH_WEIGHT_MAX) break;
      weight += entry.weight;
      count += 1;
    }
    waitingWeight -= weight;
    return waiting.splice(0, count);
  }

  async function flushTogether(batch: Waiting<Call, Value>[]): Promise<void> {
    try {
      const outcomes = await flush(batch.map((entry) => entry.call));
      for (const [index, entry] of batch.entries()) entry.settle(outcomes[index] ?? { error: new Error('unanswered') });
    } catch (error) {
      if (batch.length === 1 || error instanceof UnavailableError)
        for (const entry of batch) entry.settle({ error: error instanceof Error ? error : new Error(String(error)) });
      else for (const entry of batch) await flushTogether([entry]);
    }
  }

  return {
    submit(call, weight) {
      if (waitingWeight + weight > WAITING_WEIGHT_MAX) {
        return Promise.reject(
          new UnavailableError('Too many activities wait already. Retry in a moment with the same idempotency key.'),
        );
      }
      waitingWeight += weight;
      const settled = new Promise<Value>((resolve, reject) => {
        waiting.push({
          call,
          weight,
          settle: (outcome) => ('value' in outcome ? resolve(outcome.value) : reject(outcome.error)),
        });
      });
      running ??= run();
      return settled;
    },
    async drain() {
      await running;
    },
  };
}
