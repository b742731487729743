// `npm start`: everything that Laurel needs, brought up in order and taken down again at the end. `--watch` is
// `npm run dev`: the server starts anew whenever its code changes.
import process from 'node:process';

import { prepareDemo } from './demo.ts';
import { choosePort, given } from './given.ts';
import { keptSecrets, removeDevFile, runningDevFile, writeDevFile, type DevFile } from './laurel-folder.ts';
import { serverLog, startLaurel } from './laurel-server.ts';
import { migrate, readMigrations } from './migrate.ts';
import { whenParentDies } from './parent.mjs';
import { Servers } from './servers.ts';
import { lineOf, note, say, sayFailure, step } from './steps.mjs';
import { bringUpStores, type Stores } from './stores.ts';
import { ensureWidget } from './widget.ts';

const watch = process.argv.includes('--watch');
const servers = new Servers();
const interruption = new AbortController();
let stores: Stores | undefined;
let ready = false;

/** Takes everything down, once, whatever the reason, and ends this process with the code. */
async function end(code: number): Promise<void> {
  if (interruption.signal.aborted) return;
  interruption.abort();
  removeDevFile();
  if (ready) await step('Stopping', () => servers.stopAll());
  else await servers.stopAll();
  stores?.release();
  process.exit(code);
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  // Ending a running Laurel so is no failure; ending its set-up is.
  process.on(signal, () => void end(ready ? 0 : code));
}
whenParentDies(() => void end(1));
process.on('uncaughtException', (error) => {
  // While everything is taken down, connections break; that is no news.
  if (!interruption.signal.aborted) sayFailure(lineOf(error));
  void end(1);
});

async function start(): Promise<void> {
  const port = await choosePort();
  stores = await bringUpStores(servers, interruption.signal);
  const { databaseUrl, redisUrl } = stores;
  const total = readMigrations().length;
  await step(
    'Migrating the database',
    () => migrate(databaseUrl),
    ({ length }) => (length === 0 ? `nothing to do, ${total} applied` : `${length} of ${total} applied`),
  );
  const demo = await prepareDemo(databaseUrl, redisUrl);
  await ensureWidget();
  const tokenSecret = given('LAUREL_TOKEN_SECRET') ?? keptSecrets().tokenSecret;
  const laurel = await step('Starting Laurel', () =>
    startLaurel(
      servers,
      { databaseUrl, redisUrl, port, tokenSecret, demoProgram: demo.program, watch },
      interruption.signal,
    ),
  );
  ready = true;
  present(port, {
    pid: process.pid,
    pageUrl: `http://127.0.0.1:${port}/`,
    url: `http://127.0.0.1:${port}/graphql`,
    wsUrl: `ws://127.0.0.1:${port}/graphql`,
    databaseUrl,
    redisUrl,
    ...demo,
  });
  for (const server of stores.own) {
    void server.exited.then(
      () => interruption.signal.aborted || note(`· ${server.name} ended; its log is ${server.log}.`),
    );
  }
  const { code, signal, error } = await laurel.exited;
  if (interruption.signal.aborted) return;
  sayFailure(`Laurel ended by itself (${error ?? signal ?? `exit code ${code}`}); its log is ${laurel.log}.`);
  await end(1);
}

/** Says where everything is, on the terminal and in `.laurel/dev.json`. */
function present(port: number, file: DevFile): void {
  const other = runningDevFile();
  if (other === undefined) writeDevFile(file);
  const rows: [string, string][] = [
    ['Demo page', file.pageUrl],
    ['GraphQL', file.url],
    ['Websocket', file.wsUrl],
    ['PostgreSQL', file.databaseUrl],
    ['Redis', file.redisUrl],
    ['Program', file.program],
    ['Customer', file.customer],
    ...Object.entries(file.keys).flatMap(([kind, byRole]) =>
      Object.entries(byRole).map(([role, key]): [string, string] => [`${kind} key, ${role}`, key]),
    ),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  say(`\nLaurel is ready.\n\n${rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n')}\n`);
  note(
    other === undefined
      ? 'The same is in .laurel/dev.json.'
      : `.laurel/dev.json belongs to the run of process ${other.pid}.`,
  );
  if (!watch) note(`The server logs to ${serverLog(port)}.`);
  note('Ctrl-C stops everything.');
}

try {
  await start();
} catch (error) {
  if (!interruption.signal.aborted) {
    sayFailure(lineOf(error));
    await end(1);
  }
}
