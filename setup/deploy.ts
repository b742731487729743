// What a deployment runs before the server: check the database and migrate it.
import process from 'node:process';

import { checkDatabase, given } from './given.ts';
import { migrate } from './migrate.ts';
import { lineOf, sayFailure, SetupError, step } from './steps.mjs';

try {
  const databaseUrl = given('DATABASE_URL');
  if (databaseUrl === undefined) throw new SetupError('Set DATABASE_URL to the database that Laurel is to use.');
  await step('Checking the database', () => checkDatabase(databaseUrl), String);
  await step(
    'Migrating the database',
    () => migrate(databaseUrl),
    ({ length }) => (length === 0 ? 'nothing to do' : `${length} applied`),
  );
} catch (error) {
  sayFailure(lineOf(error));
  process.exitCode = 1;
}
