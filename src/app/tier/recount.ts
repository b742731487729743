import type { Catalogue } from '#domain/program/catalogue.ts';
import { countedBy, touches } from '#domain/tier/counted.ts';
import type { MeasuredFact } from '#domain/tier/measure.ts';
import { addDays, localDay, startOfDay } from '#domain/time.ts';
import { findTransactions } from '#storage/ledger-transaction-store.ts';
import { recountDay } from '#storage/sql/measure-days.ts';

import { recountStreaks } from '../streak/settle.ts';
import type { AppDeps, Tx } from '../transaction.ts';
import { settleTiers } from './settle.ts';

/** What was taken back: whose, when it had happened, and what it had counted for. */
export type TakenBack = MeasuredFact & { customerId: string; occurredAt: Date };

/**
 * Counts the day of something that was taken back anew, from the record, and looks at the customer's reviews. A tier is not
 * lost by that at once: it falls at its review. Call it after the reversal is written, with the account of the default
 * currency locked. Costs nothing where neither ladders nor levels count it.
 */
export async function recountTiers(
  deps: Pick<AppDeps, 'newId'>,
  tx: Tx,
  catalogue: Catalogue,
  taken: TakenBack,
): Promise<void> {
  const measures = [...countedBy(catalogue.published.map(({ ruleSet }) => ruleSet))].filter(([, measure]) =>
    touches(measure, taken),
  );
  if (measures.length === 0) return;
  const { timeZone } = catalogue.program;
  const day = localDay(taken.occurredAt, timeZone);
  const of = {
    customerId: taken.customerId,
    day,
    from: startOfDay(day, timeZone),
    to: startOfDay(addDays(day, 1), timeZone),
  };
  for (const [name, measure] of measures) await recountDay(tx, tx.programId, timeZone, name, measure, of);
  await settleTiers(deps, tx, catalogue, [taken.customerId]);
}

/** The same after a ledger transaction was taken back, or what it brought was cancelled; only earnings count. */
export async function recountEarning(
  deps: Pick<AppDeps, 'newId'>,
  tx: Tx,
  catalogue: Catalogue,
  transactionId: string,
): Promise<void> {
  const [earning] = await findTransactions(tx, tx.programId, [transactionId]);
  if (earning === undefined || earning.kind !== 'EARN') return;
  const taken = {
    customerId: earning.customerId,
    occurredAt: earning.effectiveAt,
    activityTypeId: '',
    properties: {},
    points: new Map([[earning.currencyId, earning.amount]]),
  };
  await recountStreaks(deps, tx, catalogue, taken);
  await recountTiers(deps, tx, catalogue, taken);
}
