import type { Command } from 'commander';
import { z } from 'zod';

import { archiveProgram } from '#app/program/archive.ts';
import { createProgram } from '#app/program/create.ts';
import { findProgramPage } from '#app/program/list.ts';
import { updateProgramDetails, type ProgramUpdateInput } from '#app/program/update.ts';
import { publicId } from '#domain/ids.ts';
import { PUBLISH_APPROVALS } from '#domain/program/program.ts';

import { ACTOR, newCommand } from './actor.ts';
import type { Cli } from './cli.ts';
import { addCommand, addGroup } from './command.ts';
import { pickProgram } from './pick-program.ts';
import { formatTable } from './table.ts';

const PROGRAMS_MAX = 1_000;

/** laurel program create|list|update|archive */
export function addProgram(cli: Cli, parent: Command): void {
  const group = addGroup(parent, 'program', 'tenants’ programs');
  addCommand(cli, group, {
    usage: 'create',
    description: 'make a program with the point currency `points` and an owner key, whose secret is shown this once',
    configure: (command) =>
      command
        .requiredOption('--name <name>', 'what people call it')
        .option('--time-zone <zone>', 'IANA zone in which days, weeks and months are cut', 'UTC')
        .option('--currency <code>', 'ISO 4217 currency of its money', 'EUR')
        .option('--test', 'make a TEST program, which may have a clock of its own'),
    options: z.object({
      name: z.string(),
      timeZone: z.string(),
      currency: z.string(),
      test: z.boolean().default(false),
    }),
    run: async (running, _args, { name, timeZone, currency, test }) => {
      const input = { name, timeZone, currency, mode: test ? ('TEST' as const) : ('LIVE' as const) };
      const { programId, ownerKeyId, ownerSecret } = await createProgram(
        running.deps(),
        ACTOR,
        newCommand('programCreate', input),
        input,
      );
      const json = { id: publicId('Program', programId), ownerKeyId: publicId('ApiKey', ownerKeyId), ownerSecret };
      return {
        json,
        text: `${json.id}\n${ownerSecret}\nKeep the second line, the owner’s key: it is not shown again.`,
      };
    },
  });
  addCommand(cli, group, {
    usage: 'list',
    description: 'list the programs, oldest first',
    run: async (running) => {
      const page = { after: null, before: null, backwards: false, limit: PROGRAMS_MAX };
      const programs = (await findProgramPage(running.deps(), page, null)).map(
        ({ id, name, mode, state, timeZone, currency, createdAt }) => ({
          id: publicId('Program', id),
          name,
          mode,
          state,
          timeZone,
          currency,
          createdAt: createdAt.toISOString(),
        }),
      );
      const headings = ['ID', 'NAME', 'MODE', 'STATE', 'ZONE', 'CURRENCY', 'CREATED'];
      return {
        json: programs,
        text: formatTable(
          headings,
          programs.map((program) => Object.values(program)),
        ),
      };
    },
  });
  addUpdate(cli, group);
  addArchive(cli, group);
}

function addUpdate(cli: Cli, group: Command): void {
  addCommand(cli, group, {
    usage: 'update <program>',
    description: 'change what a program is called, and whether publishing rules takes a second person',
    configure: (command) =>
      command
        .option('--name <name>', 'what people call it')
        .option('--publish-approval <policy>', 'NONE or SECOND_PERSON'),
    options: z.object({ name: z.string().optional(), publishApproval: z.enum(PUBLISH_APPROVALS).optional() }),
    run: async (running, [wanted], { name, publishApproval }) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, wanted);
      const input: ProgramUpdateInput = {};
      if (name !== undefined) input.name = name;
      if (publishApproval !== undefined) input.policies = { publishApproval };
      const scope = { programId, actor: ACTOR };
      await updateProgramDetails(deps, scope, newCommand('programUpdate', input), input);
      const shown = publicId('Program', programId);
      return { json: { id: shown, ...input }, text: `${shown} is updated.` };
    },
  });
}

function addArchive(cli: Cli, group: Command): void {
  addCommand(cli, group, {
    usage: 'archive <program>',
    description: 'end a program: it can still be read, and takes no more writes',
    run: async (running, [wanted]) => {
      const { id } = await pickProgram(running.deps(), wanted);
      const input = { programId: id };
      await archiveProgram(running.deps(), ACTOR, newCommand('programArchive', input), input);
      const shown = publicId('Program', id);
      return { json: { id: shown, archived: true }, text: `${shown} is archived.` };
    },
  });
}
