import type { PageRequest } from '#domain/page.ts';
import type { Program } from '#domain/program/program.ts';
import { statementsOf } from '#storage/postgres.ts';
import { listPrograms, type ProgramRecord } from '#storage/program-store.ts';

import type { AppDeps } from '../transaction.ts';

/** Programs of the installation, oldest first, a page at a time (`limit + 1` rows in the direction of travel). */
export async function findProgramPage(
  deps: AppDeps,
  page: PageRequest,
  state: Program['state'] | null,
): Promise<ProgramRecord[]> {
  return listPrograms(statementsOf(deps.postgres), page, state);
}
