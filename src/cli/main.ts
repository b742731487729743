import { createRequire } from 'node:module';
import process from 'node:process';

import { Command } from 'commander';

import { Cli } from './cli.ts';
import { addCustomer } from './customer.ts';
import { failureOf } from './failure.ts';
import { addImport } from './import.ts';
import { addKey } from './key.ts';
import { addMigrations } from './migrations.ts';
import { addOperatorKey } from './operator-key.ts';
import { addProgram } from './program.ts';
import { addRules } from './rules.ts';
import { addUpkeep } from './upkeep.ts';

const VERSION = (createRequire(import.meta.url)('../../package.json') as { version: string }).version;

/** The whole command line. Exit codes: 0 done, 1 refused or failed, 2 wrong usage. */
function laurel(cli: Cli): Command {
  const program = new Command('laurel')
    .description('Laurel from the command line: programs, keys, imports, and looking after the data.')
    .version(VERSION, '-V, --version')
    .exitOverride()
    .helpCommand(false)
    .showHelpAfterError('(see --help)');
  for (const add of [addProgram, addOperatorKey, addKey, addImport, addCustomer, addRules, addUpkeep, addMigrations])
    add(cli, program);
  return program;
}

async function main(): Promise<void> {
  const cli = new Cli();
  process.on('SIGINT', () => {
    // The second Ctrl-C does not wait for a safe place.
    if (cli.interrupted.aborted) process.exit(130);
    cli.interrupt();
  });
  try {
    await laurel(cli).parseAsync();
  } catch (error) {
    const { exitCode, code, message } = failureOf(error);
    if (message !== '')
      process.stderr.write(cli.json ? `${JSON.stringify({ error: { code, message } })}\n` : `laurel: ${message}\n`);
    process.exitCode = exitCode;
  } finally {
    await cli.close();
  }
}

await main();
