import { createHash } from 'node:crypto';

import type { ActivityReport } from '#domain/activity/activity.ts';
import type { BalanceAfter, RuleDeclined } from '#domain/activity/effect.ts';
import { IdempotencyMismatchError } from '#domain/errors.ts';
import type { ActivityRow } from '#storage/activity-store.ts';
import {
  claimName,
  insertOutcomes,
  isTakenKey,
  readOutcomes,
  type KeyClaim,
  type StoredOutcome,
} from '#storage/idempotency-store.ts';

import type { Command } from '../mutation.ts';
import type { Scope, Tx } from '../transaction.ts';
import { databaseCode } from '../transaction.ts';
import type { Entry } from './entries.ts';
import type { Outcome } from './lane.ts';

/** One mutation that waits for the next flush: one activity, or a batch. */
export type TrackCall = {
  scope: Scope;
  command: Command;
  hash: Buffer;
  reports: readonly ActivityReport[];
  /** Whether a refused report fails the call, as for a single activity, or is answered in its place. */
  single: boolean;
  /** Whether the rules that gave nothing are told. */
  explain: boolean;
  /** A customer token reports for its own customer and only types that allow it. */
  byCustomer: boolean;
};

export type TrackedItem =
  | {
      status: 'TRACKED';
      activityId: string;
      balances: BalanceAfter[];
      declines: RuleDeclined[] | null;
    }
  | { status: 'DUPLICATE'; activityId: string }
  | { status: 'REFUSED'; error: { code: string; message: string; path: readonly string[] } };

/** Items in the order of the reports. `activities` holds the rows that this very call wrote; it is not stored. */
export type Tracked = { items: TrackedItem[]; replayed: boolean; activities: ReadonlyMap<string, ActivityRow> };

/** The first call with this key still runs elsewhere; thrown for a whole flush, which is then repeated call by call. */
export class KeyBusyError extends Error {}

/** The first call with this key has just ended elsewhere; thrown for a whole flush, which then begins again and finds it. */
export class KeyTakenError extends Error {}

export type Sorted = {
  fresh: TrackCall[];
  settled: Map<TrackCall, Outcome<Tracked>>;
  repeats: Map<TrackCall, TrackCall>;
};

const NO_ACTIVITIES: ReadonlyMap<string, ActivityRow> = new Map();

/** What is on record under the keys of these calls. */
export function findOutcomes(tx: Tx, calls: readonly TrackCall[]): Promise<Map<string, StoredOutcome>> {
  return readOutcomes(tx, tx.programId, calls.map(claimOf));
}

/**
 * Sorts calls by their idempotency keys: those to run now, those answered from what is stored, and those that repeat a
 * call of this same flush and take its outcome. A key is taken when its outcome is written, at the end of the flush.
 */
export function sortCalls(calls: readonly TrackCall[], stored: ReadonlyMap<string, StoredOutcome>): Sorted {
  const first = new Map<string, TrackCall>();
  const sorted: Sorted = { fresh: [], settled: new Map(), repeats: new Map() };
  for (const call of calls) {
    const name = nameOf(call);
    const outcome = stored.get(name);
    const earlier = first.get(name);
    if (!(outcome?.input_hash ?? earlier?.hash ?? call.hash).equals(call.hash))
      sorted.settled.set(call, { error: new IdempotencyMismatchError() });
    else if (outcome !== undefined)
      sorted.settled.set(call, {
        value: { items: (outcome.result as { items: TrackedItem[] }).items, replayed: true, activities: NO_ACTIVITIES },
      });
    else if (earlier !== undefined) sorted.repeats.set(call, earlier);
    else {
      first.set(name, call);
      sorted.fresh.push(call);
    }
  }
  return sorted;
}

/**
 * Answers every call of the flush and stores the outcomes of the fresh ones, which takes their keys. A single call that was
 * refused leaves its key free, so that the same call may succeed later; in a batch a refusal is an answer like any other.
 */
export async function settleCalls(
  tx: Tx,
  calls: readonly TrackCall[],
  sorted: Sorted,
  entries: readonly Entry[],
  activities: ReadonlyMap<string, ActivityRow>,
): Promise<Outcome<Tracked>[]> {
  const own = Map.groupBy(entries, (entry) => entry.call);
  const kept: (KeyClaim & { result: unknown })[] = [];
  for (const call of sorted.fresh) {
    const answered = own.get(call) ?? [];
    const items = answered.flatMap(({ item }) => item ?? []);
    const refusal = call.single ? (answered[0]?.refusal ?? null) : null;
    if (refusal === null) kept.push({ ...claimOf(call), result: { items } });
    sorted.settled.set(call, refusal === null ? { value: { items, replayed: false, activities } } : { error: refusal });
  }
  await insertOutcomes(tx, tx.programId, kept).catch((error: unknown) => {
    if (isTakenKey(error)) throw new KeyTakenError();
    throw databaseCode(error) === '55P03' ? new KeyBusyError() : error;
  });
  return calls.map((call) => outcomeOf(call, sorted));
}

/** A call that repeats another of this flush takes its outcome, as a replay. */
function outcomeOf(call: TrackCall, { repeats, settled }: Sorted): Outcome<Tracked> {
  const first = repeats.get(call);
  const outcome = settled.get(first ?? call);
  if (outcome === undefined) throw new Error('a call of a flush went unanswered');
  return first !== undefined && 'value' in outcome ? { value: { ...outcome.value, replayed: true } } : outcome;
}

/** The key of a call, as it is stored. */
function claimOf(call: TrackCall): KeyClaim {
  return { mutation: call.command.mutation, key: call.command.idempotencyKey, hash: call.hash };
}

function nameOf(call: TrackCall): string {
  return claimName({ mutation: call.command.mutation, key: call.command.idempotencyKey });
}

/** A key made from what it stands for: importers use it so that the same rows are the same call. */
export function keyFrom(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('base64url');
}
