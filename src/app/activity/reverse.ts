import type Big from 'big.js';

import { pointsGiven, type PointsEarned, type PointsGiven } from '#domain/activity/effect.ts';
import {
  decideReturned,
  pointsKept,
  type EarlierReversals,
  type ReversalRequest,
  type ReversedActivity,
} from '#domain/activity/reverse.ts';
import { isPseudonym } from '#domain/customer/erasure.ts';
import type { CustomerFacts } from '#domain/earning/facts.ts';
import { NotFoundError, StateConflictError, UserError } from '#domain/errors.ts';
import { earnedOf, judgementOf } from '#domain/leaderboard/judge.ts';
import type { Posting } from '#domain/ledger/posting.ts';
import { reverseCredit } from '#domain/ledger/reverse.ts';
import { activityTypeOf, type Catalogue } from '#domain/program/catalogue.ts';
import { compileRuleSet, type RuleSet } from '#domain/rule-set/rule-set.ts';
import { readEarlierReversals } from '#storage/activity-reversal-store.ts';
import { findActivities, findByMessages, findCustomerFacts, type ActivityRow } from '#storage/activity-store.ts';
import { onlyRow } from '#storage/postgres.ts';
import { readReversible } from '#storage/reversal-store.ts';
import { readRevision } from '#storage/rule-set-store.ts';
import { shareLeaderboards } from '#storage/sql/lock-leaderboards.ts';

import { recheckBadges } from '../badge/recheck.ts';
import { undoProgress } from '../challenge/undo.ts';
import { undoAttempts } from '../duel/undo.ts';
import { scoreLeaderboards } from '../leaderboard/score.ts';
import { openLedger, saveLedger, type Ledger } from '../ledger/posting.ts';
import { mutate, type Command } from '../mutation.ts';
import { recountStreaks } from '../streak/settle.ts';
import { recountTiers } from '../tier/recount.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';
import { giveBackCounters, recordReversal } from './record-reversal.ts';

export type ActivityReverseInput = {
  /** The activity by its id, or by the message id under which it was reported. */
  activityId: string | null;
  messageId: string | null;
  request: ReversalRequest;
  reason: string | null;
  /** When it was undone; null is now. */
  occurredAt: Date | null;
};

export type ActivityReversed = {
  activityId: string;
  reversalId: string;
  pointsReversed: number;
  pointsUncollected: number;
};

/**
 * Undoes an activity, whole or in part, at the value that was used when it earned. Points go out of the lots that they
 * came in, then as far as the program's clawback policy reaches; what the policy leaves is told as uncollected. A whole
 * reversal also gives back the room that the activity took of caps and counters, and boards follow.
 */
export function reverseActivity(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: ActivityReverseInput,
): Promise<ActivityReversed & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    await shareLeaderboards(tx, tx.programId);
    const catalogue = await deps.catalogues.at(tx, tx.programId);
    const activity = await findActivity(tx, input);
    const earned = activity.effects.filter((effect): effect is PointsEarned => effect.kind === 'POINTS_EARNED');
    const given = pointsGiven(activity.effects);
    const ledger = await openAccounts(deps, tx, catalogue, activity);
    const customer = onlyRow(await findCustomerFacts(tx, tx.programId, [activity.customerId], []));
    if (isPseudonym(customer.externalId)) throw new NotFoundError('customer', ['activityId']);
    const earlier = await readEarlierReversals(tx, tx.programId, activity.id);
    const subject: ReversedActivity = {
      ...activity,
      type: activityTypeOf(catalogue, activity.activityTypeId).code,
    };
    const returned = decideReturned(subject, input.request, earlier);
    if (returned instanceof UserError) throw returned;
    const occurredAt = input.occurredAt ?? tx.now;
    const whole = input.request.kind === 'WHOLE';
    // What a milestone gave is fixed: it stays until the whole activity is reversed.
    const wanted = whole
      ? new Map(given.map((effect) => [effect, 0]))
      : await keptPoints(tx, catalogue, subject, customer, earned, plus(earlier.returned, returned));
    const taken = await takeBack(tx, catalogue, ledger, activity, wanted, { occurredAt, reason: input.reason });
    await saveLedger(tx, ledger.posting);
    const reversalIds = await recordReversal(deps, tx, activity, input, returned, { occurredAt, ...taken });
    const [reversalId = ''] = reversalIds;
    if (whole) await giveBackRoom(tx, catalogue, activity, earned);
    await scoreLeaderboards(deps, tx, catalogue, [
      {
        kind: 'REVERSED',
        activityId: activity.id,
        undoing: { reversalIds, transactionIds: reversingIds(ledger.posting, activity.id) },
        customerId: activity.customerId,
        occurredAt: activity.occurredAt,
        activityTypeId: activity.activityTypeId,
        properties: activity.properties,
        whole,
        points: taken.byCurrency,
        earned: earnedOf(activity.effects),
        judged: judgementOf(activity.effects),
        returned: returnedFact(earlier, returned),
      },
    ]);
    await recount(deps, tx, catalogue, activity);
    await recheckBadges(tx, catalogue, {
      customerId: activity.customerId,
      activity: { ...subject, typeId: activity.activityTypeId },
      earlier: earlier.returned,
      ...{ whole, returned },
    });
    tx.emit({
      type: 'activity.reversed',
      customerId: activity.customerId,
      activityId: activity.id,
      points: taken.pointsReversed,
    });
    return {
      activityId: activity.id,
      reversalId,
      pointsReversed: taken.pointsReversed,
      pointsUncollected: taken.pointsUncollected,
    };
  });
}

