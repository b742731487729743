import type { Command } from 'commander';
import { z } from 'zod';

import { runCelebrateOccasions } from '#src/jobs/celebrate-occasions.ts';
import { checkInvariants, INVARIANTS } from '#src/jobs/check-invariants.ts';
import { runSettleDue } from '#src/jobs/settle-due.ts';

import type { Cli } from './cli.ts';
import { addCommand } from './command.ts';
import { pickProgram, programOption } from './pick-program.ts';

/** laurel settle, laurel celebrate, laurel invariants */
export function addUpkeep(cli: Cli, parent: Command): void {
  addCommand(cli, parent, {
    usage: 'settle',
    description:
      'write down what has come due in all programs: releases, expiries, holds that time out (the worker does it by itself)',
    run: async (running) => {
      const settled = await runSettleDue(running.deps());
      return { json: { settled }, text: `${settled} accounts were settled.` };
    },
  });
  addCommand(cli, parent, {
    usage: 'celebrate',
    description:
      'record the occasions that have come in all programs: birthdays, anniversaries (the worker does it by itself)',
    run: async (running) => {
      const recorded = await runCelebrateOccasions(running.deps());
      return { json: { recorded }, text: `${recorded} occasions were recorded.` };
    },
  });
  addCommand(cli, parent, {
    usage: 'invariants',
    description: 'check what must always be true of the record; exits with 1 when something is not',
    configure: programOption,
    options: z.object({ program: z.string().optional() }),
    run: async (running, _args, options) => {
      const deps = running.deps();
      const programId = options.program === undefined ? null : (await pickProgram(deps, options.program)).id;
      const offences = await checkInvariants(deps.reads, programId);
      const lines = offences.map(
        ({ severity, check, law, offenders }) =>
          `${severity} ${check}: ${law}\n  ${offenders.map((row) => JSON.stringify(row)).join('\n  ')}`,
      );
      const text = offences.length === 0 ? `All ${INVARIANTS.length} checks hold.` : lines.join('\n');
      const failed = offences.some(({ severity }) => severity === 'ERROR');
      return { json: { checks: INVARIANTS.length, offences }, text, failed };
    },
  });
}
