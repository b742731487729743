import type { Command } from 'commander';

import { uuidOf } from '#domain/ids.ts';
import type { Deps } from '#src/deps.ts';
import { listPrograms, type ProgramRecord } from '#storage/program-store.ts';

import { UsageError } from './command.ts';

const PROGRAMS_MAX = 1_000;

/** Adds the option that names the program. */
export function programOption(command: Command): Command {
  return command.option('-p, --program <program>', 'id or name of the program; not needed where there is only one');
}

/** The program that is meant: by public id, by exact name, or the only active one. Throws UsageError. */
export async function pickProgram(deps: Deps, wanted: string | undefined): Promise<ProgramRecord> {
  const programs = await listPrograms(
    deps.reads,
    { after: null, before: null, backwards: false, limit: PROGRAMS_MAX },
    null,
  );
  if (wanted !== undefined) {
    const id = uuidOf('Program', wanted);
    const found = programs.filter((program) => program.id === id || program.name === wanted);
    if (found.length === 1 && found[0] !== undefined) return found[0];
    throw new UsageError(
      found.length === 0
        ? `There is no program ${wanted}.`
        : `Several programs are called ${wanted}: name one by its id.`,
    );
  }
  const active = programs.filter((program) => program.state === 'ACTIVE');
  if (active.length === 1 && active[0] !== undefined) return active[0];
  throw new UsageError(
    active.length === 0
      ? 'There is no program yet: make one with `laurel program create`.'
      : 'There are several programs: name one with --program.',
  );
}
