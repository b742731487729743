// Rank latency: activities at a fixed rate, whatever the answers take, and when the board of a subscriber shows each.
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { pidsOf, type Bench, type StartedServer } from './bench.ts';
import { between, readClock } from './meter.ts';
import { subscribe, type Subscriber } from './socket-load.ts';
import { LatencyHistogram } from './statistics.ts';
import type { Target } from './turns.ts';

export type RankLatency = {
  server: StartedServer;
  /** Activities a second. */
  rate: number;
  /** How many activities one mutation carries. */
  batch: number;
  widgets: number;
  hello: (widget: number) => readonly string[];
  /** Tracks activities of these rows of the board; resolves when they are accepted. */
  track: (rows: readonly number[]) => Promise<void>;
  /** Rows of the board, each of another customer, which activities move in turn. */
  rows: number;
  /** Score that each activity adds. */
  scoreEach: number;
  /** The scores that a message tells, by row. */
  scoresIn: (message: string) => readonly { row: number; score: number }[];
};

/** Widgets whose messages are read; the others only count theirs, as a generator that reads all would measure itself. */
const READ_WIDGETS = 20;
const TICK_MS = 5;
const CONNECTING_AT_ONCE = 50;
const LAST_WITHIN_MS = 20_000;

/** What one widget has been shown, and which accepted activities it still waits for. */
class Watcher {
  readonly #shown: number[] = [];
  readonly #waiting: { score: number; at: number }[][] = [];
  readonly #latencies: LatencyHistogram;

  constructor(latencies: LatencyHistogram) {
    this.#latencies = latencies;
  }

  accepted(row: number, score: number, at: number): void {
    if ((this.#shown[row] ?? 0) >= score) this.#latencies.record(0);
    else (this.#waiting[row] ??= []).push({ score, at });
  }

  show(row: number, score: number, at: number): void {
    this.#shown[row] = score;
    const waiting = this.#waiting[row] ?? [];
    while (waiting[0] !== undefined && waiting[0].score <= score)
      this.#latencies.record(at - (waiting.shift()?.at ?? at));
  }

  get isWaiting(): boolean {
    return this.#waiting.some((waiting) => waiting.length > 0);
  }
}

/** A target whose work is activities, and whose p50 and p99 count from an activity's acceptance to a widget's message. */
export function rankLatencyTarget(bench: Bench, name: string, load: RankLatency): Target {
  const latencies = new LatencyHistogram();
  /** Scores that were accepted so far, by row, over all turns. */
  const scores = Array.from({ length: load.rows }, () => 0);
  return {
    name,
    kind: 'laurel',
    turn: async ({ seconds, warmupSeconds }) => {
      const watchers = Array.from({ length: Math.min(READ_WIDGETS, load.widgets) }, () => new Watcher(latencies));
      const crowd = await gatherWidgets(load, scores, watchers);
      let sent = 0;
      const under = new Set<Promise<void>>();
      const send = (): void => {
        const rows = Array.from({ length: load.batch }, (_, index) => (sent + index) % load.rows);
        sent += load.batch;
        const answer = load.track(rows).then(() => {
          const at = performance.now();
          for (const row of rows) {
            const score = (scores[row] ?? 0) + load.scoreEach;
            scores[row] = score;
            for (const watcher of watchers) watcher.accepted(row, score, at);
          }
        });
        under.add(answer);
        void answer.finally(() => under.delete(answer));
      };
      const drive = async (forSeconds: number): Promise<void> => {
        const begun = performance.now();
        const before = sent;
        for (let now = begun; now - begun < forSeconds * 1_000; now = performance.now()) {
          while (sent - before < ((now - begun) / 1_000) * load.rate) send();
          await sleep(TICK_MS);
        }
      };
      await drive(warmupSeconds);
      latencies.clear();
      const begin = readClock(pidsOf(bench, load.server));
      const before = sent;
      await drive(seconds);
      await Promise.all(under);
      const window = between(begin, readClock(pidsOf(bench, load.server)));
      const work = sent - before;
      const until = performance.now() + LAST_WITHIN_MS;
      while (watchers.some(({ isWaiting }) => isWaiting)) {
        if (performance.now() > until) throw new Error('an accepted activity never showed on a board');
        await sleep(TICK_MS);
      }
      for (const widget of crowd) widget.close();
      return { ...window, work, p50Ms: latencies.quantile(0.5), p99Ms: latencies.quantile(0.99), accepted: sent };
    },
  };
}

/** Connects all widgets; resolves when each has its first board. What it shows by then is where scores begin. */
async function gatherWidgets(
  { server, widgets, hello, scoresIn }: RankLatency,
  scores: number[],
  watchers: readonly Watcher[],
): Promise<Subscriber[]> {
  const crowd: Subscriber[] = [];
  const connectOne = async (widget: number): Promise<void> => {
    const { promise: isReady, resolve: ready, reject: fail } = Promise.withResolvers<void>();
    const watcher = watchers[widget];
    let isFirst = true;
    const onMessage = (text: string, at: number): void => {
      if (watcher !== undefined)
        for (const { row, score } of scoresIn(text)) {
          if (isFirst) scores[row] = score;
          watcher.show(row, score, at);
        }
      isFirst = false;
      ready();
    };
    const onGone = (reason: string): void => fail(new Error(`a widget lost its connection: ${reason}`));
    crowd.push(await subscribe({ port: server.port, path: '/graphql', hello: hello(widget), onMessage, onGone }));
    await isReady;
  };
  for (let widget = 0; widget < widgets; widget += CONNECTING_AT_ONCE) {
    const count = Math.min(CONNECTING_AT_ONCE, widgets - widget);
    await Promise.all(Array.from({ length: count }, (_, index) => connectOne(widget + index)));
  }
  return crowd;
}
