// `npm run test:services`: keeps a PostgreSQL and a Redis for tests running, so that single test files start at once.
import process from 'node:process';

import { whenParentDies } from './parent.mjs';
import { ensurePrismaClient } from './prisma-client.ts';
import { say, SetupError, sayFailure } from './steps.mjs';
import { startTestServices } from './test-services.ts';

try {
  await ensurePrismaClient();
  const services = await startTestServices();
  say('\nIn another terminal:\n');
  say(`export LAUREL_TEST_DATABASE_URL=${services.adminUrl}`);
  say(`export LAUREL_TEST_REDIS_URL=${services.redisUrl}\n`);
  say('Ctrl-C stops them.');
  const stop = (): void => void services.stop().then(() => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  whenParentDies(stop);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  sayFailure(error.message);
  process.exitCode = 1;
}
