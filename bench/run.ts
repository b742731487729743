// `npm run bench`: measures Laurel beside its limits and its peers. README.md in this folder says how to read it.
import { writeFileSync, mkdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import process from 'node:process';

import { whenParentDies } from '../setup/parent.mjs';
import { Servers } from '../setup/servers.ts';
import { say, sayFailure, SetupError, step } from '../setup/steps.mjs';
import { GOALS } from './goals/index.ts';
import type { Bench } from './harness/bench.ts';
import { describeConditions, loadNow } from './harness/conditions.ts';
import type { Goal, GoalReport } from './harness/goal.ts';
import { readOptions, USAGE, type Options } from './harness/options.ts';
import { ensurePeerClient } from './harness/peer-client.ts';
import { ensurePeerPackages } from './harness/peer-packages.ts';
import { placeHarness } from './harness/placing.ts';
import { renderGoal, renderReport } from './harness/report.ts';
import { removeStores, startStores } from './harness/stores.ts';

const LAUREL_FOLDER = resolve(import.meta.dirname, '..', '.laurel');
/** Characters of a failure that stand in the results; the whole is in the logs. */
const FAILURE_SHOWN = 300;
const RESULTS = join(import.meta.dirname, 'RESULTS.md');

async function main(): Promise<void> {
  const options = readOptions(
    process.argv.slice(2),
    GOALS.map(({ name }) => name),
  );
  if (options.help) {
    say(`${USAGE}\nGoals:\n${GOALS.map(({ name, title }) => `  ${name.padEnd(18)} ${title}`).join('\n')}`);
    return;
  }
  await ensurePeerPackages();
  await ensurePeerClient();
  placeHarness();
  const folder = join(LAUREL_FOLDER, 'bench', String(process.pid));
  mkdirSync(folder, { recursive: true });
  const servers = new Servers();
  const end = async (): Promise<void> => {
    await servers.stopAll();
    removeStores(folder);
    if (process.exitCode === undefined) rmSync(folder, { recursive: true, force: true });
    else say(`The servers' logs are in ${relative(process.cwd(), folder)}.`);
  };
  const interrupt = (): void => {
    process.exitCode = 1;
    void end().then(() => process.exit());
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt);
  whenParentDies(interrupt);
  try {
    await runAll(options, servers, folder);
  } finally {
    await end();
  }
}

async function runAll(options: Options, servers: Servers, folder: string): Promise<void> {
  const loadAtStart = loadNow();
  const stores = await step('Starting PostgreSQL and Redis', () =>
    startStores(servers, folder, join(LAUREL_FOLDER, 'redis-server')),
  );
  const wanted = options.goals.length === 0 ? GOALS : GOALS.filter(({ name }) => options.goals.includes(name));
  const reports: GoalReport[] = [];
  for (const goal of wanted) {
    const report = await step(
      goal.title,
      (progress) => runGoal(goal, { options, stores, servers, folder, progress }),
      ({ result, failure }) =>
        failure ?? `${result?.claims.filter(({ met }) => met).length} of ${result?.claims.length} met`,
    );
    reports.push(report);
    say(`\n${renderGoal(report).join('\n')}`);
  }
  if (options.goals.length === 0) {
    writeFileSync(RESULTS, renderReport(await describeConditions(options, stores, loadAtStart), reports));
    say('Written to bench/RESULTS.md.');
  }
  if (reports.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
}

/** A goal that cannot run is reported and does not keep the others from running. */
async function runGoal(goal: Goal, bench: Bench): Promise<GoalReport> {
  try {
    return { goal, result: await goal.run(bench) };
  } catch (error) {
    return { goal, failure: (error instanceof Error ? error.message : String(error)).slice(0, FAILURE_SHOWN) };
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  sayFailure(error.message);
  process.exitCode = 1;
}
