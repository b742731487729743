// The command line of `npm run bench`.
import { parseArgs } from 'node:util';

import { SetupError } from '../../setup/steps.mjs';

/** How long and how often every target takes its turn. */
export type Timing = { rounds: number; seconds: number; warmupSeconds: number };
export type Options = {
  /** Names of the goals to run; all when empty. */
  goals: readonly string[];
  /** Short turns and small tables: shows that everything works, not how fast it is. */
  quick: boolean;
  /** Show where Laurel spends its time on every goal that it falls short of. */
  profile: boolean;
  help: boolean;
  timing: Timing;
};

const ROUNDS_MIN = 3;
const FULL: Timing = { rounds: 3, seconds: 3, warmupSeconds: 1 };
const QUICK: Timing = { rounds: 3, seconds: 0.7, warmupSeconds: 0.3 };

export const USAGE = `npm run bench [-- GOAL… [--quick] [--profile] [--rounds N] [--seconds S]]

Measures Laurel beside its limits and its peers, in turns within one run. Without a goal all of them run, and the
outcome is written to bench/RESULTS.md; named goals only print theirs.

  --quick      short turns and small tables, under three minutes
  --profile    for goals that are not reached, show where Laurel spends its time
  --rounds N   how often each target takes its turn, at least ${ROUNDS_MIN} (default ${FULL.rounds})
  --seconds S  how long a turn is measured (default ${FULL.seconds}, quick ${QUICK.seconds})
`;

/** Reads the arguments. Throws SetupError with one line when they make no sense. */
export function readOptions(args: readonly string[], known: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new SetupError(`There is no goal ${unknown}; the goals are ${known.join(', ')}.`);
  const base = values.quick ? QUICK : FULL;
  const rounds = numberOf(values.rounds, base.rounds, 'rounds');
  if (rounds < ROUNDS_MIN) throw new SetupError(`A median needs at least ${ROUNDS_MIN} rounds.`);
  return {
    goals: positionals,
    quick: values.quick,
    profile: values.profile,
    help: values.help,
    timing: { ...base, rounds, seconds: numberOf(values.seconds, base.seconds, 'seconds') },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        profile: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false, short: 'h' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
      },
    });
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : 'The arguments could not be read.');
  }
}

function numberOf(text: string | undefined, otherwise: number, name: string): number {
  const number = text === undefined ? otherwise : Number(text);
  if (!(number > 0)) throw new SetupError(`--${name} takes a number above zero.`);
  return number;
}
