import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { adjustPoints } from '#app/ledger/adjust-points.ts';
import { captureHold } from '#app/ledger/capture-hold.ts';
import { holdPoints } from '#app/ledger/hold-points.ts';
import { moveExpiry } from '#app/ledger/move-expiry.ts';
import { releaseHold } from '#app/ledger/release-hold.ts';
import { reverseTransaction } from '#app/ledger/reverse-transaction.ts';
import { cancelLot, releaseLot } from '#app/ledger/settle-lot.ts';
import { spendPoints } from '#app/ledger/spend-points.ts';
import { transferPoints } from '#app/ledger/transfer-points.ts';
import { updatePointCurrencyDetails } from '#app/point-currency/update.ts';
import type { CurrencyExpiry } from '#domain/earning/expiry-style.ts';
import { UserError } from '#domain/errors.ts';
import type { Deps } from '#src/deps.ts';

import { checkInvariants } from '../../src/jobs/check-invariants.ts';
import { runSettleDue } from '../../src/jobs/settle-due.ts';
import { testDatabase } from '../support/database.ts';
import { aCustomer, balanceNow, earn } from '../support/ledger.ts';
import { aCommand, aProgram, testDeps, type TestProgram } from '../support/program.ts';

const { url } = await testDatabase();
let now = new Date('2026-03-01T12:00:00Z');
const clock = (): Date => now;
const instances = [testDeps(url, { clock }), testDeps(url, { clock })] as const;
const [deps] = instances;

/** One random call: what, by which instance, on whom, how much, and a number that chooses among what exists. */
type Call = {
  kind: (typeof KINDS)[number];
  instance: number;
  customer: number;
  amount: number;
  choice: number;
  waitSeconds: number;
};

const KINDS = [
  'earn',
  'earnPending',
  'spend',
  'hold',
  'capture',
  'giveBack',
  'release',
  'cancel',
  'reverse',
  'transfer',
  'adjust',
  'moveExpiry',
  'settle',
] as const;

const call: fc.Arbitrary<Call> = fc.record({
  kind: fc.constantFrom(...KINDS),
  instance: fc.nat(1),
  customer: fc.nat(2),
  amount: fc.integer({ min: 1, max: 60 }),
  choice: fc.nat(1_000),
  waitSeconds: fc.nat(20),
});

const LASTING: CurrencyExpiry = {
  ...{ kind: 'INACTIVITY', months: null, days: 1 },
  ...{ earning: true, spending: true, activityTypes: [] },
};

test.each([
  ['with a date of their own', null, 1_000],
  // Waits of hours, so that days pass and runs of activity end.
  ['that last with activity', LASTING, 6_000_000],
])(
  'no law breaks when two instances do random things to points %s, at the same time',
  async (_title, expiry, waitUnit) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(call, { minLength: 6, maxLength: 6 }), { minLength: 8, maxLength: 8 }),
        async (waves) => {
          const program = await aProgram(deps, { policies: { clawbackPolicy: 'UNLIMITED' } });
          const customers = await Promise.all([
            aCustomer(deps, program),
            aCustomer(deps, program),
            aCustomer(deps, program),
          ]);
          const { currencyId } = program;
          await updatePointCurrencyDetails(deps, program.scope, aCommand('pointCurrencyUpdate', {}), {
            currencyId,
            expiry,
          });
          for (const customer of customers) await earn(deps, program, customer, 100);
          for (const wave of waves) {
            await Promise.all(wave.map((each) => make(program, customers, each)));
            now = new Date(now.getTime() + Math.max(...wave.map((each) => each.waitSeconds)) * waitUnit);
            expect(await errorsOf(program)).toEqual([]);
          }
          const before = await Promise.all(customers.map((customer) => balanceNow(deps, program, customer)));
          await runSettleDue(deps);
          const after = await Promise.all(customers.map((customer) => balanceNow(deps, program, customer)));
          const amounts = (balances: typeof before) =>
            balances.map(({ pending, available, held }) => [pending, available, held]);
          expect(amounts(after)).toEqual(amounts(before));
          expect(await errorsOf(program)).toEqual([]);
        },
      ),
      { numRuns: 4, endOnFailure: true },
    );
  },
  180_000,
);

