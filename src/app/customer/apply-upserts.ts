import { profileDifferences } from '#domain/customer/change.ts';
import { normaliseExternalId } from '#domain/customer/identity.ts';
import {
  decideUpsert,
  UNKNOWN_PERSON,
  type CustomerUpsert,
  type Person,
  type UpsertFacts,
  type UpsertRefusal,
} from '#domain/customer/upsert.ts';
import type { EnrolmentState } from '#domain/enrolment/enrolment.ts';
import { stateOf } from '#domain/enrolment/transition.ts';
import { ConsentRequiredError, UserError } from '#domain/errors.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { localDay } from '#domain/time.ts';
import { ensureAccounts } from '#storage/account-store.ts';
import { lockAttributeSchema } from '#storage/customer-store.ts';
import { closeEnrolments, findEnrolments, openEnrolments } from '#storage/enrolment-store.ts';
import { lockCustomersByExternalId } from '#storage/sql/lock-customers.ts';
import { insertCustomers, updateCustomers, type CustomerRow } from '#storage/sql/write-customers.ts';
import { recordMoves } from '#storage/streak-store.ts';

import { placeCustomers } from '../leaderboard/place.ts';
import { findMissingConsent } from '../terms/missing-consent.ts';
import type { AppDeps, Tx } from '../transaction.ts';
import { announceUpsert } from './announce-upsert.ts';

export type UpsertOutcome = 'CREATED' | 'UPDATED' | 'UNCHANGED';
export type Upserted = { customerId: string; outcome: UpsertOutcome };
/** A refusal in a form that survives storage beside the idempotency key. */
export type UpsertRefused = {
  refusal: {
    code: UpsertRefusal['code'];
    message: string;
    path: readonly string[];
    /** Of CONSENT_REQUIRED: the version to accept. */
    version?: number;
  };
};
export type UpsertItemResult = Upserted | UpsertRefused;

/** Everything a batch says of one person, with the person before and after it. */
type Draft = {
  id: string;
  externalId: string;
  isNew: boolean;
  state: EnrolmentState;
  items: { index: number; item: CustomerUpsert }[];
  before: Person;
  after: Person;
};

/** Another batch may add the same people at the same time: those are locked and decided again, which ends at once. */
const ROUNDS_MAX = 5;

/**
 * Applies upserts in one transaction with a constant number of statements. Results come in input order; a refused item
 * changes nothing and stops nobody else; several items of one person are applied one after the other. Causes
 * customer.changed for whoever is new or changed, and enrolment.changed for whoever joined.
 */
export async function applyUpserts(
  deps: AppDeps,
  tx: Tx,
  items: readonly CustomerUpsert[],
): Promise<UpsertItemResult[]> {
  const results: UpsertItemResult[] = [];
  const byExternalId = groupByPerson(items, results);
  const { facts, catalogue } = await loadFacts(deps, tx, items);
  const wantsEnrolment = items.some((item) => item.enrol === true);
  let pending = [...byExternalId.keys()].toSorted();
  for (let round = 1; pending.length > 0; round += 1) {
    if (round > ROUNDS_MAX) throw new Error('customers were added and taken away by others in every round');
    const drafts = await loadDrafts(deps, tx, pending, byExternalId, wantsEnrolment ? catalogue : null);
    for (const draft of drafts) decideDraft(draft, facts, results);
    pending = await saveDrafts(deps, tx, drafts);
  }
  const updated = results.flatMap((result) =>
    'outcome' in result && result.outcome === 'UPDATED' ? [result.customerId] : [],
  );
  if (updated.length > 0) await placeCustomers(tx, await deps.catalogues.at(tx, tx.programId), updated);
  return results;
}

/** The items by person, in input order; an external id without a kept form is refused here. */
function groupByPerson(items: readonly CustomerUpsert[], results: UpsertItemResult[]): Map<string, Draft['items']> {
  const groups = new Map<string, Draft['items']>();
  for (const [index, item] of items.entries()) {
    const externalId = normaliseExternalId(item.externalId);
    if (externalId === null) {
      const message =
        'An external id has 1 to 255 characters, is not blank and not the pseudonym of an erased customer.';
      results[index] = { refusal: { code: 'INVALID_INPUT', message, path: ['externalId'] } };
      continue;
    }
    const group = groups.get(externalId);
    if (group === undefined) groups.set(externalId, [{ index, item }]);
    else group.push({ index, item });
  }
  return groups;
}

async function loadFacts(deps: AppDeps, tx: Tx, items: readonly CustomerUpsert[]) {
  // While values are written, their declarations must not change.
  if (items.some((item) => item.attributes !== undefined && item.attributes !== null)) {
    await lockAttributeSchema(tx, tx.programId);
  }
  const catalogue = await deps.catalogues.at(tx, tx.programId);
  const { program } = catalogue;
  const facts: UpsertFacts = {
    declarations: program.attributeSchema,
    policy: program,
    today: localDay(tx.now, program.timeZone),
    now: tx.now,
  };
  return { facts, catalogue };
}

