import { createRequire } from 'node:module';

import { Command } from 'commander';

import { addBadge } from './badge.ts';
import { addBoard } from './board.ts';
import type { Cli } from './cli.ts';
import { addCustomer } from './customer.ts';
import { addEconomy } from './economy.ts';
import { addExplain } from './explain.ts';
import { failureOf } from './failure.ts';
import { addImport } from './import.ts';
import { addKey } from './key.ts';
import { addMigrations } from './migrations.ts';
import { addOperatorKey } from './operator-key.ts';
import { addPoints } from './points.ts';
import { addProgram } from './program.ts';
import { addRedemption } from './redemption.ts';
import { addReward } from './reward.ts';
import { addRules } from './rules.ts';
import { addSeason } from './season.ts';
import { addSimulate } from './simulate.ts';
import { addStreak } from './streak.ts';
import { addTerms } from './terms.ts';
import { addTier } from './tier.ts';
import { addUpkeep } from './upkeep.ts';

const VERSION = (createRequire(import.meta.url)('../../package.json') as { version: string }).version;

const GROUPS = [
  addProgram,
  addOperatorKey,
  addKey,
  addImport,
  addCustomer,
  addPoints,
  addRules,
  addSimulate,
  addExplain,
  addReward,
  addRedemption,
  addEconomy,
  addBoard,
  addSeason,
  addTier,
  addBadge,
  addStreak,
  addTerms,
  addUpkeep,
  addMigrations,
];

/** All commands. */
export function commandLine(cli: Cli): Command {
  const program = new Command('laurel')
    .description('Laurel from the command line: programs, keys, imports, and looking after the data.')
    .version(VERSION, '-V, --version')
    .exitOverride()
    .configureOutput({ writeOut: cli.terminal.out, writeErr: cli.terminal.err })
    .helpCommand(false)
    .showHelpAfterError('(see --help)');
  for (const add of GROUPS) add(cli, program);
  return program;
}

/** Runs one command and answers the exit code: 0 done, 1 refused or failed, 2 wrong usage. Closes what it opened. */
export async function runLaurel(cli: Cli, args: readonly string[]): Promise<0 | 1 | 2> {
  try {
    await commandLine(cli).parseAsync(args, { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    const { exitCode, code, message } = failureOf(error);
    if (message !== '')
      cli.terminal.err(cli.json ? `${JSON.stringify({ error: { code, message } })}\n` : `laurel: ${message}\n`);
    return exitCode;
  } finally {
    await cli.close();
  }
}
