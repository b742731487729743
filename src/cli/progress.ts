import process from 'node:process';

import { Presets, SingleBar } from 'cli-progress';

/** Tells how far a long command has come. */
export type Progress = { update(done: number): void; stop(): void };

const LINE_EVERY_MS = 3_000;

/** A bar with rate and time left on a terminal, a line every few seconds elsewhere. `total` may be an estimate. */
export function showProgress(total: number, noun: string, say: (text: string) => void): Progress {
  return process.stderr.isTTY ? bar(total, noun) : lines(total, noun, say);
}

function bar(total: number, noun: string): Progress {
  const shown = new SingleBar(
    {
      format: `{bar} {percentage}% | {value} of {total} ${noun} | {rate} a second | {left} left`,
      hideCursor: true,
      stopOnComplete: false,
    },
    Presets.shades_classic,
  );
  shown.start(total, 0, { rate: 0, left: '?' });
  const pace = startPace(total);
  return {
    update: (done) => shown.update(Math.min(done, total), pace(done)),
    stop: () => shown.stop(),
  };
}

function lines(total: number, noun: string, say: (text: string) => void): Progress {
  const pace = startPace(total);
  let saidAt = performance.now();
  return {
    update(done) {
      if (performance.now() - saidAt < LINE_EVERY_MS) return;
      saidAt = performance.now();
      const { rate, left } = pace(done);
      say(`${done} of about ${total} ${noun}, ${rate} a second, ${left} left`);
    },
    stop: () => undefined,
  };
}

/** Rate and time left since the first update, since a resumed import begins far in. */
function startPace(total: number): (done: number) => { rate: number; left: string } {
  let from: { done: number; at: number } | null = null;
  const begun = performance.now();
  return (done) => {
    from ??= { done: 0, at: begun };
    const seconds = (performance.now() - from.at) / 1_000;
    const rate = seconds > 0 ? (done - from.done) / seconds : 0;
    const left = rate > 0 ? Math.max(0, Math.round((total - done) / rate)) : 0;
    return { rate: Math.round(rate), left: left >= 60 ? `${Math.floor(left / 60)} min ${left % 60} s` : `${left} s` };
  };
}
