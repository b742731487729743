import {
  decideActivity,
  lastingCurrencies,
  releasingCurrencies,
  toDeclined,
  type Decision,
} from '#domain/activity/decide.ts';
import type { EarningFacts } from '#domain/earning/facts.ts';
import type { ScoredFact } from '#domain/leaderboard/changes.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { insertActivities, type ActivityRow } from '#storage/activity-store.ts';
import { loadLots } from '#storage/ledger-store.ts';
import { shareLeaderboards } from '#storage/sql/lock-leaderboards.ts';

import { openBadges, type BatchBadges } from '../badge/batch.ts';
import { openChallenges, type BatchChallenges } from '../challenge/batch.ts';
import { openDuels, type BatchDuels } from '../duel/batch.ts';
import { openBoards, type BatchBoards } from '../leaderboard/batch.ts';
import { placeCustomers } from '../leaderboard/place.ts';
import { scoreLeaderboards } from '../leaderboard/score.ts';
import { openLedger, saveLedger, type Ledger } from '../ledger/posting.ts';
import { announceReached } from '../milestone/announce.ts';
import { openMilestones, type BatchMilestones } from '../milestone/batch.ts';
import { endReservations } from '../redemption/supply.ts';
import { openStreaks, type BatchStreaks } from '../streak/batch.ts';
import { openTiers, type BatchTiers } from '../tier/batch.ts';
import { inTransaction, type AppDeps, type Tx } from '../transaction.ts';
import { findOutcomes, KeyTakenError, settleCalls, sortCalls, type TrackCall, type Tracked } from './calls.ts';
import { openCounters, type BatchCounters } from './counters.ts';
import { checkEntries, dropDuplicates, findCustomers, openEntry, type Ready } from './entries.ts';
import type { Outcome } from './lane.ts';

/** How often a flush begins anew because another process had answered one of its calls meanwhile. */
const ATTEMPTS_MAX = 5;

/**
 * Decides and writes many calls of one program in one transaction, with a number of statements that does not grow with the
 * number of activities. Locks are taken in one order everywhere: messages, ledger accounts, keys, board entries.
 */
