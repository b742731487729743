import { explainStreak } from '#domain/explanation/streak.ts';
import type { Explanation } from '#domain/explanation/trace.ts';
import { endOfPeriod, periodName } from '#domain/streak/calendar.ts';
import type { CompiledCondition } from '#domain/streak/compile.ts';
import { findCustomerFacts } from '#storage/activity-store.ts';
import { readStreaks } from '#storage/streak-store.ts';

import type { StreakNow } from '../streak/read.ts';
import { formatOf, type ExplanationReads } from './reads.ts';

/** Why a customer's streak stands as it does: of a broken one which period was missed, what was seen, what was needed. */
export async function explainCustomerStreak(
  deps: ExplanationReads,
  programId: string,
  { book, standing }: StreakNow,
  locale: string | null,
): Promise<Explanation> {
  const { streak, conditions } = book.compiled;
  const { cadence } = streak;
  const { broke, length, freezes } = book.run;
  const period = standing.state === 'BROKEN' ? (broke?.period ?? null) : (standing.pending?.period ?? null);
  const key = { customerId: book.customerId, streakId: streak.id, cadence, low: period };
  const [catalogue, [record], [customer]] = await Promise.all([
    deps.catalogues.current(programId),
    readStreaks(deps.reads, programId, [key]),
    findCustomerFacts(deps.reads, programId, [book.customerId], []),
  ]);
  const amounts = record?.periods.find((one) => one.period === period)?.amounts ?? book.amountsOf(period ?? 0);
  return explainStreak(
    {
      ...{ code: streak.code, name: streak.name, revision: catalogue.ruleSet.revision, match: streak.match },
      ...{ state: standing.state, length, freezes, zone: book.clock.zone },
      deadline: standing.pending?.deadline ?? null,
      broke:
        broke === null || standing.state !== 'BROKEN'
          ? null
          : {
              period: periodName(cadence, broke.period),
              length: broke.length,
              at: endOfPeriod(book.clock, cadence, broke.period),
            },
      period: period === null ? null : periodName(cadence, period),
      conditions: conditions.map((one) => ({
        what: whatOf(one),
        condition: one.condition.condition,
        seen: amounts[one.key] ?? '0',
        needed: one.threshold.toFixed(),
      })),
    },
    formatOf(catalogue, locale ?? customer?.locale ?? null),
  );
}

/** What is counted, by the names of the program. */
function whatOf({ condition: { measure } }: CompiledCondition): string {
  switch (measure.kind) {
    case 'COUNT':
      return measure.activityType;
    case 'SUM':
      return `${measure.activityType}.${measure.property}`;
    case 'POINTS':
      return measure.currency ?? 'points';
  }
}
