import { PARTS, type Part, type Sample } from './meter.ts';
// Turn-taking: every target has its turn in every round, in the same order, the limit first, so that whatever else the
// machine does in these minutes meets all of them alike. The medians over the rounds count.
import type { Timing } from './options.ts';
import { median } from './statistics.ts';

/** How many times longer the first turn of a target warms up: it also pays for compiling the hot code. */
export const FIRST_ROUND_WARMUP = 3;

export type Target = {
  /** As the tables show it. */
  name: string;
  kind: 'limit' | 'laurel' | 'peer';
  /** Runs before each turn, outside the measurement: fresh tables for targets that write. */
  prepare?: () => Promise<void>;
  turn: (timing: Timing) => Promise<Sample>;
  /** Runs after each turn: what must be true of the tables now. */
  check?: (sample: Sample) => Promise<void>;
};

/** A target's medians. Processor times are per unit of work, in microseconds. */
export type Outcome = {
  name: string;
  kind: Target['kind'];
  perSecond: number;
  cpuUs: Record<Part, number>;
  p50Ms: number;
  p99Ms: number;
  /** The busiest round's share of a core that the load generator took. */
  generatorShare: number;
};

/** Lets all targets take their turns. Throws with the target's name when one fails. */
export async function takeTurns(
  targets: readonly Target[],
  timing: Timing,
  progress: (text: string) => void,
): Promise<Outcome[]> {
  const samples = targets.map((): Sample[] => []);
  for (let round = 1; round <= timing.rounds; round += 1) {
    for (const [index, target] of targets.entries()) {
      progress(`round ${round} of ${timing.rounds}, ${target.name}`);
      const warmupSeconds = round === 1 ? timing.warmupSeconds * FIRST_ROUND_WARMUP : timing.warmupSeconds;
      samples[index]?.push(await takeTurn(target, { ...timing, warmupSeconds }));
    }
  }
  return targets.map((target, index) => outcomeOf(target, samples[index] ?? []));
}

async function takeTurn(target: Target, timing: Timing): Promise<Sample> {
  try {
    await target.prepare?.();
    const sample = await target.turn(timing);
    if (sample.work === 0) throw new Error('got nothing done in its turn; give it longer ones (--seconds)');
    await target.check?.(sample);
    return sample;
  } catch (error) {
    throw new Error(`${target.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function outcomeOf({ name, kind }: Target, samples: readonly Sample[]): Outcome {
  const over = (figure: (sample: Sample) => number): number => median(samples.map(figure));
  const cpuUs = Object.fromEntries(
    PARTS.map((part) => [part, over((sample) => (sample.cpu[part] / sample.work) * 1e6)]),
  ) as Record<Part, number>;
  return {
    name,
    kind,
    perSecond: over((sample) => sample.work / sample.seconds),
    cpuUs,
    p50Ms: over((sample) => sample.p50Ms),
    p99Ms: over((sample) => sample.p99Ms),
    generatorShare: Math.max(...samples.map((sample) => sample.cpu.generator / sample.seconds)),
  };
}