/** Work that is late is no error here: the test's time runs apart from the database's. */
async function errorsOf(program: TestProgram) {
  return (await checkInvariants(deps.reads, program.programId)).filter((offence) => offence.severity === 'ERROR');
}

/** Makes the call; every refusal must be a typed one. */
async function make(program: TestProgram, customers: readonly string[], each: Call): Promise<void> {
  const on = instances[each.instance] ?? deps;
  const id = customers[each.customer] ?? '';
  try {
    await operations(on, program, customers, id, each)[each.kind]();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

function operations(
  on: Deps,
  program: TestProgram,
  customers: readonly string[],
  id: string,
  each: Call,
): Record<Call['kind'], () => Promise<unknown>> {
  const { scope } = program;
  const customer = { id, externalId: null };
  const points = { customer, currency: null, amount: each.amount, reason: null };
  const soon = new Date(now.getTime() + (each.choice % 90) * 1_000 + 1_000);
  const limitless = { reason: 'random', adjustmentMax: null };
  const command = <Input>(input: Input) => [aCommand(each.kind, input, randomUUID()), input] as const;
  return {
    earn: () => earn(on, program, id, each.amount, each.choice % 2 === 0 ? { expiresAt: soon } : {}),
    earnPending: () =>
      earn(on, program, id, each.amount, {
        pending: { availableAt: each.choice % 3 === 0 ? null : soon, activityType: null, key: null },
      }),
    moveExpiry: () => {
      const lots = { customer, currency: null, expiresBefore: new Date(now.getTime() + 3 * 86_400_000) };
      return moveExpiry(on, scope, ...command({ ...limitless, lots, expiresAt: soon }));
    },
    spend: () => spendPoints(on, scope, ...command(points)),
    hold: () => holdPoints(on, scope, ...command({ ...points, expiresAt: soon, ttlSeconds: null })),
    capture: async () =>
      captureHold(
        on,
        scope,
        ...command({
          holdId: await some(program, 'hold', id, each),
          amount: each.amount,
          releaseRest: each.choice % 2 === 0,
          reason: null,
        }),
      ),
    giveBack: async () =>
      releaseHold(on, scope, ...command({ holdId: await some(program, 'hold', id, each), reason: null })),
    release: async () =>
      releaseLot(on, scope, ...command({ ...limitless, lotId: await some(program, 'lot', id, each) })),
    cancel: async () => cancelLot(on, scope, ...command({ ...limitless, lotId: await some(program, 'lot', id, each) })),
    reverse: async () =>
      reverseTransaction(
        on,
        scope,
        ...command({ ...limitless, transactionId: await some(program, 'ledger_transaction', id, each) }),
      ),
    transfer: () =>
      transferPoints(
        on,
        scope,
        ...command({
          from: customer,
          to: { id: customers[(each.customer + 1) % 3] ?? '', externalId: null },
          currency: null,
          amount: each.amount,
          reason: null,
        }),
      ),
    adjust: () =>
      adjustPoints(
        on,
        scope,
        ...command({
          ...points,
          ...limitless,
          amount: each.choice % 2 === 0 ? each.amount : -each.amount,
          expiresAt: null,
        }),
      ),
    settle: () => runSettleDue(on),
  };
}

/** Any hold, lot or transaction of the customer, or null while there is none. */
async function some(
  program: TestProgram,
  table: 'hold' | 'lot' | 'ledger_transaction',
  customerId: string,
  { choice }: Call,
): Promise<string | null> {
  const own =
    table === 'ledger_transaction'
      ? 't.customer_id = $2'
      : 't.account_id in (select id from ledger_account where customer_id = $2)';
  const rows = await deps.reads.query<{ id: string }>(
    `select t.id from ${table} t where t.program_id = $1 and ${own} order by t.id desc limit 8`,
    [program.programId, customerId],
  );
  return rows[choice % Math.max(1, rows.length)]?.id ?? null;
}
