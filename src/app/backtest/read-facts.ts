import { pointsGiven, type Effect } from '#domain/activity/effect.ts';
import type {
  RecordedAward,
  ReplayedActivity,
  ReplayedCustomer,
  ReplayedMovement,
  ReplayedReversal,
  ReplayedTierStep,
} from '#domain/backtest/facts.ts';
import type { CustomerFacts } from '#domain/earning/facts.ts';
import { dateOf } from '#domain/form.ts';
import { activityTypeOf, type Catalogue } from '#domain/program/catalogue.ts';
import { findCustomerFacts } from '#storage/activity-store.ts';
import type { Statements } from '#storage/postgres.ts';
import {
  readEnrolmentSpans,
  readMovements,
  readReplayPage,
  readTierSteps,
  type ActivityOnRecord,
  type EnrolmentSpan,
  type MovementOnRecord,
  type ReplayBounds,
  type TierStepOnRecord,
} from '#storage/replay-store.ts';
import { readJoinedDays } from '#storage/tier-store.ts';

/** One thing that happened, in the order of recording; `id` is that order. */
export type ReplayStep =
  | { kind: 'ACTIVITY'; id: string; activity: ReplayedActivity }
  | { kind: 'REVERSAL'; id: string; reversal: ReplayedReversal }
  | { kind: 'MOVEMENT'; id: string; movement: ReplayedMovement }
  | { kind: 'TIER'; id: string; tierStep: ReplayedTierStep };

/** Before every id. */
const BEGINNING = '00000000-0000-0000-0000-000000000000';

/**
 * What is on record, page by page: six statements a page, and nothing kept between two but the reversals to come. The last
 * page has what came after the last activity: reversals, points given without one, and tiers by hand.
 */
export async function* readSteps(
  reads: Statements,
  catalogue: Catalogue,
  bounds: ReplayBounds,
  { segmentBy, pageSize }: { segmentBy: string | null; pageSize: number },
): AsyncGenerator<ReplayStep[]> {
  const programId = catalogue.program.id;
  let after = BEGINNING;
  let waiting: (ReplayStep & { kind: 'REVERSAL' })[] = [];
  for (;;) {
    const page = await readReplayPage(reads, programId, bounds, after, pageSize);
    const upTo = page.at(-1)?.id ?? bounds.endId;
    // After the last activity nothing is decided any more that a balance could cap.
    const all = page.length > 0 && hasBalanceCaps(catalogue);
    const [movements, tierSteps] = await Promise.all([
      readMovements(reads, programId, { after, upTo, all }),
      readTierSteps(reads, programId, { after, upTo }),
    ]);
    const customerIds = [...page, ...movements, ...tierSteps].map(({ customerId }) => customerId);
    const customersOf = await readCustomers(reads, catalogue, [...new Set(customerIds)], segmentBy);
    const steps: ReplayStep[] = [
      ...movements.map((row) => movementStep(row, customersOf(row.customerId, row.recordedAt))),
      ...tierSteps.flatMap((row) => tierStep(row, customersOf(row.customerId, row.recordedAt))),
      ...page.map((row) => activityStep(catalogue, row, customersOf(row.customerId, row.recordedAt))),
    ];
    waiting = [...waiting, ...page.flatMap(reversalSteps)].toSorted(byId);
    const due = page.length === 0 ? -1 : waiting.findIndex(({ id }) => id > upTo);
    const ready = due === -1 ? waiting : waiting.slice(0, due);
    waiting = due === -1 ? [] : waiting.slice(due);
    yield [...steps, ...ready].toSorted(byId);
    if (page.length === 0) return;
    after = upTo;
  }
}

/** Whether balances of any currency are capped, so that a replay has to know them. */
export function hasBalanceCaps({ currencies }: Pick<Catalogue, 'currencies'>): boolean {
  return currencies.some(({ balanceCap }) => balanceCap !== null);
}

/** Sorting is stable: movements that stand at an activity's place come before it. */
function byId(a: ReplayStep, b: ReplayStep): number {
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

function movementStep({ id, ...row }: MovementOnRecord, customer: ReplayedCustomer): ReplayStep {
  const { currencyId, balance, earned, effectiveAt, recordedAt } = row;
  return { kind: 'MOVEMENT', id, movement: { customer, currencyId, balance, earned, effectiveAt, recordedAt } };
}

function tierStep({ id, action, after, recordedAt }: TierStepOnRecord, customer: ReplayedCustomer): ReplayStep[] {
  const of = (step: ReplayedTierStep['step']): ReplayStep[] => [
    { kind: 'TIER', id, tierStep: { customer, recordedAt, step } },
  ];
  const { ladder, tier, kind = 'MANUAL', until = null, reviews = [] } = after;
  if (action === 'tier.reviewed') return of({ kind: 'REVIEWED', ladders: reviews.map((review) => review.ladder) });
  if (ladder === undefined) return [];
  if (action === 'tier.released') return of({ kind: 'RELEASED', ladder });
  return tier === undefined ? [] : of({ kind: 'ASSIGNED', ladder, assignment: { tier, kind, until: dateOf(until) } });
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
      recorded: row.effects.flatMap((effect) => recordedAward(effect, row.takenBack)),
      prizes: pointsGiven(row.effects.filter(({ kind }) => !DECIDED.has(kind))).map(
        ({ currencyId, points, transactionId }) => ({
          ...{ currencyId, points, takenBack: row.takenBack.get(transactionId) ?? 0 },
        }),
      ),
      reversals: row.reversals.length,
    },
  };
}

/** What a replay decides anew. */
const DECIDED: ReadonlySet<Effect['kind']> = new Set(['POINTS_EARNED', 'MILESTONE_REACHED']);

function recordedAward(effect: Effect, takenBack: ReadonlyMap<string, number>): RecordedAward[] {
  if (effect.kind === 'POINTS_EARNED') {
    const { ruleId, ruleCode, ruleName, currencyId, points, transactionId } = effect;
    return [{ ruleId, ruleCode, ruleName, currencyId, points: points - (takenBack.get(transactionId) ?? 0) }];
  }
  if (effect.kind !== 'MILESTONE_REACHED' || effect.transactionId === null) return [];
  const { milestoneId, milestoneCode, milestoneName, currencyId, points, transactionId } = effect;
  const named = { ruleId: milestoneId, ruleCode: milestoneCode, ruleName: milestoneName, currencyId };
  return [{ ...named, points: points - (takenBack.get(transactionId) ?? 0) }];
}

function reversalSteps({ id: activityId, reversals }: ActivityOnRecord): (ReplayStep & { kind: 'REVERSAL' })[] {
  return reversals.map(({ id, whole, returned, recordedAt }) => ({
    kind: 'REVERSAL',
    id,
    reversal: { activityId, whole, returned, recordedAt },
  }));
}

/** Customers as they are known now, each enrolled as at the instant that is asked for. */
async function readCustomers(
  reads: Statements,
  catalogue: Catalogue,
  ids: readonly string[],
  segmentBy: string | null,
): Promise<(customerId: string, at: Date) => ReplayedCustomer> {
  const { id: programId, timeZone } = catalogue.program;
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
