import type { Deps } from '#src/deps.ts';

import { jsonReply } from './reply.ts';
import type { Reply } from './result.ts';

const CHECK_WITHIN_MS = 2_000;

/** Answers while the process lives, whatever its stores do. */
export function livez(): Reply {
  return jsonReply(200, { status: 'live' });
}

/**
 * Whether this process can do its work: PostgreSQL must answer, and it must not be on its way out. Redis may be away; what
 * needs it then reads from the record, so that is told and changes nothing.
 */
export async function readyz(deps: Deps, isDraining: boolean): Promise<Reply> {
  const [postgres, redis] = await Promise.all([
    answers(() => deps.reads.query('/* readyz */ select 1')),
    answers(() => deps.redis.ping()),
  ]);
  const ready = postgres && !isDraining;
  return jsonReply(ready ? 200 : 503, {
    status: ready ? 'ready' : isDraining ? 'draining' : 'unready',
    postgres: postgres ? 'up' : 'away',
    redis: redis ? 'up' : 'away',
  });
}

async function answers(ask: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_WITHIN_MS);
  });
  try {
    return await Promise.race([ask().then(() => true), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
