import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { trackActivity } from '#app/activity/track.ts';
import { listBacktests } from '#storage/backtest-store.ts';

import { aPurchase, aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, testDeps } from '../support/program.ts';
import { laurel } from './run-laurel.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

test('laurel rules backtest replays a file or the draft by itself, without a worker and without touching the draft', async () => {
  const shop = await aShop(deps);
  const [ann] = (await someCustomers(deps, shop, 1)) as [string];
  const report = aPurchase(ann);
  await trackActivity(deps.tracking, shop.scope, aCommand('activityTrack', report), report);
  const file = join(mkdtempSync(join(tmpdir(), 'laurel-cli-')), 'rules.json');
  writeFileSync(file, JSON.stringify({ earningRules: [{ ...PURCHASE_RULE, award: { kind: 'FIXED', points: 25 } }] }));
  const run = (...args: string[]) => laurel(['rules', 'backtest', ...args, '--from', '2025-01-01T00:00:00Z'], url);

  const tested = await run(file, '--value', '500', '--json');
  expect(tested).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(tested.stdout)).toMatchObject({
    id: expect.stringMatching(/^btr_/),
    state: 'DONE',
    report: {
      byRule: [{ ruleId: expect.stringMatching(/^rul_/), live: 10, draft: 25, difference: 15 }],
      customers: { winners: [{ customerId: expect.stringMatching(/^cus_/), difference: 15 }] },
      liability: [{ money: { recorded: 5, draft: 13 } }],
    },
  });
  const same = await run('--draft');
  expect(same.stdout).toContain('1 customers: 0 get more (0 points), 0 less (0), 1 the same.');
  expect(await run(file, '--draft')).toMatchObject({ exitCode: 2 });
  expect(await run('--draft', '--to', '2024-01-01T00:00:00Z')).toMatchObject({ exitCode: 1 });
  expect((await listBacktests(deps.reads, shop.programId, 10)).map(({ source }) => source)).toEqual(['DRAFT', 'FILE']);
});
