// Loaded before the file that an npm script runs: generates the database client when it is missing or stale.
import process from 'node:process';

import { ensurePrismaClient } from './prisma-client.ts';
import { sayFailure, SetupError } from './steps.mjs';

try {
  await ensurePrismaClient();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  sayFailure(error.message);
  process.exit(1);
}
