import type { BacktestValue } from '#domain/backtest/report.ts';
import { InvalidInputError, InvalidRuleError, StateConflictError } from '#domain/errors.ts';
import { surroundingsOf, type Catalogue } from '#domain/program/catalogue.ts';
import type { RuleSetContent, RuleSetInput } from '#domain/rule-set/content.ts';
import { compileRuleSet } from '#domain/rule-set/rule-set.ts';
import { enqueueBacktest, forgetOldBacktests, insertBacktest, type BacktestSource } from '#storage/backtest-store.ts';
import type { Statements } from '#storage/postgres.ts';

import { mutate, type Command } from '../mutation.ts';
import { readSections } from '../rule-set/edit-draft.ts';
import { findRevisionContent } from '../rule-set/find-content.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';

/** The rules under test: the draft, a revision by its number, or the content of a file. */
export type BacktestChoice = 'DRAFT' | number | { file: RuleSetInput };

export type BacktestStart = {
  choice: BacktestChoice;
  from: Date;
  /** Exclusive; null is now. */
  to: Date | null;
  /** An attribute of customers by whose values winners and losers are told apart. */
  segmentBy: string | null;
  value: BacktestValue | null;
};

/** Most days that a back-test counts: each of them is a line of the report. */
export const BACKTEST_DAYS_MAX = 3_660;
/** Runs that are kept of a program; a run that ended is forgotten when this many newer ones follow. */
export const BACKTESTS_KEPT = 100;

const DAY_MS = 86_400_000;

/**
 * Asks for a back-test: what is on record is replayed under the rules under test and under those that are live now. Both are
 * frozen here. The run is handed to the workers with the same commit, unless `enqueue` is false. Throws InvalidRuleError
 * when the rules do not compile, StateConflictError while another back-test of the program waits or runs,
 * InvalidInputError for days or an attribute that make no sense, NotFoundError for an unknown revision.
 */
export function startBacktest(
  deps: AppDeps & { reads: Statements },
  scope: Scope,
  command: Command,
  input: BacktestStart,
  { enqueue = true }: { enqueue?: boolean } = {},
): Promise<{ runId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const catalogue = await deps.catalogues.at(tx, tx.programId);
    const { from } = input;
    const to = input.to ?? tx.now;
    assertDays(from, to);
    if (input.segmentBy !== null) assertAttribute(catalogue, input.segmentBy);
    if (input.value !== null) assertValue(input.value);
    const content = await contentOf({ ...deps, reads: tx }, tx, catalogue, input.choice);
    const compiled = compileRuleSet(0, content, surroundingsOf(catalogue));
    if ('problems' in compiled) throw new InvalidRuleError(compiled.problems);
    const runId = deps.newId();
    const isFree = await insertBacktest(tx, tx.programId, {
      id: runId,
      source: sourceOf(input.choice),
      sourceRevision: typeof input.choice === 'number' ? input.choice : null,
      content,
      liveRevision: catalogue.ruleSet.revision,
      from,
      to,
      segmentBy: input.segmentBy,
      value: input.value,
      requestedAt: tx.now,
      requestedBy: tx.actor,
    });
    if (!isFree)
      throw new StateConflictError(
        'Another back-test of this program waits or runs: wait for it, or cancel it.',
        'OPEN',
      );
    await forgetOldBacktests(tx, tx.programId, BACKTESTS_KEPT);
    if (enqueue) await enqueueBacktest(tx, tx.programId, runId);
    return { runId };
  });
}

function sourceOf(choice: BacktestChoice): BacktestSource {
  if (choice === 'DRAFT') return 'DRAFT';
  return typeof choice === 'number' ? 'REVISION' : 'FILE';
}

/** What a file leaves unchanged has the ids of the live rules, so that the report sees one rule and not two. */
async function contentOf(
  deps: AppDeps & { reads: Statements },
  tx: Tx,
  catalogue: Catalogue,
  choice: BacktestChoice,
): Promise<RuleSetContent> {
  return typeof choice === 'object'
    ? readSections(choice.file, catalogue.ruleSet.content, deps.newId)
    : (await findRevisionContent(deps, tx.programId, choice)).content;
}

function assertDays(from: Date, to: Date): void {
  if (from >= to) throw new InvalidInputError('A back-test counts from an instant before its end.', ['from']);
  if (to.getTime() - from.getTime() > BACKTEST_DAYS_MAX * DAY_MS)
    throw new InvalidInputError(`A back-test counts at most ${BACKTEST_DAYS_MAX} days.`, ['from']);
}

function assertAttribute({ program }: Catalogue, name: string): void {
  if (!program.attributeSchema.some((attribute) => attribute.name === name))
    throw new InvalidInputError(`Customers have no attribute ${name.slice(0, 60)}.`, ['segmentBy']);
}

function assertValue({ minorPerThousand, moneyCurrency }: BacktestValue): void {
  if (!/^\d{1,12}(\.\d{1,9})?$/.test(minorPerThousand))
    throw new InvalidInputError('The value of points is a plain decimal number, not negative, below 10^12.', [
      'value',
      'minorPerThousand',
    ]);
  if (!/^[A-Z]{3}$/.test(moneyCurrency))
    throw new InvalidInputError('A currency is an ISO 4217 code such as EUR.', ['value', 'currency']);
}