/** The accounts that the activity gave to; the default currency is always among them: its lock keeps counters still. */
function openAccounts(
  deps: AppDeps,
  tx: Tx,
  { defaultCurrency }: Catalogue,
  { customerId, effects }: ActivityRow,
): Promise<Ledger> {
  const currencies = new Set([defaultCurrency.id, ...pointsGiven(effects).map(({ currencyId }) => currencyId)]);
  return openLedger(
    deps,
    tx,
    [...currencies].map((currencyId) => ({ customerId, currencyId })),
  );
}

/** Gives back what a wholly reversed activity took of caps and counters, and counted for challenges and duels. */
async function giveBackRoom(
  tx: Tx,
  catalogue: Catalogue,
  activity: ActivityRow,
  earned: readonly PointsEarned[],
): Promise<void> {
  await giveBackCounters(tx, catalogue, activity, earned);
  await undoProgress(tx, activity);
  await undoAttempts(tx, activity);
}

/** Counts streaks and tiers anew without what was taken back. */
async function recount(deps: AppDeps, tx: Tx, catalogue: Catalogue, activity: ActivityRow): Promise<void> {
  const points = new Map(pointsGiven(activity.effects).map((given) => [given.currencyId, given.points]));
  await recountStreaks(deps, tx, catalogue, { ...activity, points });
  await recountTiers(deps, tx, catalogue, { ...activity, points });
}

async function findActivity(tx: Tx, input: ActivityReverseInput): Promise<ActivityRow> {
  const id =
    input.activityId ?? (await findByMessages(tx, tx.programId, [input.messageId ?? ''])).get(input.messageId ?? '');
  const [activity] = id === undefined ? [] : await findActivities(tx, tx.programId, [id]);
  if (activity === undefined)
    throw new NotFoundError('activity', [input.activityId === null ? 'messageId' : 'activityId']);
  return activity;
}

/** What the customer keeps of each earning, by the revision under which it was earned. */
async function keptPoints(
  tx: Tx,
  catalogue: Catalogue,
  activity: ReversedActivity,
  customer: CustomerFacts,
  earned: readonly PointsEarned[],
  returned: ReadonlyMap<string, Big>,
): Promise<Map<PointsEarned, number>> {
  const kept = new Map<PointsEarned, number>();
  for (const effect of earned) {
    const ruleSet =
      effect.revision === catalogue.ruleSet.revision
        ? catalogue.ruleSet
        : await oldRuleSet(tx, catalogue, effect.revision);
    kept.set(effect, pointsKept(effect, ruleSet, activity, customer, returned));
  }
  return kept;
}

async function oldRuleSet(tx: Tx, catalogue: Catalogue, revision: number): Promise<RuleSet> {
  const stored = await readRevision(tx, tx.programId, revision);
  const compiled = compileRuleSet(revision, stored?.content ?? {}, {
    activityTypes: [...catalogue.activityTypeById.values()].map((type) => ({ ...type, archived: false })),
    currencies: catalogue.currencies,
    attributes: catalogue.program.attributeSchema,
  });
  if ('problems' in compiled)
    throw new StateConflictError(
      `Revision ${revision} cannot be evaluated any more; reverse the whole activity.`,
      'STALE_REVISION',
    );
  return compiled.ruleSet;
}

type Taken = { pointsReversed: number; pointsUncollected: number; byCurrency: Map<string, number> };

async function takeBack(
  tx: Tx,
  catalogue: Catalogue,
  ledger: Ledger,
  activity: ActivityRow,
  kept: ReadonlyMap<PointsGiven, number>,
  { occurredAt, reason }: { occurredAt: Date; reason: string | null },
): Promise<Taken> {
  const taken: Taken = { pointsReversed: 0, pointsUncollected: 0, byCurrency: new Map() };
  const reversible = await readReversible(
    tx,
    tx.programId,
    [...kept.keys()].map((effect) => effect.transactionId),
  );
  for (const [effect, keep] of kept) {
    const earning = reversible.get(effect.transactionId);
    if (earning === undefined || earning.left <= keep) continue;
    const amount = earning.left - keep;
    const { reversed, uncollected } = reverseCredit(
      ledger.posting,
      ledger.account(activity.customerId, effect.currencyId),
      {
        transactionId: effect.transactionId,
        counterparty: 'ISSUANCE',
        lots: earning.lots,
        amount,
        lapsed: earning.lapsed,
        policy: catalogue.program.clawbackPolicy,
        effectiveAt: occurredAt,
        cause: { activityId: activity.id, ruleId: effect.ruleId, ruleRevision: effect.revision, reason },
      },
    );
    taken.pointsReversed += reversed;
    taken.pointsUncollected += uncollected;
    taken.byCurrency.set(effect.currencyId, (taken.byCurrency.get(effect.currencyId) ?? 0) + reversed);
  }
  return taken;
}

/** The ledger transactions by which a posting takes back what the activity had earned. */
function reversingIds({ transactions }: Posting, activityId: string): string[] {
  return transactions.filter((row) => row.kind === 'REVERSE' && row.activityId === activityId).map(({ id }) => id);
}

function plus(a: ReadonlyMap<string, Big>, b: ReadonlyMap<string, Big>): Map<string, Big> {
  const sum = new Map(a);
  for (const [property, amount] of b) sum.set(property, amount.plus(sum.get(property) ?? 0));
  return sum;
}

function returnedFact(
  earlier: EarlierReversals,
  returned: ReadonlyMap<string, Big>,
): Map<string, { before: string; now: string }> {
  const properties = new Set([...earlier.returned.keys(), ...returned.keys()]);
  return new Map(
    [...properties].map((property) => [
      property,
      { before: earlier.returned.get(property)?.toFixed() ?? '0', now: returned.get(property)?.toFixed() ?? '0' },
    ]),
  );
}