export async function flushCalls(
  deps: AppDeps,
  programId: string,
  calls: readonly TrackCall[],
): Promise<Outcome<Tracked>[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(deps, { programId, actor: 'system:tracking' }, (tx) => flushInto(deps, tx, calls));
    } catch (error) {
      if (!(error instanceof KeyTakenError) || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

async function flushInto(deps: AppDeps, tx: Tx, calls: readonly TrackCall[]): Promise<Outcome<Tracked>[]> {
  // Sent at once and run in this order: the catalogue is read under the lock.
  const [, catalogue, stored, found] = await Promise.all([
    shareLeaderboards(tx, tx.programId),
    deps.catalogues.at(tx, tx.programId),
    findOutcomes(tx, calls),
    findCustomers(tx, calls),
  ]);
  const sorted = sortCalls(calls, stored);
  const entries = sorted.fresh.flatMap((call) => call.reports.map((report) => openEntry(deps, call, report)));
  const checked = checkEntries(tx, catalogue, entries, found);
  const ready = await dropDuplicates(tx, checked);
  const decided = await decideEntries(deps, tx, catalogue, ready);
  const [, outcomes] = await Promise.all([decided.save(), settleCalls(tx, calls, sorted, entries, decided.activities)]);
  return outcomes;
}

/** What became of the reports, and how to write it: its statements are sent without waiting for each other. */
type Decided = {
  activities: Map<string, ActivityRow>;
  /** What the rules saw, of activities that are to be explained. */
  seen: Map<string, EarningFacts>;
  save(): Promise<void>;
};

/** Decides reports that are ready. Nothing of it is written before `save`. */
export async function decideEntries(
  deps: AppDeps,
  tx: Tx,
  catalogue: Catalogue,
  ready: readonly Ready[],
): Promise<Decided> {
  const activities = new Map<string, ActivityRow>();
  const seen = new Map<string, EarningFacts>();
  if (ready.length === 0) return { activities, seen, save: async () => undefined };
  const ledger = await openAccounts(deps, tx, catalogue, ready);
  const acting = ready.map(({ checked, customer }) => ({ customerId: customer.id, ...checked }));
  const [counters, tiers, milestones, streaks, challenges, duels, badges, boards] = await Promise.all([
    openCounters(tx, catalogue, acting),
    openTiers(deps, tx, catalogue, acting),
    openMilestones(tx, catalogue, acting),
    openStreaks(deps, tx, catalogue, acting),
    openChallenges(deps, tx, catalogue, acting),
    openDuels(tx, catalogue, acting),
    openBadges(deps, tx, catalogue, acting),
    openBoards(tx, catalogue, acting),
  ]);
  const scored: ScoredFact[] = [];
  for (const one of ready) {
    const { entry, customer } = one;
    const decision = decide(catalogue, one, ledger, counters, {
      tiers,
      milestones,
      streaks,
      challenges,
      duels,
      badges,
      boards,
    });
    const declines = entry.call.explain ? decision.declines.map(toDeclined) : null;
    if (entry.call.explain) seen.set(entry.id, decision.seen);
    entry.item = { status: 'TRACKED', activityId: entry.id, balances: decision.balances, declines };
    scored.push(decision.scored);
    activities.set(entry.id, activityRow(tx, catalogue, one, decision));
    tx.emit({ type: 'activity.tracked', customerId: customer.id, activityId: entry.id, points: decision.points });
    announceReached(tx, customer.id, decision.effects);
  }
  return {
    activities,
    seen,
    save: async () => {
      // Where a reservation has timed out, its stock is locked before board entries are.
      await endReservations(tx, ledger.posting);
      await Promise.all([
        insertActivities(tx, tx.programId, [...activities.values()]),
        saveLedger(tx, ledger.posting),
        counters.save(tx),
        tiers.save(tx),
        milestones.save(tx),
        streaks.save(tx),
        challenges.save(tx),
        duels.save(tx),
        badges.save(tx),
        boards.save(tx),
        scoreLeaderboards(deps, tx, catalogue, scored),
      ]);
      await placeCustomers(
        tx,
        catalogue,
        acting.map(({ customerId }) => customerId),
      );
    },
  };
}

/** Locks the accounts that the activities may touch, and reads pending lots where an activity may release them. */
async function openAccounts(deps: AppDeps, tx: Tx, catalogue: Catalogue, ready: readonly Ready[]): Promise<Ledger> {
  const keys = ready.flatMap((one) => accountKeys(catalogue, one));
  const ledger = await openLedger(deps, tx, keys, { lots: 'WHEN_DUE' });
  const releasing = new Set(
    ready
      .filter(({ checked }) => catalogue.ruleSet.earning.releases.has(checked.type.code))
      .map(({ customer }) => customer.id),
  );
  if (releasing.size > 0) {
    await loadLots(
      tx,
      tx.programId,
      ledger.accounts.filter((account) => releasing.has(account.customerId)),
    );
  }
  return ledger;
}

/** The default currency is always among them: the lock of its account keeps the customer's counters still. */
function accountKeys(catalogue: Catalogue, { checked, customer }: Ready): { customerId: string; currencyId: string }[] {
  const { code } = checked.type;
  const currencies = new Set([catalogue.defaultCurrency.id]);
  for (const currencyId of catalogue.ruleSet.earning.byActivityType.get(code)?.currencyIds ?? [])
    currencies.add(currencyId);
  for (const currency of releasingCurrencies(catalogue, code)) currencies.add(currency.id);
  for (const currency of lastingCurrencies(catalogue, code)) currencies.add(currency.id);
  for (const { currency } of catalogue.ruleSet.milestones) currencies.add(currency.id);
  for (const { currency } of catalogue.ruleSet.streaks) currencies.add(currency.id);
  for (const { currency } of catalogue.ruleSet.badges.live) currencies.add(currency.id);
  for (const { currency } of catalogue.ruleSet.challenges) if (currency !== null) currencies.add(currency.id);
  return [...currencies].map((currencyId) => ({ customerId: customer.id, currencyId }));
}

function decide(
  catalogue: Catalogue,
  { entry, checked, customer }: Ready,
  ledger: Ledger,
  counters: BatchCounters,
  counted: {
    tiers: BatchTiers;
    milestones: BatchMilestones;
    streaks: BatchStreaks;
    challenges: BatchChallenges;
    duels: BatchDuels;
    badges: BatchBadges;
    boards: BatchBoards;
  },
): Decision {
  return decideActivity(
    {
      catalogue,
      posting: ledger.posting,
      account: ledger.account,
      usage: (customerId) => ({ caps: counters.capsOf(customerId), budgets: counters.budgets }),
      ...counted,
    },
    {
      id: entry.id,
      channel: entry.report.channel,
      report: checked,
      customer,
      counters: counters.count(customer.id, checked.type, checked.occurredAt),
      actor: entry.call.scope.actor,
    },
  );
}

function activityRow(
  tx: Tx,
  catalogue: Catalogue,
  { entry, checked, customer }: Ready,
  decision: Decision,
): ActivityRow {
  return {
    id: entry.id,
    customerId: customer.id,
    activityTypeId: checked.type.id,
    messageId: entry.messageId,
    occurredAt: checked.occurredAt,
    recordedAt: tx.now,
    channel: entry.report.channel,
    properties: checked.properties,
    lines: [...checked.lines],
    effects: decision.effects,
    ruleRevision: catalogue.ruleSet.revision,
    actor: entry.call.scope.actor,
  };
}
