import { describe, expect, test } from 'vitest';

import { setPointValue } from '#app/point-value/set.ts';

import { testDatabase } from '../support/database.ts';
import { aCustomer, earn } from '../support/ledger.ts';
import { aCommand, aProgram, testDeps } from '../support/program.ts';
import { laurel } from './run-laurel.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const program = await aProgram(deps);
await earn(deps, program, await aCustomer(deps, program), 1_000);
const value = {
  currency: null,
  reason: 'COST' as const,
  validFrom: '2020-01-01',
  minorPerThousand: '500',
  moneyCurrency: null,
  note: null,
};
await setPointValue(deps, program.scope, aCommand('pointValueSet', value), value);
const today = new Date().toISOString().slice(0, 10);

const run = (...args: string[]) => laurel([...args, '--program', program.publicId], url);

describe('the economy on the command line', () => {
  test('shows days with something on them and their sum, and all days in JSON', async () => {
    const { stdout, exitCode } = await run('economy', '--from', today);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/^DAY +OPENING +ISSUED +REDEEMED/);
    expect(stdout).toMatch(/^all +0 +1000 +0 +0 +0 +0 +0 +1000$/m);
    const json = await run('economy', '--from', '2026-01-01', '--to', '2026-01-31', '--json');
    expect((JSON.parse(json.stdout) as { days: unknown[] }).days).toHaveLength(31);
  });

  test('shows the liability at the rate asked for and beside it', async () => {
    const { stdout } = await run('liability', '--redemption-rate', '0.8', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      asOf: today,
      amount: 400,
      moneyCurrency: 'EUR',
      sensitivity: [{ amount: 350 }, { amount: 400 }, { amount: 450 }, { amount: 500 }],
    });
    expect((await run('liability', '--redemption-rate', '0.8')).stdout).toMatch(/^used: 0\.8 +400 +0$/m);
  });

  test('refuses a rate above one, a day that is none, and a rate that nothing tells', async () => {
    expect((await run('liability', '--redemption-rate', '1.2')).exitCode).toBe(2);
    expect((await run('economy', '--from', 'yesterday')).exitCode).toBe(2);
    expect(await run('liability')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('give redemptionRate'),
    });
  });
});
