import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const UNIT_TESTS = ['test/domain/**/*.test.ts', 'test/architecture/**/*.test.ts', 'test/widget/**/*.test.ts'];

// What Node itself would choose: a package such as graphql must not be loaded twice, once by its development build.
const ssr = { resolve: { conditions: ['module-sync', 'node'], externalConditions: ['module-sync', 'node'] } };

// Loading the schema costs more than most files' tests, so the files of a worker share the modules. What a file keeps in
// one (a server, a cache) belongs to its own database or ends with it.
const isolate = false;

/** What takes about a minute, and what takes tens of seconds: begun first, so that no worker is left alone with it at the end. */
const LONGEST =
  /\/test\/(?:import\/(?:airline|interrupted)|faults\/(?:kill|season-close|torn-connections)|browser\/widget|cli\/laurel)\.test/;
const LONG = /\/test\/(?:browser|faults|import|invariants|projections|subscriptions)\/|\/(?:demo-seed|reward-rush)\./;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((one, other) => durationClass(other) - durationClass(one));
  }
}

function durationClass({ moduleId, project }: TestSpecification): number {
  if (project.name === 'unit') return 0;
  if (LONGEST.test(moduleId)) return 3;
  return LONG.test(moduleId) ? 2 : 1;
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // Files wait more than they compute (for a server, a lock, a time to pass): one more than processors, within bounds.
    maxWorkers: Math.min(availableParallelism() + 1, 6),
    projects: [
      {
        // Pure code and the shape of the source: no servers, done in seconds.
        ssr,
        test: { name: 'unit', include: UNIT_TESTS, testTimeout: 30_000, isolate },
      },
      {
        // Everything else, on real PostgreSQL and Redis; each file has a database of its own.
        ssr,
        test: {
          name: 'services',
          include: ['test/**/*.test.ts'],
          exclude: UNIT_TESTS,
          globalSetup: 'test/support/global-setup.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          isolate,
          // What must happen soon is waited for; how soon is measured in bench/.
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
});
