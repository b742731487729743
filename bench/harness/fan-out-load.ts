// Fan-out: one change after another to many subscribers, the next only when everybody has the last.
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { pidsOf, type Bench, type StartedServer } from './bench.ts';
import { between, readClock } from './meter.ts';
import { subscribe, type Subscriber } from './socket-load.ts';
import { LatencyHistogram } from './statistics.ts';
import type { Target } from './turns.ts';

export type Audience = {
  size: number;
  path: string;
  /** What each subscriber says to be subscribed; see SubscriberOptions. */
  hello: readonly string[];
  /** Whether each subscriber first gets the present state, which is not a change and is waited for. */
  beginsWithSnapshot: boolean;
};

/** Subscribers that stay connected for all turns of a target. */
export type Crowd = {
  /** Messages of changes so far, over all subscribers. */
  messages: number;
  /** One message of a change, as it came over the wire. */
  lastMessage: string;
  /** Resolves when every subscriber got at least one more message; `onArrival` gets the instant of each. */
  nextChange: (onArrival: (at: number) => void) => Promise<void>;
  close: () => void;
};

const CHANGE_WITHIN_MS = 20_000;
const PAUSE_MS = 50;
const CONNECTING_AT_ONCE = 50;

/** Connects all subscribers. */
export async function gather(
  server: StartedServer,
  { size, path, hello, beginsWithSnapshot }: Audience,
): Promise<Crowd> {
  const waiting = new Set<number>();
  let arrived: ((at: number) => void) | undefined;
  let everybodyHasIt: (() => void) | undefined;
  let gone: string | undefined;
  const subscribers: Subscriber[] = [];
  const crowd: Crowd = {
    messages: 0,
    lastMessage: '',
    nextChange: async (onArrival) => {
      arrived = onArrival;
      for (let number = 0; number < size; number += 1) waiting.add(number);
      const everybody = new Promise<void>((resolve) => {
        everybodyHasIt = resolve;
      });
      const inTime = await Promise.race([everybody.then(() => true), sleep(CHANGE_WITHIN_MS, false, { ref: false })]);
      if (!inTime) throw new Error(gone ?? `${waiting.size} of ${size} subscribers got no message`);
    },
    close: () => {
      for (const subscriber of subscribers) subscriber.close();
    },
  };
  const connectOne = async (number: number): Promise<void> => {
    const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
    let awaitsSnapshot = beginsWithSnapshot;
    const onMessage = (text: string, at: number): void => {
      if (awaitsSnapshot) {
        awaitsSnapshot = false;
        ready();
        return;
      }
      crowd.messages += 1;
      crowd.lastMessage = text;
      arrived?.(at);
      if (waiting.delete(number) && waiting.size === 0) everybodyHasIt?.();
    };
    const onGone = (reason: string): void => {
      gone = `a subscriber lost its connection: ${reason}`;
    };
    subscribers.push(await subscribe({ port: server.port, path, hello, onMessage, onGone }));
    if (beginsWithSnapshot) await isReady;
  };
  for (let number = 0; number < size; number += CONNECTING_AT_ONCE) {
    const count = Math.min(CONNECTING_AT_ONCE, size - number);
    await Promise.all(Array.from({ length: count }, (_, index) => connectOne(number + index)));
  }
  return crowd;
}

/**
 * A target whose work is messages delivered. Its p50 and p99 count from the first arrival of a change to each other one:
 * what the server needs to go round. How long the change took to be made is noted apart.
 */
export function fanOutTarget(
  bench: Bench,
  target: Pick<Target, 'name' | 'kind'>,
  {
    server,
    crowd,
    change,
    sinceMade,
  }: { server: StartedServer; crowd: Crowd; change: () => Promise<void>; sinceMade: LatencyHistogram },
): Target {
  const oneChange = async (round: LatencyHistogram): Promise<void> => {
    const madeAt = performance.now();
    let first: number | undefined;
    const everybody = crowd.nextChange((at) => {
      first ??= at;
      round.record(at - first);
      sinceMade.record(at - madeAt);
    });
    await Promise.all([change(), everybody]);
    await sleep(PAUSE_MS);
  };
  return {
    ...target,
    turn: async ({ seconds, warmupSeconds }) => {
      const pids = pidsOf(bench, server);
      const round = new LatencyHistogram();
      for (const until = performance.now() + warmupSeconds * 1000; performance.now() < until;) await oneChange(round);
      round.clear();
      const begin = readClock(pids);
      const before = crowd.messages;
      for (const until = begin.at + seconds * 1000; performance.now() < until;) await oneChange(round);
      const work = crowd.messages - before;
      const window = between(begin, readClock(pids));
      return { ...window, work, p50Ms: round.quantile(0.5), p99Ms: round.quantile(0.99), accepted: crowd.messages };
    },
  };
}
