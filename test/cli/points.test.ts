import { expect, test } from 'vitest';

import { updatePointCurrencyDetails } from '#app/point-currency/update.ts';
import { publicId } from '#domain/ids.ts';

import { testDatabase } from '../support/database.ts';
import { aCustomer, earn } from '../support/ledger.ts';
import { aCommand, aProgram, testDeps } from '../support/program.ts';
import { laurel } from './run-laurel.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const program = await aProgram(deps);
const input = { currencyId: program.currencyId, expiryNoticeDays: [5] };
await updatePointCurrencyDetails(deps, program.scope, aCommand('pointCurrencyUpdate', input), input);
const customerId = await aCustomer(deps, program);
const customer = `customer ${customerId}`;
const inDays = (days: number): Date => new Date(Math.floor(Date.now() / 86_400_000 + 1 + days) * 86_400_000);

const answer = async <Answer>(...args: string[]): Promise<Answer> => {
  const { exitCode, stdout, stderr } = await laurel([...args, '--json'], url);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as Answer;
};

test('an operator moves when points expire, and sees what the customer was told', async () => {
  await earn(deps, program, customerId, 40, { expiresAt: inDays(300) });
  const before = ['--before', inDays(301).toISOString(), '--reason', 'A mistake'];
  expect(await answer('points', 'move-expiry', customer, ...before, '--to', inDays(5).toISOString())).toMatchObject({
    points: 40,
    transaction: expect.stringMatching(/^ltx_/u),
  });
  expect(await answer('points', 'notify')).toEqual({ sent: 1 });
  expect(await answer('points', 'notify')).toEqual({ sent: 0 });
  expect(await answer('points', 'notices', customer)).toMatchObject({
    notices: [{ currency: 'points', points: 40, daysBefore: 5 }],
  });
  const again = await laurel(['points', 'move-expiry', customer, ...before, '--to', '2020-01-01T00:00:00Z'], url);
  expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('in the future') });
  const neither = await laurel(['points', 'move-expiry', '--to', inDays(9).toISOString(), '--reason', 'x'], url);
  expect(neither.stderr).toContain('Name a customer with --before, or a lot with --lot.');
});

test('an operator erases a customer once, with a reason and a word that it is meant', async () => {
  const gone = await aCustomer(deps, program);
  await earn(deps, program, gone, 7);
  const erase = ['customer', 'erase', publicId('Customer', gone), '--reason', 'Asked for by letter'];
  expect(await laurel(erase, url)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--yes') });
  const expiring = [...erase, '--points', 'EXPIRE', '--yes'];
  expect(await answer(...expiring)).toMatchObject({ customerId: publicId('Customer', gone), wasErased: false });
  expect(await answer(...expiring)).toMatchObject({ wasErased: true });
  expect(await answer('balance', publicId('Customer', gone))).toMatchObject({ balances: [{ available: 0 }] });
  expect(await laurel(['balance', `customer ${gone}`], url)).toMatchObject({ exitCode: 1 });
});
