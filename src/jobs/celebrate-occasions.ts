import { celebrateOccasions, type CelebrateDeps } from '#app/occasion/celebrate.ts';
import { listProgramsWith } from '#storage/rule-set-store.ts';

/** Looks at the occasions of all programs. A program that fails is logged and left for the next run. */
export async function runCelebrateOccasions(deps: CelebrateDeps): Promise<number> {
  let recorded = 0;
  for (const programId of await listProgramsWith(deps.reads, 'occasions')) {
    try {
      recorded += await celebrateOccasions(deps, await deps.catalogues.at(deps.reads, programId));
    } catch (error) {
      deps.log.error({ err: error, programId }, 'the occasions of a program could not be celebrated');
    }
  }
  return recorded;
}
