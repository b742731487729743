// Which core runs what: the server under test alone on the first, generator and stores together on the second, so that
// a server is never slowed by those who load it. Where cores cannot be assigned, the system places everything.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import process from 'node:process';

const SERVER_CORE = 0;
const REST_CORE = 1;

/** Whether processes can be bound to cores here. */
export const CAN_PLACE =
  process.platform === 'linux' &&
  availableParallelism() > 1 &&
  spawnSync('taskset', ['-c', `${SERVER_CORE}-${REST_CORE}`, 'true'], { stdio: 'ignore' }).status === 0;

/** Moves this process, the load generator, and all that it will start, to the second core. */
export function placeHarness(): void {
  if (CAN_PLACE) spawnSync('taskset', ['-a', '-c', '-p', String(REST_CORE), String(process.pid)], { stdio: 'ignore' });
}

/** The command that runs the given one as a server under test, on the first core. */
export function onServerCore(file: string, args: readonly string[]): { file: string; args: string[] } {
  return CAN_PLACE ? { file: 'taskset', args: ['-c', String(SERVER_CORE), file, ...args] } : { file, args: [...args] };
}

/** One sentence for the conditions of a run. */
export function placingNote(): string {
  return CAN_PLACE
    ? `server under test on core ${SERVER_CORE}; load generator, PostgreSQL and Redis on core ${REST_CORE}`
    : 'cores not assigned (no taskset here): the system placed the processes';
}
