import { basename } from 'node:path';

import type { Command } from 'commander';
import { z } from 'zod';

import type { Scope } from '#app/transaction.ts';
import { assertDeclared } from '#src/import/declared.ts';
import { loadMapping, MAPPING_NAMES } from '#src/import/mappings/index.ts';
import { openRecord } from '#src/import/record-target.ts';
import { formatReport, type ImportReport } from '#src/import/report.ts';
import { runImport } from '#src/import/run.ts';
import { openSource } from '#src/import/source.ts';
import { openTrial } from '#src/import/trial-target.ts';

import type { Cli } from './cli.ts';
import { addCommand, type Answer } from './command.ts';
import { pickProgram, programOption } from './pick-program.ts';
import { showProgress } from './progress.ts';

const Options = z.object({
  mapping: z.string(),
  program: z.string().optional(),
  dryRun: z.boolean().default(false),
  refused: z.string().optional(),
});

const HELP = `
FILE is CSV or NDJSON, packed with gzip or not; - reads standard input. Built-in mappings: ${MAPPING_NAMES.join(', ')}; a JSON
file of the same shape is one too (docs/import.md).

An import can be stopped at any time, by Ctrl-C, a kill or a power cut: the same command goes on where it stopped. Importing the
same file again does nothing. Rows that cannot be taken go to the --refused file with their number and the reason.`;

/** laurel import FILE --mapping M */
export function addImport(cli: Cli, parent: Command): void {
  addCommand(cli, parent, {
    usage: 'import <file>',
    description: 'import activities from a file, through the same checks as the API',
    configure: (command) =>
      programOption(command)
        .requiredOption('-m, --mapping <mapping>', 'built-in mapping, or path of a JSON one')
        .option('--dry-run', 'check everything, write nothing')
        .option('--refused <file>', 'where refused rows go (default: <file>.refused.ndjson in this folder)')
        .addHelpText('after', HELP),
    options: Options,
    run: async (running, args, options) => importFile(running, args[0] ?? '-', options),
  });
}

async function importFile(cli: Cli, file: string, options: z.output<typeof Options>): Promise<Answer> {
  const mapping = await loadMapping(options.mapping);
  const deps = cli.deps();
  const program = await pickProgram(deps, options.program);
  const scope: Scope = { programId: program.id, actor: 'system:import' };
  assertDeclared(mapping, await deps.catalogues.current(program.id));
  const source = await openSource(file, mapping);
  cli.stopsGently = true;
  const progress = showProgress(source.lines, 'rows', (text) => cli.say(text));
  const refusedPath = options.refused ?? `${file === '-' ? 'import' : basename(file)}.refused.ndjson`;
  try {
    const report = await runImport(deps, scope, {
      source,
      mapping,
      target: options.dryRun ? openTrial(deps, scope, mapping) : openRecord(deps, scope, source.hash, mapping),
      dryRun: options.dryRun,
      refusedPath,
      signal: cli.interrupted,
      onProgress: (rows) => progress.update(rows),
      onWait: () => cli.say('Another import of this file is at work; waiting for it.'),
    });
    progress.stop();
    return answerOf(report);
  } finally {
    progress.stop();
    await source.close();
  }
}

function answerOf(report: ImportReport): Answer {
  return { json: report, text: formatReport(report), failed: !report.finished };
}
