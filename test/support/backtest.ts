// Back-tests in tests: a history to replay, and a run of which only the report matters.
import { randomUUID } from 'node:crypto';

import fc from 'fast-check';

import { reverseActivity } from '#app/activity/reverse.ts';
import { trackActivities } from '#app/activity/track.ts';
import { runBacktest, type BacktestOptions } from '#app/backtest/run.ts';
import { startBacktest, type BacktestChoice, type BacktestStart } from '#app/backtest/start.ts';
import type { BacktestReport } from '#domain/backtest/report.ts';
import { UserError } from '#domain/errors.ts';
import type { Deps } from '#src/deps.ts';
import { readBacktest, type BacktestRun } from '#storage/backtest-store.ts';

import { aPurchase } from './activity.ts';
import { aCommand, type TestProgram } from './program.ts';

const EVER: Pick<BacktestStart, 'from' | 'to' | 'segmentBy' | 'value'> = {
  from: new Date('2020-01-01T00:00:00Z'),
  to: new Date('2029-01-01T00:00:00Z'),
  segmentBy: null,
  value: null,
};

/** Asks for a run over everything, unless told otherwise; gives its id. */
export async function startRun(
  deps: Deps,
  program: TestProgram,
  choice: BacktestChoice = 'DRAFT',
  overrides: Partial<BacktestStart> = {},
): Promise<string> {
  const input = { choice, ...EVER, ...overrides };
  return (await startBacktest(deps, program.scope, aCommand('ruleSetBacktestStart', input), input)).runId;
}

export async function runOf(deps: Deps, program: TestProgram, runId: string): Promise<BacktestRun> {
  const run = await readBacktest(deps.reads, program.programId, runId);
  if (run === null) throw new Error('the run is gone');
  return run;
}

/** A whole back-test in this process. */
export async function backtest(
  deps: Deps,
  program: TestProgram,
  choice: BacktestChoice = 'DRAFT',
  { options = {}, ...overrides }: Partial<BacktestStart> & { options?: BacktestOptions } = {},
): Promise<BacktestReport> {
  const runId = await startRun(deps, program, choice, overrides);
  await runBacktest(deps, { programId: program.programId, runId }, { pageSize: 7, ...options });
  const { report, failure } = await runOf(deps, program, runId);
  if (report === null) throw new Error(`there is no report: ${failure}`);
  return report;
}

/** One thing that happens: a purchase or visit some hours back, or a reversal of an earlier one, after a wait. */
export type Happening = {
  waitHours: number;
  items: { kind: 'purchase' | 'visit'; customer: number; amount: number; hoursBack: number }[];
  reversal: { which: number; share: number } | null;
};

export const happening: fc.Arbitrary<Happening> = fc.record({
  waitHours: fc.integer({ min: 0, max: 24 * 9 }),
  items: fc.array(
    fc.record({
      kind: fc.constantFrom('purchase' as const, 'purchase' as const, 'visit' as const),
      customer: fc.nat(),
      amount: fc.integer({ min: 1, max: 400_00 }),
      hoursBack: fc.integer({ min: 0, max: 24 * 20 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  reversal: fc.option(fc.record({ which: fc.nat(), share: fc.integer({ min: 1, max: 100 }) })),
});

/** Makes it happen, by a clock that the caller moves. A share of 100 reverses the whole; what is refused is left out. */
export async function makeHistory(
  deps: Deps,
  shop: TestProgram,
  customers: readonly string[],
  happenings: readonly Happening[],
  clock: { now: Date },
): Promise<{ tracked: number; reversed: number }> {
  const purchases: { id: string; amount: number }[] = [];
  const done = { tracked: 0, reversed: 0 };
  for (const { waitHours, items, reversal } of happenings) {
    clock.now = new Date(clock.now.getTime() + waitHours * 3_600_000 + 1_000);
    const reports = items.map(({ kind, customer, amount, hoursBack }) =>
      aPurchase(customers[customer % customers.length] ?? '', {
        type: kind,
        messageId: randomUUID(),
        occurredAt: new Date(clock.now.getTime() - hoursBack * 3_600_000),
        properties: kind === 'purchase' ? { amount: (amount / 100).toFixed(2) } : {},
      }),
    );
    const { items: answers } = await trackActivities(
      deps.tracking,
      shop.scope,
      aCommand('activityTrackBatch', reports),
      reports,
    );
    for (const [index, answer] of answers.entries()) {
      if (answer.status !== 'TRACKED') continue;
      done.tracked += 1;
      if (items[index]?.kind === 'purchase') purchases.push({ id: answer.activityId, amount: items[index].amount });
    }
    const chosen = reversal === null ? undefined : purchases[reversal.which % purchases.length];
    if (reversal === null || chosen === undefined) continue;
    const amount = Math.floor((chosen.amount * reversal.share) / 100) / 100;
    const input = {
      activityId: chosen.id,
      messageId: null,
      request:
        reversal.share === 100 || amount === 0
          ? { kind: 'WHOLE' as const }
          : { kind: 'AMOUNT' as const, property: 'amount', amount: amount.toFixed(2) },
      reason: null,
      occurredAt: null,
    };
    await reverseActivity(deps, shop.scope, aCommand('activityReverse', input), input).then(
      () => (done.reversed += 1),
      (error: unknown) => {
        if (!(error instanceof UserError)) throw error;
      },
    );
  }
  return done;
}
