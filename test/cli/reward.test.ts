import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { publicId } from '#domain/ids.ts';

import { testDatabase } from '../support/database.ts';
import { aCustomer, balanceNow, earn } from '../support/ledger.ts';
import { aProgram, testDeps } from '../support/program.ts';
import { redeem } from '../support/redemption.ts';
import { aReward } from '../support/reward.ts';
import { publishSet } from '../support/rule-set.ts';
import { laurel } from './run-laurel.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const program = await aProgram(deps);
await publishSet(deps, program, {
  rewards: [
    aReward({ stock: 5, byHand: true }),
    aReward({ code: 'voucher', points: 10, fulfilment: { kind: 'CODE_POOL' }, sortOrder: 1 }),
  ],
});
const customer = await aCustomer(deps, program);
await earn(deps, program, customer, 1_000);
const folder = mkdtempSync(join(tmpdir(), 'laurel-cli-'));

const answer = async <Answer>(...args: string[]): Promise<Answer> => {
  const { exitCode, stdout, stderr } = await laurel([...args, '--json'], url);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as Answer;
};

test('a pool of more codes than one call takes is imported as a stream, once, with lines that cannot be told', async () => {
  const file = join(folder, 'codes.txt');
  const codes = Array.from({ length: 12_000 }, (_, n) => `CODE-${n}`);
  writeFileSync(file, [...codes.slice(0, 11_000), 'x'.repeat(300), '', ...codes.slice(10_999)].join('\r\n'));
  const run = () => answer('reward', 'import-codes', file, '--reward', 'voucher');
  expect(await run()).toEqual({
    imported: 12_000,
    duplicates: 1,
    invalid: 1,
    refused: [
      { line: 11_001, reason: 'INVALID' },
      { line: 11_003, reason: 'DUPLICATE' },
    ],
  });
  expect(await run()).toMatchObject({ imported: 0, duplicates: 12_001 });
  const missing = await laurel(['reward', 'import-codes', join(folder, 'none'), '--reward', 'voucher'], url);
  expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('There is no file') as string });
  const wrong = await laurel(['reward', 'import-codes', file, '--reward', 'mug'], url);
  expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('CODE_POOL') as string });
});

test('rewards are listed with what is left, and redemptions moved on by hand', async () => {
  const [one, two] = [await redeem(deps, program, customer), await redeem(deps, program, customer)];
  const [first, second] = [one, two].map(({ redemptionId }) => publicId('Redemption', redemptionId)) as [
    string,
    string,
  ];
  await redeem(deps, program, customer, 'voucher');
  const list = async (...args: string[]) =>
    (await answer<{ id: string; state: string }[]>('redemption', 'list', ...args)).map(({ id, state }) => [id, state]);
  expect(await list('--reward', 'mug', '--awaiting')).toEqual([
    [second, 'ISSUED'],
    [first, 'ISSUED'],
  ]);
  await answer('redemption', 'fulfil', first);
  await answer('redemption', 'cancel', second, '--reason', 'sold out');
  expect(await list('--customer', publicId('Customer', customer), '--reward', 'mug')).toEqual([
    [second, 'CANCELLED'],
    [first, 'FULFILLED'],
  ]);
  expect(await list('--state', 'issued', '--limit', '1')).toHaveLength(1);
  expect(await answer('reward', 'list')).toMatchObject([
    { code: 'mug', stockLeft: 4, issued: 1, codesFree: null },
    { code: 'voucher', stockLeft: null, issued: 1 },
  ]);
  expect(await balanceNow(deps, program, customer)).toMatchObject({ available: 890 });
  const { stdout } = await laurel(['redemption', 'list'], url);
  expect(stdout).not.toContain('CODE-');
  expect(await laurel(['redemption', 'cancel', 'rdm_x'], url)).toMatchObject({ exitCode: 1 });
  expect(await laurel(['redemption', 'list', '--state', 'lost'], url)).toMatchObject({ exitCode: 2 });
});
