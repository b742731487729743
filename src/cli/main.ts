import process from 'node:process';

import { Command } from 'commander';

import { Cli } from './cli.ts';
import { failureOf } from './failure.ts';
import { addImport } from './import.ts';

/** The whole command line. Exit codes: 0 done, 1 refused or failed, 2 wrong usage. */
function laurel(cli: Cli): Command {
  const program = new Command('laurel')
    .description('Laurel from the command line: programs, keys, imports, and looking after the data.')
    .exitOverride()
    .helpCommand(false)
    .showHelpAfterError('(see --help)');
  addImport(cli, program);
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
