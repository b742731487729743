import { pointsOf } from '#domain/badge/badge.ts';
import type { CompiledBadge } from '#domain/badge/compile.ts';
import { expiryOf } from '#domain/earning/expiry.ts';
import type { CustomerFacts } from '#domain/earning/facts.ts';
import { credit } from '#domain/ledger/credit.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { findCustomerFacts } from '#storage/activity-store.ts';
import { payAwards, writeBadges, type MatchDay, type NewAward } from '#storage/badge-award-store.ts';
import {
  finishBackfills,
  listBackfills,
  moveBackfills,
  nextActiveCustomers,
  type BackfillRow,
} from '#storage/badge-backfill-store.ts';
import { lockLeaderboards, shareLeaderboards } from '#storage/sql/lock-leaderboards.ts';
import { findTierCodes } from '#storage/tier-store.ts';

import { openLedger, saveLedger, type Ledger } from '../ledger/posting.ts';
import { recountTiers } from '../tier/recount.ts';
import { inTransaction, type AppDeps, type Tx } from '../transaction.ts';
import { awardedEvent, lapseAwards } from './announce.ts';
import { beginCrediting, mustBegin } from './follow.ts';
import { lapsedIds, readPasts, replayPast, silentAwards, type CustomerPast } from './past.ts';
import { unpaidAwards } from './unpaid.ts';

/** Customers of one transaction: their accounts are locked while their past is gone through. */
const CHUNK = 100;

export type Credited = { customers: number; awards: number; isDone: boolean };

/**
 * Credits the past of the next customers of a program by its badges that have not credited everybody yet: in silence, each
 * award by the activity that reached it. One transaction; cut off anywhere, the next call goes on. Activities go on meanwhile:
 * a customer is locked while their past is gone through, and until then their activities look at the past themselves.
 */
export async function creditPast(deps: AppDeps, programId: string, chunk = CHUNK): Promise<Credited> {
  const scope = { programId, actor: 'system:badges' };
  if (await inTransaction(deps, scope, async (tx) => mustBegin(tx, await deps.catalogues.at(tx, programId)))) {
    await inTransaction(deps, scope, async (tx) => {
      await lockLeaderboards(tx, programId);
      await beginCrediting(tx, await deps.catalogues.at(tx, programId));
    });
  }
  const credited = await inTransaction(deps, scope, async (tx) => {
    await shareLeaderboards(tx, programId);
    return creditChunk(deps, tx, chunk);
  });
  if (credited.customers > 0 || credited.isDone) return credited;
  // Whoever began meanwhile has committed once the lock is here, and is found.
  return inTransaction(deps, scope, async (tx) => {
    await lockLeaderboards(tx, programId);
    const left = await nextActiveCustomers(tx, programId, cursorOf(await listBackfills(tx, programId)), 1);
    if (left.length === 0) await finishBackfills(tx, programId, tx.now);
    return { customers: 0, awards: 0, isDone: left.length === 0 };
  });
}

/** Behind whom the one that is least far goes on; null is the beginning. */
function cursorOf(rows: readonly BackfillRow[]): string | null {
  const cursors = rows.flatMap(({ shape, isDone, cursor }) => (shape === '' || isDone ? [] : [cursor]));
  if (cursors.length === 0 || cursors.includes(null)) return null;
  return cursors.reduce((least, one) => (one !== null && (least === null || one < least) ? one : least), null);
}

async function creditChunk(deps: AppDeps, tx: Tx, chunk: number): Promise<Credited> {
  const catalogue = await deps.catalogues.at(tx, tx.programId);
  const running = (await listBackfills(tx, tx.programId)).filter(({ shape, isDone }) => shape !== '' && !isDone);
  if (running.length === 0) return { customers: 0, awards: 0, isDone: true };
  const cursor = cursorOf(running);
  const customerIds = await nextActiveCustomers(tx, tx.programId, cursor, chunk);
  const last = customerIds.at(-1);
  if (last === undefined) return { customers: 0, awards: 0, isDone: false };
  const ledger = await openLedger(deps, tx, accountKeys(catalogue, customerIds));
  const customers = await findCustomerFacts(tx, tx.programId, customerIds, []);
  const tiers = await findTierCodes(tx, tx.programId, customerIds, catalogue.ruleSet.ladders);
  const pasts = await readPasts(tx, catalogue, customerIds);
  const badges = new Set(running.map(({ badgeId }) => badgeId));
  const awards: NewAward[] = [];
  for (const customer of customers) {
    const past = pasts.get(customer.id);
    if (past === undefined) continue;
    const own = Object.values(tiers.get(customer.id) ?? {});
    awards.push(...(await creditCustomer(deps, tx, catalogue, badges, customer, own, past)));
  }
  await payForPast(deps, tx, catalogue, ledger, badges, customerIds);
  await moveBackfills(tx, tx.programId, last, customerIds.length, countOf(awards));
  return { customers: customerIds.length, awards: awards.length, isDone: false };
}

