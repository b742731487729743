import type { ReplayedActivity, ReplayedCustomer, ReplayedReversal } from '#domain/backtest/facts.ts';
import type { CustomerFacts } from '#domain/earning/facts.ts';
import { activityTypeOf, type Catalogue } from '#domain/program/catalogue.ts';
import { findCustomerFacts } from '#storage/activity-store.ts';
import type { Statements } from '#storage/postgres.ts';
import {
  readEnrolmentSpans,
  readReplayPage,
  type ActivityOnRecord,
  type EnrolmentSpan,
  type ReplayBounds,
} from '#storage/replay-store.ts';
import { readJoinedDays } from '#storage/tier-store.ts';

/** One thing that happened, in the order of recording; `id` is that order. */
export type ReplayStep =
  | { kind: 'ACTIVITY'; id: string; activity: ReplayedActivity }
  | { kind: 'REVERSAL'; id: string; reversal: ReplayedReversal };

/** Before every id. */
const BEGINNING = '00000000-0000-0000-0000-000000000000';

/**
 * What is on record, page by page: four statements a page, and nothing kept between two but the reversals to come. The last
 * page has the reversals that came after the last activity.
 */
export async function* readSteps(
  reads: Statements,
  catalogue: Catalogue,
  bounds: ReplayBounds,
  { segmentBy, pageSize }: { segmentBy: string | null; pageSize: number },
): AsyncGenerator<ReplayStep[]> {
  let after = BEGINNING;
  let waiting: (ReplayStep & { kind: 'REVERSAL' })[] = [];
  for (;;) {
    const page = await readReplayPage(reads, catalogue.program.id, bounds, after, pageSize);
    const last = page.at(-1);
    if (last === undefined) {
      yield waiting;
      return;
    }
    after = last.id;
    const customersOf = await readCustomers(reads, catalogue, page, segmentBy);
    const activities = page.map((row) => activityStep(catalogue, row, customersOf(row.customerId, row.recordedAt)));
    waiting = [...waiting, ...page.flatMap(reversalSteps)].toSorted(byId);
    const due = waiting.findIndex(({ id }) => id > after);
    const ready = due === -1 ? waiting : waiting.slice(0, due);
    waiting = due === -1 ? [] : waiting.slice(due);
    yield [...activities, ...ready].toSorted(byId);
  }
}

function byId(a: ReplayStep, b: ReplayStep): number {
  return a.id < b.id ? -1 : 1;
}

function activityStep(catalogue: Catalogue, row: ActivityOnRecord, customer: ReplayedCustomer): ReplayStep {
  const { id, channel, occurredAt, recordedAt, properties } = row;
  return {
    kind: 'ACTIVITY',
    id,
    activity: {
      id,
      type: activityTypeOf(catalogue, row.activityTypeId),
      channel,
      occurredAt,
      recordedAt,
      properties,
      customer,
      recorded: row.effects.flatMap((effect) =>
        effect.kind === 'POINTS_EARNED'
          ? [
              {
                ruleId: effect.ruleId,
                ruleCode: effect.ruleCode,
                ruleName: effect.ruleName,
                currencyId: effect.currencyId,
                points: effect.points - (row.takenBack.get(effect.transactionId) ?? 0),
              },
            ]
          : [],
      ),
      reversals: row.reversals.length,
    },
  };
}

function reversalSteps({ id: activityId, reversals }: ActivityOnRecord): (ReplayStep & { kind: 'REVERSAL' })[] {
  return reversals.map(({ id, whole, returned, recordedAt }) => ({
    kind: 'REVERSAL',
    id,
    reversal: { activityId, whole, returned, recordedAt },
  }));
}

/** The page's customers as they are known now, each enrolled as at the instant that is asked for. */
async function readCustomers(
  reads: Statements,
  catalogue: Catalogue,
  page: readonly ActivityOnRecord[],
  segmentBy: string | null,
): Promise<(customerId: string, at: Date) => ReplayedCustomer> {
  const { id: programId, timeZone } = catalogue.program;
  const ids = [...new Set(page.map(({ customerId }) => customerId))];
  const [facts, joined, spans] = await Promise.all([
    findCustomerFacts(reads, programId, ids, []),
    readJoinedDays(reads, programId, timeZone, ids),
    readEnrolmentSpans(reads, programId, ids),
  ]);
  const spansOf = Map.groupBy(spans, ({ customerId }) => customerId);
  const known = new Map(
    facts.map((customer) => [
      customer.id,
      {
        ...customer,
        joinedOn: joined.get(customer.id)?.on ?? '1970-01-01',
        segment: segmentOf(customer, segmentBy),
      },
    ]),
  );
  return (customerId, at) => {
    const customer = known.get(customerId);
    if (customer === undefined) throw new Error(`customer ${customerId} has activities and is gone`);
    const enrolmentState = stateAt(spansOf.get(customerId) ?? [], at) ?? customer.enrolmentState;
    return enrolmentState === customer.enrolmentState ? customer : { ...customer, enrolmentState };
  };
}

function segmentOf({ attributes }: CustomerFacts, name: string | null): string | null {
  const value = name === null ? undefined : attributes[name];
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Null for somebody whose enrolment has no history. */
function stateAt(spans: readonly EnrolmentSpan[], at: Date): string | null {
  if (spans.length === 0) return null;
  return spans.findLast(({ from, to }) => from <= at && (to === null || to > at))?.state ?? 'NOT_ENROLLED';
}
