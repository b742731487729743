import process from 'node:process';
import { parseArgs } from 'node:util';

import { schema } from '#schema/index.ts';

import { readConfig, type Config } from './config.ts';
import { createDeps, type Deps } from './deps.ts';
import { LIMITS } from './http/limits.ts';
import { createServer } from './server.ts';
import { startWorker } from './worker.ts';

const HELP = `Starts Laurel: the API, the worker, or both in one process.

  --role all|api|worker   what this process does; the default is LAUREL_ROLE, or all
  --help                  this text

The stores and the port come from DATABASE_URL, REDIS_URL and PORT.
`;

/** Errors of a peer's connection that reach the process because a library forgot to listen. They concern that peer alone. */
const PEER_ERRORS = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ERR_STREAM_DESTROYED',
]);

/** Something started, with the way to end it. */
type Running = { name: string; stop: () => Promise<void> };

function configOfProcess(): Config | null {
  const { values } = parseArgs({ options: { role: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help === true) return null;
  const config = readConfig();
  const { role = config.role } = values;
  if (role !== 'all' && role !== 'api' && role !== 'worker')
    throw new Error(`--role must be all, api or worker, not ${role}`);
  return { ...config, role };
}

/** Starts what the role asks for. A worker listens too, for its health and metrics alone. */
async function start(deps: Deps): Promise<Running[]> {
  const { config, log } = deps;
  const running: Running[] = [];
  if (config.role !== 'api') {
    const worker = await startWorker(deps);
    running.push({ name: 'worker', stop: () => worker.stop() });
  }
  const server = createServer(deps, { schema, servesGraph: config.role !== 'worker' });
  const port = await server.listen(config.port, config.host);
  running.push({ name: 'server', stop: () => server.close() });
  log.info({ role: config.role, port, host: config.host }, 'ready');
  return running;
}

/** The server stops first, so that what is in flight still finds its stores; then the worker; then the stores close. */
async function stop(deps: Deps, running: Running[]): Promise<void> {
  const overtime = setTimeout(() => {
    deps.log.warn('not everything ended in time');
    process.exit(0);
  }, LIMITS.shutdownMs);
  for (const { name, stop: end } of running.toReversed()) {
    await end().catch((error: unknown) => deps.log.error({ err: error, name }, 'did not stop cleanly'));
  }
  await deps.close().catch((error: unknown) => deps.log.error({ err: error }, 'the stores did not close cleanly'));
  clearTimeout(overtime);
  deps.log.info('stopped');
  process.exit(0);
}

function surviveStrayErrors(deps: Deps): void {
  process.on('unhandledRejection', (error) => deps.log.error({ err: error }, 'a promise was left to fail'));
  process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
    if (PEER_ERRORS.has(error.code ?? '')) return deps.log.warn({ err: error }, 'a peer went away');
    deps.log.fatal({ err: error }, 'cannot go on');
    return process.exit(1);
  });
}

async function main(): Promise<void> {
  const config = configOfProcess();
  if (config === null) {
    process.stdout.write(HELP);
    return;
  }
  const deps = createDeps(config);
  surviveStrayErrors(deps);
  const running = start(deps);
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // The second signal means at once.
      if (stopping) process.exit(130);
      stopping = true;
      deps.log.info({ signal }, 'stopping');
      void running.then((started) => stop(deps, started));
    });
  }
  await running;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
