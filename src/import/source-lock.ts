import { createHash } from 'node:crypto';

import { UnavailableError } from '#domain/errors.ts';
import type { Postgres } from '#storage/postgres.ts';

/** Held as long as the connection lives: a killed import lets go by itself. */
export type SourceLock = { assertHeld(): void; release(): Promise<void> };

const RETRY_MS = 250;

/**
 * Lets one import of a source into one program at a time, from whatever process or machine. Others wait; `onWait` is told
 * once. Throws UnavailableError when the signal ends the wait.
 */
export async function lockSource(
  postgres: Postgres,
  programId: string,
  source: string,
  onWait: () => void,
  signal?: AbortSignal,
): Promise<SourceLock> {
  const client = await postgres.connect();
  let lost = false;
  const onError = (): void => void (lost = true);
  client.on('error', onError);
  const key = createHash('sha256').update(`import ${programId} ${source}`).digest().readBigInt64BE().toString();
  try {
    for (let attempt = 1; ; attempt += 1) {
      const { rows } = await client.query<{ taken: boolean }>(
        '/* lock-source */ select pg_try_advisory_lock($1::bigint) as taken',
        [key],
      );
      if (rows[0]?.taken === true) break;
      if (attempt === 1) onWait();
      if (signal?.aborted === true)
        throw new UnavailableError('The import was stopped while it waited for another one.');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  } catch (error) {
    client.release(true);
    throw error;
  }
  return {
    assertHeld() {
      if (lost) throw new UnavailableError('The database connection broke. Run the same command again to go on.');
    },
    async release() {
      await client
        .query('/* unlock-source */ select pg_advisory_unlock($1::bigint)', [key])
        .catch(() => void (lost = true));
      client.off('error', onError);
      client.release(lost);
    },
  };
}
