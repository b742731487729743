// Laurel itself in this process, for tests of what it answers: loading it as a process of its own takes longer than most of
// them. Those of what becomes of a process that ends, or of several, take `startApp`.
import { afterAll } from 'vitest';

import { schema } from '#schema/index.ts';
import { readConfig } from '#src/config.ts';
import { createDeps } from '#src/deps.ts';
import { createServer } from '#src/server.ts';
import { startWorker } from '#src/worker.ts';

export type ServerSetting = {
  databaseUrl: string;
  redisUrl: string;
  /** Without a worker nothing but requests changes the record. */
  role?: 'all' | 'api';
  env?: Record<string, string>;
};

/** Starts what `src/main.ts` does, with stores of its own, on a free port. It ends after the tests of the file. */
export async function startServer({
  databaseUrl,
  redisUrl,
  role = 'all',
  env = {},
}: ServerSetting): Promise<{ url: string }> {
  const deps = createDeps(
    readConfig({
      NODE_ENV: 'test',
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      LAUREL_LOG_LEVEL: 'silent',
      LAUREL_DATABASE_WAIT_MS: '60000',
      ...env,
    }),
  );
  const worker = role === 'all' ? await startWorker(deps) : null;
  const server = createServer(deps, { schema });
  const port = await server.listen(0, '127.0.0.1');
  afterAll(async () => {
    await server.close();
    await worker?.stop();
    await deps.close();
  });
  return { url: `http://127.0.0.1:${port}` };
}
