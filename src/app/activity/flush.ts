import { checkReport, type ActivityReport, type CheckedReport } from '#domain/activity/activity.ts';
import { decideActivity, releasingCurrencies, type Decision } from '#domain/activity/decide.ts';
import { normaliseExternalId } from '#domain/customer/identity.ts';
import { NotFoundError, UserError } from '#domain/errors.ts';
import type { CustomerFacts } from '#domain/earning/facts.ts';
import type { ScoredFact } from '#domain/leaderboard/changes.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { claimMessages, findByMessages, findCustomerFacts, insertActivities, type ActivityRow } from '#storage/activity-store.ts';
import { freeKeys, storeOutcomes, type KeyClaim } from '#storage/idempotency-store.ts';
import { loadLots } from '#storage/ledger-store.ts';
import { shareLeaderboards } from '#storage/sql/lock-leaderboards.ts';
import { scoreLeaderboards } from '../leaderboard/score.ts';
import { openLedger, saveLedger, type Ledger } from '../ledger/posting.ts';
import { inTransaction, type AppDeps, type Tx } from '../transaction.ts';
import { claimCalls, claimOf, type TrackCall, type Tracked, type TrackedItem } from './calls.ts';
import { openCounters, type BatchCounters } from './counters.ts';
import type { Outcome } from './lane.ts';

/** One report on its way through the flush. */
type Entry = {
  call: TrackCall;
  report: ActivityReport;
  id: string;
  messageId: string;
  checked: CheckedReport | null;
  customer: CustomerFacts | null;
  item: TrackedItem | null;
  refusal: UserError | null;
};

/**
 * Decides and writes many calls of one program in one transaction, with a number of statements that does not grow with the
 * number of activities. Locks are taken in one order everywhere: keys, messages, ledger accounts, board entries.
 */
export async function flushCalls(deps: AppDeps, programId: string, calls: readonly TrackCall[]): Promise<Outcome<Tracked>[]> {
  return inTransaction(deps, { programId, actor: 'system:tracking' }, async (tx) => {
    await shareLeaderboards(tx, programId);
    const catalogue = await deps.catalogues.at(tx, programId);
    const claimed = await claimCalls(tx, calls);
    const entries = claimed.fresh.flatMap((call) => call.reports.map((report) => openEntry(deps, call, report)));
    await checkEntries(tx, catalogue, entries);
    await dropDuplicates(tx, entries);
    const activities = await decideEntries(deps, tx, catalogue, entries.filter((entry) => entry.item === null));
    const outcomes = await settleCalls(tx, claimed.fresh, entries, activities);
    return calls.map((call) => {
      const first = claimed.repeats.get(call);
      const outcome = claimed.settled.get(call) ?? outcomes.get(first ?? call)!;
      return first !== undefined && 'value' in outcome ? { value: { ...outcome.value, replayed: true } } : outcome;
    });
  });
}

function openEntry(deps: AppDeps, call: TrackCall, report: ActivityReport): Entry {
  const id = deps.newId();
  return { call, report, id, messageId: report.messageId ?? id, checked: null, customer: null, item: null, refusal: null };
}

function refuse(entry: Entry, error: UserError): void {
  entry.refusal = error;
  entry.item = { status: 'REFUSED', error: { code: error.code, message: error.message, path: error.path } };
}

async function checkEntries(tx: Tx, catalogue: Catalogue, entries: readonly Entry[]): Promise<void> {
  const ids = entries.flatMap(({ report }) => report.customerId ?? []);
  const externalIds = entries.flatMap(({ report }) => (report.customerExternalId === null ? [] : (normaliseExternalId(report.customerExternalId) ?? [])));
  const found = await findCustomerFacts(tx, tx.programId, ids, externalIds);
  const byId = new Map(found.map((customer) => [customer.id, customer]));
  const byExternalId = new Map(found.map((customer) => [customer.externalId, customer]));
  for (const entry of entries) {
    const { report } = entry;
    const name = report.customerExternalId === null ? null : normaliseExternalId(report.customerExternalId);
    const customer = report.customerId !== null ? byId.get(report.customerId) : byExternalId.get(name ?? '');
    const checked = checkReport(report, catalogue, tx.now, entry.call.byCustomer);
    if (checked instanceof UserError) refuse(entry, checked);
    else if (customer === undefined) refuse(entry, new NotFoundError('customer', [report.customerId === null ? 'customerExternalId' : 'customerId']));
    else {
      entry.checked = checked;
      entry.customer = customer;
    }
  }
}

