import type { Deps } from './deps.ts';
import { startRelay } from './relay.ts';

/** Everything that runs beside the API: hands on what was committed. */
export async function startWorker(deps: Deps): Promise<{ stop(): Promise<void> }> {
  const relay = startRelay(deps);
  return { stop: () => relay.stop() };
}
