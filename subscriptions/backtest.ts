import { uuidOf } from '#domain/ids.ts';
import { BacktestRef } from '#schema/backtest.ts';
import { builder } from '#schema/builder.ts';
import { programOf, type Context } from '#schema/context.ts';
import { badUserInput } from '#schema/paging.ts';
import { readBacktest, type BacktestRun } from '#storage/backtest-store.ts';

import { createStream, type Signals, type Source } from './stream.ts';

/** Items come at most five times a second. */
const ITEM_EVERY_MS = 200;

builder.subscriptionField('ruleSetBacktestChanged', (t) =>
  t.field({
    type: BacktestRef,
    description:
      'A back-test: first as it stands, then whenever it has come further, the newest state at a time and at most five a second. Ends after the item that says that it has ended. Needs rule:read.',
    authScopes: { permission: 'rule:read' },
    args: { id: t.arg.id({ required: true, description: 'Its id, btr_….' }) },
    subscribe: async (_root, { id }, context) => {
      const runId = uuidOf('BacktestRun', String(id));
      const { programId } = programOf(context);
      if (runId === null || (await readBacktest(context.deps.reads, programId, runId)) === null)
        throw badUserInput('There is no such back-test.');
      return createStream<BacktestRun>((signals) => openSource(context, programId, runId, signals), ITEM_EVERY_MS);
    },
    resolve: (run) => run,
  }),
);

/** Messages only say that there is something to look at. */
async function openSource(
  { deps }: Context,
  programId: string,
  runId: string,
  signals: Signals,
): Promise<Source<BacktestRun>> {
  const listening = deps.live.listen('backtest', { programId, runId }, signals.wake);
  const stopResets = deps.live.onReset(signals.wake);
  await listening.ready;
  let told: BacktestRun | null = null;
  return {
    async take() {
      if (told !== null && told.endedAt !== null) {
        signals.end();
        return null;
      }
      const run = await readBacktest(deps.reads, programId, runId);
      if (run === null || run.version <= (told?.version ?? 0)) return null;
      told = run;
      return run;
    },
    close() {
      listening.stop();
      stopResets();
    },
  };
}
