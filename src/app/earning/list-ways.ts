import { capKeysOf } from '#domain/earning/evaluate.ts';
import { openUsage, type UsageBook } from '#domain/earning/usage.ts';
import { listWaysToEarn, type EarningWay } from '#domain/explanation/how-to-earn.ts';
import { formatFor, languageOf } from '#domain/explanation/locale.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { localDay } from '#domain/time.ts';
import { findCustomerFacts } from '#storage/activity-store.ts';
import { readCapCounters } from '#storage/earning-counter-store.ts';
import { readProgramNow } from '#storage/ledger-owner-store.ts';
import type { Statements } from '#storage/postgres.ts';

import type { Catalogues } from '../program/catalogues.ts';

type Reads = { reads: Statements; catalogues: Catalogues; clock: () => Date };

/**
 * What can be earned in a program right now, by the live rules. For a customer each way tells what is left of its caps, and
 * speaks their language unless another one is asked for.
 */
export async function findWaysToEarn(
  deps: Reads,
  programId: string,
  customerId: string | null,
  locale: string | null,
): Promise<EarningWay[]> {
  const [catalogue, now, [customer]] = await Promise.all([
    deps.catalogues.current(programId),
    readProgramNow(deps.reads, programId, deps.clock()),
    customerId === null ? [] : findCustomerFacts(deps.reads, programId, [customerId], []),
  ]);
  const format = formatFor(languageOf(locale ?? customer?.locale ?? null), catalogue.program.timeZone);
  const caps = customer === undefined ? null : await readUsage(deps, catalogue, customer.id, now);
  return listWaysToEarn(catalogue, now, format, caps);
}

/** What the customer has used of the caps of all live rules, in the periods of today. */
async function readUsage(deps: Reads, catalogue: Catalogue, customerId: string, now: Date): Promise<UsageBook> {
  const { program, ruleSet } = catalogue;
  const day = localDay(now, program.timeZone);
  const keys = [...ruleSet.earning.byActivityType.keys()].flatMap((type) =>
    capKeysOf(ruleSet.earning, type, day, program.dailyPointsCap),
  );
  const rows = await readCapCounters(
    deps.reads,
    program.id,
    keys.map((key) => ({ customerId, ...key })),
  );
  return openUsage(rows.map((row) => ({ ...row, usage: row })));
}
