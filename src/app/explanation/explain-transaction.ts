import type { MilestoneReached, PointsEarned } from '#domain/activity/effect.ts';
import type { CausingActivity } from '#domain/explanation/cause.ts';
import { namesOf, type MilestoneCause } from '#domain/explanation/milestone.ts';
import type { Explanation } from '#domain/explanation/trace.ts';
import { explainTransaction } from '#domain/explanation/transaction.ts';
import type { TransactionRow } from '#domain/ledger/writes.ts';
import { activityTypeOf, type Catalogue } from '#domain/program/catalogue.ts';
import { findActivities, findCustomerFacts, type ActivityRow } from '#storage/activity-store.ts';
import { findEntries, findTransactions } from '#storage/ledger-transaction-store.ts';
import { readRevision } from '#storage/rule-set-store.ts';
import { selectExpiryMoves } from '#storage/sql/expiry-moves.ts';

import { findHolds } from '../ledger/find-views.ts';
import { findPaidReward } from './paid-reward.ts';
import { currencyIn, formatOf, type ExplanationReads } from './reads.ts';

/** Why a ledger transaction happened, as `customerId` sees it: of a transfer there are two views. */
export async function explainLedgerTransaction(
  deps: ExplanationReads,
  programId: string,
  transaction: TransactionRow,
  customerId: string,
  locale: string | null,
): Promise<Explanation> {
  const { id, activityId, holdId, reversesId } = transaction;
  const [catalogue, [customer], entries, [activity], [hold], [reverses], revision] = await Promise.all([
    deps.catalogues.current(programId),
    findCustomerFacts(deps.reads, programId, [customerId], []),
    findEntries(deps.reads, programId, [id]),
    activityId === null ? [] : findActivities(deps.reads, programId, [activityId]),
    holdId === null ? [] : findHolds(deps, programId, [holdId]),
    reversesId === null ? [] : findTransactions(deps.reads, programId, [reversesId]),
    findRevision(deps, programId, transaction),
  ]);
  const language = locale ?? customer?.locale ?? null;
  const expiryMoves = transaction.kind === 'EXPIRY_MOVE' ? await selectExpiryMoves(deps.reads, programId, [id]) : [];
  const paid = transaction.kind === 'EARN' ? null : await findPaidReward(deps, programId, transaction, language);
  const own = entries.filter((entry) => entry.customerId === customerId);
  return explainTransaction(
    {
      transaction,
      customerId,
      currency: currencyIn(catalogue, transaction.currencyId),
      change: own.reduce((sum, entry) => sum + entry.amount, 0),
      activity: activity === undefined ? null : causeIn(catalogue, activity),
      effect: activity === undefined ? null : effectOf(activity, id),
      rule: revision?.content.earningRules.find((rule) => rule.id === transaction.ruleId) ?? null,
      milestone: milestoneIn(catalogue, revision, transaction, activity ?? null),
      today: { customer, account: customer?.account ?? null },
      hold: hold ?? null,
      reverses: reverses ?? null,
      paid,
      expiryMoves,
    },
    formatOf(catalogue, language),
  );
}

/** The revision that decided; null where none did. */
async function findRevision(deps: ExplanationReads, programId: string, { ruleId, ruleRevision }: TransactionRow) {
  return ruleId === null || ruleRevision === null ? null : readRevision(deps.reads, programId, ruleRevision);
}

/** The milestone as it was in that revision, where it was one that gave the points. */
function milestoneIn(
  catalogue: Catalogue,
  revision: Awaited<ReturnType<typeof findRevision>>,
  { id, ruleId }: TransactionRow,
  activity: ActivityRow | null,
): MilestoneCause | null {
  const milestone = revision?.content.milestones.find((known) => known.id === ruleId);
  if (milestone === undefined) return null;
  const effect = activity?.effects.find(
    (one): one is MilestoneReached => one.kind === 'MILESTONE_REACHED' && one.transactionId === id,
  );
  return { milestone, names: namesOf(milestone, catalogue), effect: effect ?? null };
}

function causeIn(catalogue: Catalogue, activity: ActivityRow): CausingActivity {
  const type = activityTypeOf(catalogue, activity.activityTypeId);
  return { ...activity, typeCode: type.code, typeName: type.name };
}

function effectOf(activity: ActivityRow, transactionId: string): PointsEarned | null {
  const effect = activity.effects.find((one) => one.kind === 'POINTS_EARNED' && one.transactionId === transactionId);
  return effect?.kind === 'POINTS_EARNED' ? effect : null;
}
