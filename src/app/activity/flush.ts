import { checkReport, type ActivityReport, type CheckedReport } from '#domain/activity/activity.ts';
import { decideActivity, releasingCurrencies, type Decision } from '#domain/activity/decide.ts';
import { normaliseExternalId } from '#domain/customer/identity.ts';
import type { CustomerFacts } from '#domain/earning/facts.ts';
import { NotFoundError, UserError } from '#domain/errors.ts';
import type { ScoredFact } from '#domain/leaderboard/changes.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import {
  claimMessages,
  findByMessages,
  findCustomerFacts,
  insertActivities,
  type ActivityRow,
} from '#storage/activity-store.ts';
import { loadLots } from '#storage/ledger-store.ts';
import { shareLeaderboards } from '#storage/sql/lock-leaderboards.ts';

import { scoreLeaderboards } from '../leaderboard/score.ts';
import { openLedger, saveLedger, type Ledger } from '../ledger/posting.ts';
import { inTransaction, type AppDeps, type Tx } from '../transaction.ts';
import { claimCalls, settleCalls, type TrackCall, type Tracked, type TrackedItem } from './calls.ts';
import { openCounters, type BatchCounters } from './counters.ts';
import type { Outcome } from './lane.ts';

/** One report on its way through the flush: `item` is its answer, once that is known. */
export type Entry = {
  call: TrackCall;
  report: ActivityReport;
  id: string;
  messageId: string;
  item: TrackedItem | null;
  refusal: UserError | null;
};

/** A report that keeps all rules, by a customer who exists. */
type Ready = { entry: Entry; checked: CheckedReport; customer: CustomerFacts };

/**
 * Decides and writes many calls of one program in one transaction, with a number of statements that does not grow with the
 * number of activities. Locks are taken in one order everywhere: keys, messages, ledger accounts, board entries.
 */
export async function flushCalls(
  deps: AppDeps,
  programId: string,
  calls: readonly TrackCall[],
): Promise<Outcome<Tracked>[]> {
  return inTransaction(deps, { programId, actor: 'system:tracking' }, async (tx) => {
    await shareLeaderboards(tx, programId);
    const catalogue = await deps.catalogues.at(tx, programId);
    const claimed = await claimCalls(tx, calls);
    const entries = claimed.fresh.flatMap((call) => call.reports.map((report) => openEntry(deps, call, report)));
    const checked = await checkEntries(tx, catalogue, entries);
    const ready = await dropDuplicates(tx, checked);
    const activities = await decideEntries(deps, tx, catalogue, ready);
    return settleCalls(tx, calls, claimed, entries, activities);
  });
}

function openEntry(deps: AppDeps, call: TrackCall, report: ActivityReport): Entry {
  const id = deps.newId();
  return { call, report, id, messageId: report.messageId ?? id, item: null, refusal: null };
}

function refuse(entry: Entry, error: UserError): void {
  entry.refusal = error;
  entry.item = { status: 'REFUSED', error: { code: error.code, message: error.message, path: error.path } };
}

/** Checks reports against the declarations and finds their customers; what fails is answered with its refusal. */
async function checkEntries(tx: Tx, catalogue: Catalogue, entries: readonly Entry[]): Promise<Ready[]> {
  const ids = entries.flatMap(({ report }) => report.customerId ?? []);
  const externalIds = entries.flatMap(({ report }) => externalIdOf(report) ?? []);
  const found = await findCustomerFacts(tx, tx.programId, ids, externalIds);
  const byId = new Map(found.map((customer) => [customer.id, customer]));
  const byExternalId = new Map(found.map((customer) => [customer.externalId, customer]));
  const ready: Ready[] = [];
  for (const entry of entries) {
    const { report } = entry;
    const customer =
      report.customerId === null ? byExternalId.get(externalIdOf(report) ?? '') : byId.get(report.customerId);
    const checked = checkReport(report, catalogue, tx.now, entry.call.byCustomer);
    if (checked instanceof UserError) refuse(entry, checked);
    else if (customer === undefined)
      refuse(entry, new NotFoundError('customer', [report.customerId === null ? 'customerExternalId' : 'customerId']));
    else ready.push({ entry, checked, customer });
  }
  return ready;
}

function externalIdOf(report: ActivityReport): string | null {
  return report.customerExternalId === null ? null : normaliseExternalId(report.customerExternalId);
}

/** Takes the message ids; a report whose message was tracked before, or stands earlier in this flush, is a duplicate. */
async function dropDuplicates(tx: Tx, ready: readonly Ready[]): Promise<Ready[]> {
  const first = new Map<string, Entry>();
  for (const { entry } of ready) {
    const earlier = first.get(entry.messageId);
    if (earlier === undefined) first.set(entry.messageId, entry);
    else entry.item = { status: 'DUPLICATE', activityId: earlier.id };
  }
  if (first.size === 0) return [];
  const claims = [...first.values()].map((entry) => ({ messageId: entry.messageId, activityId: entry.id }));
  const free = await claimMessages(tx, tx.programId, claims);
  const taken = claims.filter((claim) => !free.has(claim.activityId)).map((claim) => claim.messageId);
  const known = taken.length === 0 ? new Map<string, string>() : await findByMessages(tx, tx.programId, taken);
  for (const { entry } of ready) {
    const activityId = known.get(entry.messageId);
    if (activityId !== undefined) entry.item = { status: 'DUPLICATE', activityId };
  }
  return ready.filter(({ entry }) => entry.item === null);
}

async function decideEntries(
  deps: AppDeps,
  tx: Tx,
  catalogue: Catalogue,
  ready: readonly Ready[],
): Promise<Map<string, ActivityRow>> {
  const activities = new Map<string, ActivityRow>();
  if (ready.length === 0) return activities;
  const ledger = await openAccounts(deps, tx, catalogue, ready);
  const counters = await openCounters(
    tx,
    catalogue,
    ready.map(({ checked, customer }) => ({ customerId: customer.id, ...checked })),
  );
  const scored: ScoredFact[] = [];
  for (const one of ready) {
    const { entry, customer } = one;
    const decision = decide(catalogue, one, ledger, counters);
    const declines = entry.call.explain ? decision.declines : null;
    entry.item = { status: 'TRACKED', activityId: entry.id, balances: decision.balances, declines };
    scored.push(decision.scored);
    activities.set(entry.id, activityRow(tx, catalogue, one, decision));
    tx.emit({ type: 'activity.tracked', customerId: customer.id, activityId: entry.id, points: decision.points });
  }
  await insertActivities(tx, tx.programId, catalogue.ruleSet.revision, tx.now, [...activities.values()]);
  await saveLedger(tx, ledger.posting);
  await counters.save(tx);
  await scoreLeaderboards(deps, tx, catalogue, scored);
  return activities;
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
  for (const { currency } of catalogue.ruleSet.earning.byActivityType.get(code)?.rules ?? [])
    currencies.add(currency.id);
  for (const currency of releasingCurrencies(catalogue, code)) currencies.add(currency.id);
  return [...currencies].map((currencyId) => ({ customerId: customer.id, currencyId }));
}

function decide(
  catalogue: Catalogue,
  { entry, checked, customer }: Ready,
  ledger: Ledger,
  counters: BatchCounters,
): Decision {
  return decideActivity(
    {
      catalogue,
      posting: ledger.posting,
      account: ledger.account,
      caps: (customerId) => counters.capsOf(customerId),
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
