import type { Command, CommanderError } from 'commander';
import { z } from 'zod';

import type { Cli } from './cli.ts';

/** What a command has to say: `json` under --json, else `text`. A refusal that is an answer, such as drift found, exits with 1. */
export type Answer = { json: unknown; text: string; failed?: boolean };

/** Arguments or options that make no sense; the process exits with 2. */
export class UsageError extends Error {}

type Definition<Options extends z.ZodType> = {
  /** Name and arguments as commander writes them: `create <name>`. */
  usage: string;
  description: string;
  configure?: (command: Command) => Command;
  /** Checks and types the options; a wrong one is a UsageError. */
  options?: Options;
  run: (cli: Cli, args: readonly string[], options: z.output<Options>) => Promise<Answer>;
};

/** Adds a command that can be run, with --json. Groups are plain commander commands made by addGroup. */
export function addCommand<Options extends z.ZodType = z.ZodObject>(
  cli: Cli,
  parent: Command,
  definition: Definition<Options>,
): void {
  const { usage, description, configure = (command) => command, run } = definition;
  const command = configure(parent.command(usage).description(description))
    .option('--json', 'answer in JSON')
    .allowExcessArguments(false);
  command.action(async () => {
    const { json = false, ...given } = command.opts<{ json?: boolean }>();
    cli.json = json;
    const parsed = (definition.options ?? z.object({})).safeParse(given);
    if (!parsed.success) throw new UsageError(oneLine(parsed.error));
    cli.answer(await run(cli, command.args, parsed.data as z.output<Options>));
  });
}

/** A command that only has others below it. */
export function addGroup(parent: Command, name: string, description: string): Command {
  return parent.command(name).description(description).helpCommand(false);
}

function oneLine(error: z.ZodError): string {
  return error.issues.map((issue) => `--${kebab(issue.path.join('.'))}: ${issue.message}`).join('; ');
}

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Commander's own refusals exit with 2, except that asking for help or the version is none. */
export function exitCodeOf(error: CommanderError): 0 | 2 {
  return error.exitCode === 0 ? 0 : 2;
}
