import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { reverseTransaction } from '#app/ledger/reverse-transaction.ts';
import { spendPoints } from '#app/ledger/spend-points.ts';
import { importRewardCodes } from '#app/reward/import-codes.ts';
import { UserError } from '#domain/errors.ts';
import type { Deps } from '#src/deps.ts';

import { checkInvariants } from '../../src/jobs/check-invariants.ts';
import { endRedemptions } from '../../src/jobs/end-redemptions.ts';
import { runSettleDue } from '../../src/jobs/settle-due.ts';
import { testDatabase } from '../support/database.ts';
import { aCustomer, earn } from '../support/ledger.ts';
import { aCommand, aProgram, testDeps, type TestProgram } from '../support/program.ts';
import { move, redeem } from '../support/redemption.ts';
import { aReward } from '../support/reward.ts';
import { publishSet } from '../support/rule-set.ts';

const { url } = await testDatabase();
let now = new Date('2026-03-01T12:00:00Z');
const clock = (): Date => now;
const instances = [testDeps(url, { clock }), testDeps(url, { clock })] as const;
const [deps] = instances;

const KINDS = [
  'earn',
  'earnForAWhile',
  'spend',
  'refund',
  'redeem',
  'reserve',
  'issue',
  'cancel',
  'use',
  'settle',
] as const;
type Call = { kind: (typeof KINDS)[number]; instance: number; customer: number; choice: number; waitMinutes: number };

const call: fc.Arbitrary<Call> = fc.record({
  kind: fc.constantFrom(...KINDS, 'redeem', 'reserve', 'issue', 'cancel'),
  instance: fc.nat(1),
  customer: fc.nat(2),
  choice: fc.nat(1_000),
  waitMinutes: fc.nat(12),
});

const limits = [
  { of: 'CUSTOMER' as const, per: 'DAY' as const, quantity: 4 },
  { of: 'EVERYBODY' as const, per: 'ALL_TIME' as const, quantity: 9 },
];
const REWARDS = [
  aReward({ points: 30, stock: 6, reservationMinutes: 10, limits, maxQuantity: 2 }),
  aReward({ code: 'voucher', points: 20, fulfilment: { kind: 'CODE_POOL' }, reservationMinutes: 5 }),
  aReward({
    code: 'coupon',
    points: 0,
    stock: 5,
    fulfilment: { kind: 'GENERATED_CODE', prefix: '', length: 12, alphabet: 'ABCDEFGH' },
    reservationMinutes: 7,
    validityDays: 1,
  }),
];
const STOCK: Record<string, number> = { mug: 6, voucher: 5, coupon: 5 };

test('points, pieces and codes agree after any interleaving of earning, redeeming, refunding and time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(call, { minLength: 6, maxLength: 6 }), { minLength: 7, maxLength: 7 }),
      async (waves) => {
        const program = await aProgram(deps, { policies: { clawbackPolicy: 'UNLIMITED' } });
        await publishSet(deps, program, { rewards: REWARDS });
        const codes = { rewardCode: 'voucher', codes: ['A', 'B', 'C', 'D', 'E'] };
        await importRewardCodes(deps, program.scope, aCommand('rewardCodesImport', codes), codes);
        const customers = await Promise.all([1, 2, 3].map(() => aCustomer(deps, program)));
        for (const customer of customers) await earn(deps, program, customer, 100);
        for (const wave of waves) {
          await Promise.all(wave.map((each) => make(program, customers, each)));
          now = new Date(now.getTime() + Math.max(...wave.map((each) => each.waitMinutes)) * 60_000);
          await expectSound(program);
        }
        // At last every reservation's time is over: nothing is held, reserved or kept any more.
        now = new Date(now.getTime() + 60 * 60_000);
        await runSettleDue(deps);
        await endRedemptions(deps);
        await expectSound(program);
        expect(await leftOver(program)).toEqual({ held: 0, reserved: 0, kept: 0, open: 0 });
      },
    ),
    { numRuns: 6, endOnFailure: true },
  );
}, 180_000);

/** No law is broken, and no reward went out more often than there are pieces of it. */
async function expectSound(program: TestProgram): Promise<void> {
  const offences = await checkInvariants(deps.reads, program.programId);
  expect(offences.filter((offence) => offence.severity === 'ERROR')).toEqual([]);
  const taken = await deps.reads.query<{ code: string; taken: number }>(
    `select reward_code as code, sum(quantity) as taken from redemption
     where program_id = $1 and (state = 'RESERVED' or issued_at is not null and state <> 'CANCELLED') group by reward_code`,
    [program.programId],
  );
  for (const reward of taken) expect(reward.taken, reward.code).toBeLessThanOrEqual(STOCK[reward.code] ?? 0);
}

async function leftOver(program: TestProgram): Promise<unknown> {
  const [row] = await deps.reads.query(
    `select (select coalesce(sum(held), 0)::bigint from ledger_account where program_id = $1) as held,
       (select coalesce(sum(reserved), 0)::bigint from reward_stock where program_id = $1) as reserved,
       (select count(*) from reward_code where program_id = $1 and redemption_id is not null and handed_at is null) as kept,
       (select count(*) from hold where program_id = $1 and state = 'OPEN') as open`,
    [program.programId],
  );
  return row;
}

/** Makes the call; every refusal must be a typed one. */
async function make(program: TestProgram, customers: readonly string[], each: Call): Promise<void> {
  const on = instances[each.instance] ?? deps;
  try {
    await operations(on, program, customers[each.customer] ?? '', each)[each.kind]();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

function operations(
  on: Deps,
  program: TestProgram,
  id: string,
  each: Call,
): Record<Call['kind'], () => Promise<unknown>> {
  const { scope } = program;
  const { choice } = each;
  const reward = ['mug', 'voucher', 'coupon'][choice % 3];
  const quantity = reward === 'mug' ? 1 + (choice % 2) : 1;
  const soon = new Date(now.getTime() + (1 + (choice % 20)) * 60_000);
  const command = <Input>(input: Input) => [aCommand(each.kind, input, randomUUID()), input] as const;
  const moving = async (what: 'issue' | 'cancel' | 'use') => {
    const redemptionId = await some(program, 'redemption', choice);
    if (redemptionId !== null) await move(on, program, what, redemptionId);
  };
  return {
    earn: () => earn(on, program, id, 1 + (choice % 40)),
    earnForAWhile: () => earn(on, program, id, 1 + (choice % 40), { expiresAt: soon }),
    spend: () => {
      const input = { customer: { id, externalId: null }, currency: null, amount: 1 + (choice % 30), reason: null };
      return spendPoints(on, scope, ...command(input));
    },
    refund: async () => {
      const transactionId = await some(program, 'ledger_transaction', choice);
      return reverseTransaction(on, scope, ...command({ transactionId, reason: 'refund', adjustmentMax: null }));
    },
    redeem: () => redeem(on, program, id, reward, { quantity }),
    reserve: () => redeem(on, program, id, reward, { quantity, mode: 'RESERVE' }),
    issue: () => moving('issue'),
    cancel: () => moving('cancel'),
    use: () => moving('use'),
    settle: async () => {
      await runSettleDue(on);
      await endRedemptions(on);
    },
  };
}

/** Any of the program's latest redemptions or transactions, or null while there is none. */
async function some(
  program: TestProgram,
  table: 'redemption' | 'ledger_transaction',
  choice: number,
): Promise<string | null> {
  const rows = await deps.reads.query<{ id: string }>(
    `select id from ${table} where program_id = $1 order by id desc limit 9`,
    [program.programId],
  );
  return rows[choice % Math.max(1, rows.length)]?.id ?? null;
}
