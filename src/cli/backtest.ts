import type { Command } from 'commander';
import { z } from 'zod';

import { stopBacktest } from '#app/backtest/cancel.ts';
import { runBacktest } from '#app/backtest/run.ts';
import { startBacktest, type BacktestChoice, type BacktestStart } from '#app/backtest/start.ts';
import type { Scope } from '#app/transaction.ts';
import type { BacktestReport } from '#domain/backtest/report.ts';
import { publicId } from '#domain/ids.ts';
import { readBacktest } from '#storage/backtest-store.ts';

import { ACTOR, newCommand } from './actor.ts';
import type { Cli } from './cli.ts';
import { addCommand, UsageError, type Answer } from './command.ts';
import { instant } from './instant.ts';
import { pickProgram, programOption } from './pick-program.ts';
import { showProgress, type Progress } from './progress.ts';
import { readRuleSet, saidPlainly } from './rule-file.ts';
import { formatTable } from './table.ts';

const Options = z.object({
  program: z.string().optional(),
  draft: z.boolean().default(false),
  revision: z.coerce.number().int().min(1).optional(),
  from: instant,
  to: instant,
  segmentBy: z.string().optional(),
  value: z.string().optional(),
});

const HELP = `
FILE is a rule set in JSON, as for publish; or give --draft, or --revision. Activities that occurred in [--from, --to) count.
Nothing is written but the run, which ruleSetBacktests tells as well. Ctrl-C cancels it.`;

/** laurel rules backtest FILE|--draft|--revision N --from … [--to …]: replays in this process, so that no worker has to run. */
export function addBacktest(cli: Cli, group: Command): void {
  addCommand(cli, group, {
    usage: 'backtest [file]',
    description: 'replay what is on record under other rules, and tell what would have been otherwise',
    configure: (command) =>
      programOption(command)
        .option('--draft', 'test the draft')
        .option('--revision <number>', 'test a revision')
        .requiredOption('--from <instant>', 'the first instant that counts, such as 2026-01-01T00:00:00Z')
        .option('--to <instant>', 'the end, exclusive (default: now)')
        .option('--segment-by <attribute>', 'tell winners and losers apart by an attribute of customers')
        .option('--value <minor>', 'minor units of the program’s money that 1,000 points are worth')
        .addHelpText('after', HELP),
    options: Options,
    run: backtest,
  });
}

async function backtest(cli: Cli, [file]: readonly string[], options: z.output<typeof Options>): Promise<Answer> {
  const choice = await choiceOf(file, options);
  const deps = cli.deps();
  const program = await pickProgram(deps, options.program);
  const scope: Scope = { programId: program.id, actor: ACTOR };
  if (options.from === null) throw new UsageError('Give --from.');
  const input: BacktestStart = {
    choice,
    from: options.from,
    to: options.to,
    segmentBy: options.segmentBy ?? null,
    value: options.value === undefined ? null : { minorPerThousand: options.value, moneyCurrency: program.currency },
  };
  const command = newCommand('rulesBacktest', input);
  const { runId } = await saidPlainly(startBacktest(deps, scope, command, input, { enqueue: false }));
  cli.stopsGently = true;
  let shown: Progress | null = null;
  await runBacktest(
    deps,
    { programId: program.id, runId },
    {
      signal: cli.interrupted,
      onChange: (progress) => {
        if (progress === null) return;
        shown ??= showProgress(progress.total, 'activities', (text) => cli.say(text));
        shown.update(progress.done);
      },
    },
  ).finally(() => shown?.stop());
  if (cli.interrupted.aborted) await stopBacktest(deps, scope, newCommand('rulesBacktestCancel', runId), { runId });
  const run = await readBacktest(deps.reads, program.id, runId);
  const report = run?.report ?? null;
  const [id, state, failure] = [publicId('BacktestRun', runId), run?.state ?? 'CANCELLED', run?.failure ?? null];
  return {
    json: { id, state, failure, report: report === null ? null : shownReport(report) },
    text: report === null ? `There is no report: ${failure ?? state}.` : formatReport(report),
    failed: report === null,
  };
}

async function choiceOf(
  file: string | undefined,
  { draft, revision }: z.output<typeof Options>,
): Promise<BacktestChoice> {
  if ([file !== undefined, draft, revision !== undefined].filter(Boolean).length !== 1)
    throw new UsageError('Name a file, or --draft, or --revision: one of them.');
  if (file !== undefined) return { file: await readRuleSet(file) };
  return revision ?? 'DRAFT';
}

/** The report with ids as the API shows them. */
function shownReport(report: BacktestReport): object {
  const customer = <One extends { customerId: string }>(one: One): One => ({
    ...one,
    customerId: publicId('Customer', one.customerId),
  });
  const { customers } = report;
  return {
    ...report,
    byCurrency: report.byCurrency.map((line) => ({ ...line, currencyId: publicId('PointCurrency', line.currencyId) })),
    byRule: report.byRule.map((line) => ({
      ...line,
      ruleId: publicId('EarningRule', line.ruleId),
      currencyId: publicId('PointCurrency', line.currencyId),
    })),
    liability: report.liability.map((line) => ({ ...line, currencyId: publicId('PointCurrency', line.currencyId) })),
    customers: { ...customers, winners: customers.winners.map(customer), losers: customers.losers.map(customer) },
  };
}

function formatReport(report: BacktestReport): string {
  const { total, customers } = report;
  const line = (name: string, { recorded, live, draft, difference }: typeof total) => [
    name,
    recorded,
    live,
    draft,
    difference,
  ];
  const headings = (name: string): string[] => [name, 'RECORDED', 'LIVE', 'TESTED', 'DIFFERENCE'];
  const parts = [
    formatTable(headings('RULE'), [
      ...report.byRule.map((rule) => line(`${rule.ruleCode} (${rule.code})`, rule)),
      line('all', total),
    ]),
    `${customers.customers} customers: ${customers.more} get more (${customers.gained} points), ${customers.less} less (${customers.lost}), ${customers.equal} the same.`,
    ...report.tierMoves.map(({ ladder, moved }) => `${moved} stand on another tier of ${ladder}.`),
    ...report.liability.map(({ code, points, money }) => {
      const worth =
        money === null ? '' : `, worth ${money.difference} minor units of ${report.value?.moneyCurrency ?? ''}`;
      return `Outstanding ${code}: ${points.live} under the live rules, ${points.draft} under those tested${worth}.`;
    }),
  ];
  if (total.recordedDifference !== 0)
    parts.push(`The live rules, replayed, give ${total.recordedDifference} more than is on record.`);
  if (report.leftOut.length > 0) parts.push(`Left out: ${report.leftOut.join(', ')}.`);
  return parts.join('\n');
}
