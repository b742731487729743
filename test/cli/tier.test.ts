import { expect, test } from 'vitest';

import { trackActivity } from '#app/activity/track.ts';

import { aPurchase, aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, testDeps } from '../support/program.ts';
import { publishSet } from '../support/rule-set.ts';
import { aLadder, aTier } from '../support/tier.ts';
import { laurel } from './run-laurel.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const program = await aShop(deps, {}, []);
await publishSet(deps, program, {
  earningRules: [PURCHASE_RULE],
  ladders: [
    aLadder({
      period: { kind: 'LIFETIME' },
      tiers: [aTier('bronze', '0'), aTier('silver', '100'), aTier('black', null, { manualOnly: true })],
    }),
  ],
});
const [customer = ''] = await someCustomers(deps, program, 1);
const report = aPurchase(customer, { properties: { amount: '120' } });
await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);

const answer = async <Answer>(...args: string[]): Promise<Answer> => {
  const { exitCode, stdout, stderr } = await laurel([...args, '--json'], url);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as Answer;
};

test('an operator sees a customer’s tiers, gives one, reviews, ends it, and reads the history', async () => {
  expect(await answer('tier', 'list', 'c1')).toMatchObject({
    tiers: [{ ladder: 'status', tier: 'silver', reason: 'EARNED', progress: '120', next: null, toStay: '0' }],
  });
  expect(await answer('tier', 'assign', 'c1', 'status', 'black', '--reason', 'A friend', '--invited')).toMatchObject({
    from: 'silver',
    to: 'black',
  });
  expect(await answer('tier', 'review', 'c1', '--dry-run')).toMatchObject({
    dryRun: true,
    reviews: [{ from: 'black', to: 'black', deserved: 'silver', text: expect.stringContaining('since it was given') }],
  });
  expect(await answer('tier', 'release', 'c1', 'status', '--reason', 'Over')).toMatchObject({ to: 'silver' });
  const { history } = await answer<{ history: object[] }>('tier', 'history', 'c1', '--ladder', 'status');
  expect(history).toMatchObject([
    { tier: 'silver', reason: 'MANUAL', note: 'Over', actor: 'operator:command-line' },
    { tier: 'black', reason: 'INVITED', note: 'A friend' },
    { tier: 'silver', reason: 'EARNED' },
  ]);
  expect(await answer('tier', 'review')).toEqual({ reviewed: 0 });
});

test('a tier that the customer has earned already is refused, and an end without a zone is wrong usage', async () => {
  const refused = await laurel(['tier', 'assign', 'c1', 'status', 'bronze', '--reason', 'x', '--json'], url);
  expect(refused.exitCode).toBe(1);
  expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: 'STATE_CONFLICT' } });
  const wrong = await laurel(
    ['tier', 'assign', 'c1', 'status', 'black', '--reason', 'x', '--until', '2030-01-01'],
    url,
  );
  expect(wrong.exitCode).toBe(2);
});
