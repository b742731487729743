import { checkReport, type ActivityReport, type CheckedReport } from '#domain/activity/activity.ts';
import { isPseudonym } from '#domain/customer/erasure.ts';
import { normaliseExternalId } from '#domain/customer/identity.ts';
import type { CustomerFacts } from '#domain/earning/facts.ts';
import { NotFoundError, UserError } from '#domain/errors.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { claimMessages, findByMessages, findCustomerFacts } from '#storage/activity-store.ts';

import type { AppDeps, Tx } from '../transaction.ts';
import type { TrackCall, TrackedItem } from './calls.ts';

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
export type Ready = { entry: Entry; checked: CheckedReport; customer: CustomerFacts };

/** The customers whom the calls name. */
export function findCustomers(tx: Tx, calls: readonly TrackCall[]): Promise<CustomerFacts[]> {
  const reports = calls.flatMap((call) => call.reports);
  const ids = new Set(reports.flatMap(({ customerId }) => customerId ?? []));
  const externalIds = new Set(reports.flatMap((report) => externalIdOf(report) ?? []));
  return findCustomerFacts(tx, tx.programId, [...ids], [...externalIds]);
}

/** A report at its start: without an answer, under an id of its own. */
export function openEntry(deps: AppDeps, call: TrackCall, report: ActivityReport): Entry {
  const id = deps.newId();
  return { call, report, id, messageId: report.messageId ?? id, item: null, refusal: null };
}

function refuse(entry: Entry, error: UserError): void {
  entry.refusal = error;
  entry.item = { status: 'REFUSED', error: { code: error.code, message: error.message, path: error.path } };
}

/** Checks reports against the declarations and joins them with their customers; what fails is answered with its refusal. */
export function checkEntries(
  tx: Tx,
  catalogue: Catalogue,
  entries: readonly Entry[],
  found: readonly CustomerFacts[],
): Ready[] {
  const byId = new Map(found.map((customer) => [customer.id, customer]));
  const byExternalId = new Map(found.map((customer) => [customer.externalId, customer]));
  const ready: Ready[] = [];
  for (const entry of entries) {
    const { report } = entry;
    const customer =
      report.customerId === null ? byExternalId.get(externalIdOf(report) ?? '') : byId.get(report.customerId);
    const checked = checkReport(report, catalogue, tx.now, entry.call.byCustomer);
    if (checked instanceof UserError) refuse(entry, checked);
    else if (customer === undefined || isPseudonym(customer.externalId))
      refuse(entry, new NotFoundError('customer', [report.customerId === null ? 'customerExternalId' : 'customerId']));
    else ready.push({ entry, checked, customer });
  }
  return ready;
}

function externalIdOf(report: ActivityReport): string | null {
  return report.customerExternalId === null ? null : normaliseExternalId(report.customerExternalId);
}

/** Takes the message ids; a report whose message was tracked before, or stands earlier in this flush, is a duplicate. */
export async function dropDuplicates(tx: Tx, ready: readonly Ready[]): Promise<Ready[]> {
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