/** What is known of people. What only joining asks, history and consent, is read where a catalogue is given. */
async function loadDrafts(
  deps: AppDeps,
  tx: Tx,
  externalIds: readonly string[],
  itemsByExternalId: ReadonlyMap<string, Draft['items']>,
  joining: Catalogue | null,
): Promise<Draft[]> {
  const locked = await lockCustomersByExternalId(tx, tx.programId, externalIds);
  const known = new Map(locked.map((customer) => [customer.externalId, customer]));
  const ids = locked.map((customer) => customer.id);
  const histories =
    joining !== null && ids.length > 0 ? await findEnrolments(tx, tx.programId, ids) : new Map<string, never>();
  const drafts = externalIds.map((externalId): Draft => {
    const customer = known.get(externalId);
    const items = itemsByExternalId.get(externalId) ?? [];
    if (customer === undefined) {
      const person = { before: UNKNOWN_PERSON, after: UNKNOWN_PERSON };
      return { id: deps.newId(), externalId, isNew: true, state: 'NOT_ENROLLED', items, ...person };
    }
    const { id, enrolmentState: state, eligibleSince, externalId: _same, ...profile } = customer;
    const before: Person = { profile, eligibleSince, history: histories.get(id) ?? [], missingConsent: null };
    return { id, externalId, isNew: false, state, items, before, after: before };
  });
  return joining === null ? drafts : askConsent(tx, joining, drafts);
}

/** The drafts with the consent that each person would have to give before joining. */
async function askConsent(tx: Tx, catalogue: Catalogue, drafts: readonly Draft[]): Promise<Draft[]> {
  const ids = drafts.map(({ id }) => id);
  const missing = await findMissingConsent(tx, catalogue, 'ENROLMENT', ids, tx.now);
  return drafts.map((draft) => {
    const person = { ...draft.before, missingConsent: missing.get(draft.id)?.version ?? null };
    return { ...draft, before: person, after: person };
  });
}

/** Applies a person's items one after the other. A person is created by the first item that is not refused. */
function decideDraft(draft: Draft, facts: UpsertFacts, results: UpsertItemResult[]): void {
  let exists = !draft.isNew;
  for (const { index, item } of draft.items) {
    const next = decideUpsert(draft.after, item, facts);
    if (next instanceof UserError) {
      const { code, message, path: place } = next;
      const version = next instanceof ConsentRequiredError ? { version: next.version } : {};
      results[index] = { refusal: { code, message, path: place, ...version } };
      continue;
    }
    const outcome = !exists ? 'CREATED' : differs(draft.after, next) ? 'UPDATED' : 'UNCHANGED';
    results[index] = { customerId: draft.id, outcome };
    draft.after = next;
    exists = true;
  }
  if (!exists) draft.items = [];
}

function differs(before: Person, after: Person): boolean {
  return (
    before.history !== after.history ||
    before.eligibleSince?.getTime() !== after.eligibleSince?.getTime() ||
    profileDifferences(before.profile, after.profile).length > 0
  );
}

/** Writes what is new and what changed; answers the external ids that another transaction added first. */
async function saveDrafts(deps: AppDeps, tx: Tx, drafts: readonly Draft[]): Promise<string[]> {
  const wanted = drafts.filter((draft) => (draft.isNew ? draft.items.length > 0 : differs(draft.before, draft.after)));
  const accountIds = await accountsOf(deps, tx, wanted);
  const rowOf = (draft: Draft): CustomerRow => ({
    id: draft.id,
    externalId: draft.externalId,
    profile: draft.after.profile,
    accountId: accountIds.get(draft.after.profile.accountExternalId ?? '') ?? null,
    // A history is loaded only for those who may join; nobody else's state is touched.
    enrolmentState: joins(draft) ? stateOf(draft.after.history) : draft.state,
    eligibleSince: draft.after.eligibleSince,
  });
  const fresh = wanted.filter((draft) => draft.isNew);
  const added = new Set(fresh.length === 0 ? [] : await insertCustomers(tx, tx.programId, tx.now, fresh.map(rowOf)));
  const changed = wanted.filter((draft) => !draft.isNew);
  if (changed.length > 0) await updateCustomers(tx, tx.programId, tx.now, changed.map(rowOf));
  await recordMoves(tx, tx.programId, tx.now, changed.flatMap(moveOf));
  const saved = wanted.filter((draft) => !draft.isNew || added.has(draft.externalId));
  await saveHistories(deps, tx, saved);
  for (const draft of saved) announceUpsert(tx, draft);
  return fresh.filter((draft) => !added.has(draft.externalId)).map((draft) => draft.externalId);
}

async function accountsOf(deps: AppDeps, tx: Tx, drafts: readonly Draft[]): Promise<Map<string, string>> {
  const names = new Set(drafts.flatMap(({ after }) => after.profile.accountExternalId ?? []));
  return ensureAccounts(
    tx,
    [...names].map((externalId) => ({ id: deps.newId(), externalId })),
  );
}

/** Where somebody was is kept: which local day an instant belongs to must not change afterwards. */
function moveOf({ id: customerId, before, after }: Draft) {
  const [from, to] = [before.profile.timeZone, after.profile.timeZone];
  return from === to ? [] : [{ customerId, from, to }];
}

const joins = (draft: Draft): boolean => draft.before.history !== draft.after.history;

async function saveHistories(deps: AppDeps, tx: Tx, drafts: readonly Draft[]): Promise<void> {
  const joined = drafts.filter(joins);
  const closed = joined.flatMap(({ id: customerId, before, after }) => {
    const last = before.history.length - 1;
    const toAt = after.history[last]?.toAt ?? null;
    return before.history[last]?.toAt === null && toAt !== null ? [{ customerId, toAt }] : [];
  });
  const opened = joined.flatMap(({ id: customerId, before, after }) =>
    after.history
      .slice(before.history.length)
      .map(({ state, fromAt }) => ({ id: deps.newId(), customerId, state, fromAt, reason: null })),
  );
  await closeEnrolments(tx, tx.programId, closed);
  await openEnrolments(tx, opened);
}
