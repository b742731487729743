import { defineConfig } from 'vitest/config';

const UNIT_TESTS = ['test/domain/**/*.test.ts', 'test/architecture/**/*.test.ts'];

// What Node itself would choose: a package such as graphql must not be loaded twice, once by its development build.
const ssr = { resolve: { conditions: ['module-sync', 'node'], externalConditions: ['module-sync', 'node'] } };

export default defineConfig({
  test: {
    projects: [
      {
        // Pure code and the shape of the source: no servers, done in seconds.
        ssr,
        test: { name: 'unit', include: UNIT_TESTS, testTimeout: 30_000 },
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
          // What must happen soon is waited for; how soon is measured in bench/.
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
});
