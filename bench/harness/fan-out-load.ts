// Fan-out: one change after another to many subscribers, the next only when everybody has the last.
import { readFileSync } from 'node:fs';
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
  /** What the subscriber of that number says to be subscribed; see SubscriberOptions. */
  hello: (number: number) => readonly string[];
  /** Whether each subscriber first gets the present state, which is not a change and is waited for. */
  beginsWithSnapshot: boolean;
};

/** Subscribers that are connected. */
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
/** Measured in any turn, however long they take. */
const CHANGES_MIN = 5;
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
    subscribers.push(await subscribe({ port: server.port, path, hello: hello(number), onMessage, onGone }));
    if (beginsWithSnapshot) await isReady;
  };
  for (let number = 0; number < size; number += CONNECTING_AT_ONCE) {
    const count = Math.min(CONNECTING_AT_ONCE, size - number);
    await Promise.all(Array.from({ length: count }, (_, index) => connectOne(number + index)));
  }
  return crowd;
}

/** What a fan-out target does, and what it finds beside its turns' figures. */
export type FanOut = {
  /** Where the subscribers are; its processor time is the one that counts. */
  server: StartedServer;
  audience: Audience;
  change: () => Promise<void>;
  /** From the making of a change to each arrival. */
  sinceMade: LatencyHistogram;
};

/**
 * A target whose work is messages delivered. Its p50 and p99 count from the first arrival of a change to each other one:
 * what the server needs to go round. How long the change took to be made is noted apart. Subscribers are there for one turn
 * alone: together, those of all targets would be more than a process may open.
 */
export function fanOutTarget(
  bench: Bench,
  target: Pick<Target, 'name' | 'kind'>,
  { server, audience, change, sinceMade }: FanOut,
): Target {
  let crowd: Crowd | undefined;
  const oneChange = async (to: Crowd, round: LatencyHistogram): Promise<void> => {
    const madeAt = performance.now();
    let first: number | undefined;
    const everybody = to.nextChange((at) => {
      first ??= at;
      round.record(at - first);
      sinceMade.record(at - madeAt);
    });
    await Promise.all([change(), everybody]);
    await sleep(PAUSE_MS);
  };
  return {
    ...target,
    prepare: async () => {
      crowd = await gather(server, audience);
    },
    turn: async ({ seconds, warmupSeconds }) => {
      if (crowd === undefined) throw new Error('nobody is subscribed');
      const to = crowd;
      const pids = pidsOf(bench, server);
      const round = new LatencyHistogram();
      for (const until = performance.now() + warmupSeconds * 1000; performance.now() < until;)
        await oneChange(to, round);
      round.clear();
      const begin = readClock(pids);
      const before = to.messages;
      const until = begin.at + seconds * 1000;
      for (let made = 0; made < CHANGES_MIN || performance.now() < until; made += 1) await oneChange(to, round);
      const work = to.messages - before;
      const window = between(begin, readClock(pids));
      to.close();
      return { ...window, work, p50Ms: round.quantile(0.5), p99Ms: round.quantile(0.99), accepted: to.messages };
    },
  };
}

/** Memory that a process holds; NaN where the system has no /proc. */
export function residentBytesOf(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes) * 1_024;
  } catch {
    return NaN;
  }
}
