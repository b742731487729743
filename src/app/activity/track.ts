import type { ActivityReport } from '#domain/activity/activity.ts';
import { InvalidInputError, IdempotencyInProgressError } from '#domain/errors.ts';

import { assertIdempotencyKey, inputHash, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { KeyBusyError, type TrackCall, type Tracked } from './calls.ts';
import { flushCalls } from './flush.ts';
import { createLane, type Lane } from './lane.ts';

/** Most activities of one batch. */
export const BATCH_MAX = 1_000;

/**
 * Flushes of one program that may be in flight: while PostgreSQL writes one, this process decides the other. More of them
 * would be smaller ones, and each costs something of its own.
 */
const LANES = 2;

/** The way of all activities into this process. */
export type ActivityTracking = {
  submit(call: TrackCall): Promise<Tracked>;
  /** Waits for everything submitted, as a shutdown does. */
  drain(): Promise<void>;
};

/** Opens the lanes. Give one to everything in a process that tracks, since calls gather only within it. */
export function createActivityTracking(deps: AppDeps): ActivityTracking {
  const lanes = new Map<string, Lane<TrackCall, Tracked>>();
  return {
    submit(call) {
      const { programId } = call.scope;
      const name = `${programId} ${placeOf(call)}`;
      let lane = lanes.get(name);
      if (lane === undefined) lanes.set(name, (lane = createLane((calls) => flushCalls(deps, programId, calls))));
      return lane.submit(call, call.reports.length);
    },
    drain: async () => {
      await Promise.all([...lanes.values()].map((lane) => lane.drain()));
    },
  };
}

/** One customer's calls go the same way, so that they share a flush instead of waiting for each other's locks. */
function placeOf({ reports: [first] }: TrackCall): number {
  let sum = 0;
  for (const character of first?.customerId ?? first?.customerExternalId ?? '') sum += character.charCodeAt(0);
  return sum % LANES;
}

export type TrackOptions = { explain?: boolean; byCustomer?: boolean };

/**
 * Tracks one activity and answers everything it caused. Throws the refusal of a report that breaks a rule: then nothing is
 * written and the key is free.
 */
export async function trackActivity(
  tracking: ActivityTracking,
  scope: Scope,
  command: Command,
  report: ActivityReport,
  options: TrackOptions = {},
): Promise<Tracked> {
  return submit(tracking, scope, command, [report], true, options);
}

/** Tracks up to 1,000 activities, each on its own: a refused one is told in its place and the others go through. */
export async function trackActivities(
  tracking: ActivityTracking,
  scope: Scope,
  command: Command,
  reports: readonly ActivityReport[],
  options: TrackOptions = {},
): Promise<Tracked> {
  if (reports.length === 0 || reports.length > BATCH_MAX)
    throw new InvalidInputError(`Send 1 to ${BATCH_MAX} activities.`, ['items']);
  return submit(tracking, scope, command, reports, false, options);
}

async function submit(
  tracking: ActivityTracking,
  scope: Scope,
  command: Command,
  reports: readonly ActivityReport[],
  single: boolean,
  { explain = false, byCustomer = false }: TrackOptions,
): Promise<Tracked> {
  assertIdempotencyKey(command.idempotencyKey);
  try {
    return await tracking.submit({
      scope,
      command,
      hash: inputHash(command.input),
      reports,
      single,
      explain,
      byCustomer,
    });
  } catch (error) {
    throw error instanceof KeyBusyError ? new IdempotencyInProgressError() : error;
  }
}
