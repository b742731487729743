import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { createActivityTracking } from '#app/activity/track.ts';
import type { Deps } from '#src/deps.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import type { Postgres } from '#storage/postgres.ts';

import { testDatabase } from '../support/database.ts';
import { testDeps } from '../support/program.ts';
import { aShop, importFile, pictureOf, rowsByCategory } from './shop.ts';

const LINES = 30_000;
const whole = gunzipSync(readFileSync('data/online-retail/online_retail_2010-12_2011-06.csv.gz')).toString('utf8');
const file = join(mkdtempSync(join(tmpdir(), 'laurel-dying-')), 'retail.csv');
writeFileSync(file, whole.split('\n', LINES + 1).join('\n'));

const { url } = await testDatabase();
const deps = testDeps(url);

/** The same deps, but that no transaction begins any more after some: what a process leaves that dies between two. */
function dyingAfter(transactions: number): Deps {
  let left = transactions;
  const connect = async (): Promise<unknown> => {
    if (left <= 0) throw new Error('dead');
    left -= 1;
    return deps.postgres.connect();
  };
  const postgres = new Proxy<Postgres>(deps.postgres, {
    get: (pool, name) => (name === 'connect' ? connect : (Reflect.get(pool, name) as unknown)),
  });
  const dying = { ...deps, postgres };
  return { ...dying, tracking: createActivityTracking(dying) };
}

const calm = await aShop(deps, 'Europe/London', []);
const trial = await importFile(deps, calm, file, 'online-retail', { dryRun: true });
const calmReport = await importFile(deps, calm, file, 'online-retail');

test('a dry run tells of every line, cancellations among them, what the import then does', () => {
  expect(calmReport.reversals).toBeGreaterThan(40);
  expect(rowsByCategory(calmReport)['unmatched']).toBeGreaterThan(20);
  expect(rowsByCategory(trial)).toEqual(rowsByCategory(calmReport));
});

test(
  'an import with cancellations that dies between any two transactions goes on as if nothing had happened',
  { timeout: 240_000 },
  async () => {
    const shop = await aShop(deps, 'Europe/London', []);
    let deaths = 0;
    let finished = null;
    // Each life is a little longer than the one before, so that every place of a chunk is met and the end is reached.
    for (let life = 2; finished === null; life += 4) {
      finished = await importFile(dyingAfter(life), shop, file, 'online-retail').catch((error: Error) => {
        expect(error.message).toBe('dead');
        deaths += 1;
        return null;
      });
    }
    expect(deaths).toBeGreaterThan(5);
    const { seconds: _took, ...told } = finished;
    expect(told).toEqual({ ...calmReport, seconds: undefined });
    expect(await pictureOf(deps, shop)).toEqual(await pictureOf(deps, calm));
    expect(await checkInvariants(deps.reads)).toEqual([]);
  },
);