async function dropDuplicates(tx: Tx, entries: readonly Entry[]): Promise<void> {
  const first = new Map<string, Entry>();
  for (const entry of entries) {
    if (entry.item !== null) continue;
    const earlier = first.get(entry.messageId);
    if (earlier === undefined) first.set(entry.messageId, entry);
    else entry.item = { status: 'DUPLICATE', activityId: earlier.id };
  }
  if (first.size === 0) return;
  const claims = [...first.values()].map((entry) => ({ messageId: entry.messageId, activityId: entry.id }));
  const free = await claimMessages(tx, tx.programId, claims);
  if (free.size === first.size) return;
  const known = await findByMessages(tx, tx.programId, [...first.values()].filter((entry) => !free.has(entry.id)).map((entry) => entry.messageId));
  for (const entry of entries) {
    const activityId = known.get(entry.messageId);
    if (activityId !== undefined && (entry.item === null || entry.item.status === 'DUPLICATE')) entry.item = { status: 'DUPLICATE', activityId };
  }
}

async function decideEntries(deps: AppDeps, tx: Tx, catalogue: Catalogue, entries: readonly Entry[]): Promise<Map<string, ActivityRow>> {
  const activities = new Map<string, ActivityRow>();
  if (entries.length === 0) return activities;
  const ledger = await openLedger(deps, tx, entries.flatMap((entry) => accountKeys(catalogue, entry)), { lots: 'WHEN_DUE' });
  const releasing = new Set(entries.filter(({ checked }) => catalogue.rules.releases.has(checked!.type.code)).map(({ customer }) => customer!.id));
  await loadLots(tx, tx.programId, ledger.accounts.filter((account) => releasing.has(account.customerId)));
  const counters = await openCounters(tx, catalogue, entries.map((entry) => ({ customerId: entry.customer!.id, type: entry.checked!.type, occurredAt: entry.checked!.occurredAt })));
  const scored: ScoredFact[] = [];
  for (const entry of entries) {
    const decision = decideEntry(catalogue, entry, ledger, counters);
    entry.item = { status: 'TRACKED', activityId: entry.id, balances: decision.balances, declines: entry.call.explain ? decision.declines : null };
    scored.push(decision.scored);
    activities.set(entry.id, activityRow(tx, catalogue, entry, decision));
    tx.emit({ type: 'activity.tracked', customerId: entry.customer!.id, activityId: entry.id, points: decision.points });
  }
  await insertActivities(tx, tx.programId, catalogue.rules.revision, tx.now, [...activities.values()]);
  await saveLedger(tx, ledger.posting);
  await counters.save(tx);
  await scoreLeaderboards(deps, tx, catalogue, scored);
  return activities;
}

/** The accounts that an activity may touch. The default one is always among them: its lock keeps the customer's counters still. */
function accountKeys(catalogue: Catalogue, entry: Entry): { customerId: string; currencyId: string }[] {
  const code = entry.checked!.type.code;
  const currencies = new Set([catalogue.defaultCurrency.id]);
  for (const { currency } of catalogue.rules.byActivityType.get(code)?.rules ?? []) currencies.add(currency.id);
  for (const currency of releasingCurrencies(catalogue, code)) currencies.add(currency.id);
  return [...currencies].map((currencyId) => ({ customerId: entry.customer!.id, currencyId }));
}

function decideEntry(catalogue: Catalogue, entry: Entry, ledger: Ledger, counters: BatchCounters): Decision {
  const customer = entry.customer!;
  const checked = entry.checked!;
  return decideActivity(
    { catalogue, posting: ledger.posting, account: ledger.account, caps: (customerId) => counters.capsOf(customerId) },
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

function activityRow(tx: Tx, catalogue: Catalogue, entry: Entry, decision: Decision): ActivityRow {
  const { type, occurredAt, properties, lines } = entry.checked!;
  return {
    id: entry.id,
    customerId: entry.customer!.id,
    activityTypeId: type.id,
    messageId: entry.messageId,
    occurredAt,
    recordedAt: tx.now,
    channel: entry.report.channel,
    properties,
    lines: [...lines],
    effects: decision.effects,
    ruleRevision: catalogue.rules.revision,
    actor: entry.call.scope.actor,
  };
}

/** Turns items into outcomes; a refused single call frees its key, so that the same call may succeed later. */
async function settleCalls(tx: Tx, fresh: readonly TrackCall[], entries: readonly Entry[], activities: ReadonlyMap<string, ActivityRow>): Promise<Map<TrackCall, Outcome<Tracked>>> {
  const itemsOf = Map.groupBy(entries, (entry) => entry.call);
  const outcomes = new Map<TrackCall, Outcome<Tracked>>();
  const refused: TrackCall[] = [];
  const kept: (KeyClaim & { result: unknown })[] = [];
  for (const call of fresh) {
    const own = itemsOf.get(call) ?? [];
    const items = own.map((entry) => entry.item!);
    const refusal = call.single ? (own[0]?.refusal ?? null) : null;
    if (refusal !== null) {
      refused.push(call);
      outcomes.set(call, { error: refusal });
    } else {
      kept.push({ ...claimOf(call), result: { items } });
      outcomes.set(call, { value: { items, replayed: false, activities } });
    }
  }
  await storeOutcomes(tx, tx.programId, kept);
  await freeKeys(tx, tx.programId, refused.map(claimOf));
  return outcomes;
}