/** The default currency is always among them: the lock of its account keeps the customer's activities away. */
function accountKeys(
  catalogue: Catalogue,
  customerIds: readonly string[],
): { customerId: string; currencyId: string }[] {
  const paying = catalogue.ruleSet.badges.live.filter(({ badge }) => badge.backfill === 'SILENT_WITH_POINTS');
  const currencies = new Set([catalogue.defaultCurrency.id, ...paying.map(({ currency }) => currency.id)]);
  return customerIds.flatMap((customerId) => [...currencies].map((currencyId) => ({ customerId, currencyId })));
}

async function creditCustomer(
  deps: AppDeps,
  tx: Tx,
  catalogue: Catalogue,
  badges: ReadonlySet<string>,
  customer: CustomerFacts,
  tiers: readonly string[],
  past: CustomerPast,
): Promise<NewAward[]> {
  const mayHave = ({ badge, audience }: CompiledBadge): boolean =>
    badges.has(badge.id) &&
    customer.enrolmentState === 'ENROLLED' &&
    (audience === null || audience.failingPart({ customer, account: customer.account, tiers }) === null);
  const replayed = replayPast(catalogue, past, mayHave);
  const given = { newId: deps.newId, now: tx.now, revision: catalogue.ruleSet.revision, actor: tx.actor };
  const awards = silentAwards(customer.id, replayed, given);
  const wholeDays = matchDays(catalogue, badges, customer.id, replayed.person.view.counters);
  // First, because what a reversal took back may have been earned again since.
  await lapseAwards(tx, lapsedIds(past, replayed));
  if (awards.length > 0 || wholeDays.length > 0)
    await writeBadges(tx, tx.programId, { awards, addedDays: [], wholeDays });
  for (const award of awards) tx.emit(awardedEvent(catalogue, award, customer.locale));
  return awards;
}

/** What these badges count for themselves, as the past has it. */
function matchDays(
  catalogue: Catalogue,
  badges: ReadonlySet<string>,
  customerId: string,
  counters: ReturnType<typeof replayPast>['person']['view']['counters'],
): MatchDay[] {
  const own = catalogue.ruleSet.badges.live.filter(({ badge }) => badges.has(badge.id));
  return own.flatMap(({ criteria }) =>
    criteria.flatMap((criterion) => {
      if (criterion.kind !== 'AMOUNT' || criterion.condition === null) return [];
      const measure = criterion.counts;
      return [...counters.known(measure)].map(([day, amount]) => ({
        ...{ customerId, measure, day },
        amount: amount.toFixed(),
      }));
    }),
  );
}

/** Gives the points of what was credited, where a badge asks for it: earned now, and by no activity. */
async function payForPast(
  deps: AppDeps,
  tx: Tx,
  catalogue: Catalogue,
  ledger: Ledger,
  badges: ReadonlySet<string>,
  customerIds: readonly string[],
): Promise<void> {
  const paying = catalogue.ruleSet.badges.live.filter(
    ({ badge }) => badges.has(badge.id) && badge.backfill === 'SILENT_WITH_POINTS',
  );
  const unpaid = await unpaidAwards(tx, customerIds, paying);
  if (unpaid.length === 0) return;
  const paid: { id: string; points: number; transactionId: string }[] = [];
  const earned = new Map<string, Map<string, number>>();
  for (const { row, compiled } of unpaid) {
    const { badge, currency, indexOf } = compiled;
    const amount = pointsOf(badge, indexOf.get(row.levelCode) ?? 0);
    if (amount === 0) continue;
    const { granted, transactionId } = credit(ledger.posting, ledger.account(row.customerId, currency.id), {
      kind: 'EARN',
      currency,
      amount,
      effectiveAt: tx.now,
      pending: null,
      expiresAt: expiryOf(null, currency, tx.now, catalogue.program.timeZone),
      beyondCap: 'TRUNCATE',
      cause: { ruleId: badge.id, ruleRevision: catalogue.ruleSet.revision, reason: `badge ${badge.code} for the past` },
    });
    if (transactionId === null) continue;
    paid.push({ id: row.id, points: granted, transactionId });
    const sums = earned.get(row.customerId) ?? new Map<string, number>();
    earned.set(row.customerId, sums.set(currency.id, (sums.get(currency.id) ?? 0) + granted));
  }
  await saveLedger(tx, ledger.posting);
  await payAwards(tx, tx.programId, paid);
  for (const [customerId, points] of earned)
    await recountTiers(deps, tx, catalogue, {
      customerId,
      occurredAt: tx.now,
      activityTypeId: '',
      properties: {},
      points,
    });
}

function countOf(awards: readonly NewAward[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { badgeId } of awards) counts.set(badgeId, (counts.get(badgeId) ?? 0) + 1);
  return counts;
}
