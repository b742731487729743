import type { Logger } from 'pino';

import type { DomainEvent } from '#domain/events.ts';
import type { BadgeStore, HeldBadges } from '#redis/badge-store.ts';
import { listAwardedBadges, nextAwarded, readHeldOf } from '#storage/badge-shelf-store.ts';
import type { OutboxRow } from '#storage/outbox-store.ts';
import type { Statements } from '#storage/postgres.ts';

const PAGE = 500;

type ProjectionDeps = { reads: Statements; store: BadgeStore; log: Logger };

/** Derives feed, shelves and holders from what was awarded. Handing it the same events again changes nothing. */
export type BadgeProjection = {
  /** Writes what the customers of these events hold now. Throws when a store is away: then hand it the rows again. */
  project(rows: readonly OutboxRow[]): Promise<void>;
  /** Begins to build the copies of all programs that are not in Redis, beside the relaying. */
  restore(): void;
  /** Resolves when nothing is being built any more. */
  idle(): Promise<void>;
  /** Builds the copies of one program anew; a customer whose badges change meanwhile is written again. */
  rebuild(programId: string, badgeIds: readonly string[]): Promise<number>;
};

type Touched = Map<string, { badgeIds: Set<string>; awardIds: Set<string> }>;

export function createBadgeProjection(deps: ProjectionDeps): BadgeProjection {
  const { store } = deps;
  // While a program is rebuilt, who changed meanwhile is written once more before the copies count as complete.
  const rebuilding = new Map<string, Touched>();

  async function rebuild(programId: string, badgeIds: readonly string[]): Promise<number> {
    const touched: Touched = new Map();
    rebuilding.set(programId, touched);
    try {
      await store.setReady(programId, false);
      await store.clear(programId, badgeIds);
      let customers = 0;
      for (let ids = await nextAwarded(deps.reads, programId, null, PAGE); ids.length > 0;) {
        await store.put(programId, await readHeld(deps.reads, programId, ids, new Map()));
        customers += ids.length;
        ids = await nextAwarded(deps.reads, programId, ids.at(-1) ?? null, PAGE);
      }
      while (touched.size > 0) {
        const again = new Map(touched);
        touched.clear();
        await store.put(programId, await readHeld(deps.reads, programId, [...again.keys()], again));
      }
      await store.setReady(programId, true);
      return customers;
    } finally {
      rebuilding.delete(programId);
    }
  }

  const running = new Set<Promise<void>>();

  /** Builds what is missing, of one program or of all; a failure is made up for by the next event or leader. */
  function restoreSoon(only: string | null): void {
    const work = restoreMissing(only)
      .catch((error: unknown) => deps.log.warn({ err: error }, 'the shelves of badges could not be rebuilt'))
      .finally(() => running.delete(work));
    running.add(work);
  }

  async function restoreMissing(only: string | null): Promise<void> {
    for (const { programId, badgeIds } of await listAwardedBadges(deps.reads, only)) {
      if (rebuilding.has(programId) || (await store.isReady(programId))) continue;
      const customers = await rebuild(programId, badgeIds);
      deps.log.info({ programId, customers }, 'the shelves of badges were rebuilt');
    }
  }

  return {
    rebuild,
    restore: () => restoreSoon(null),
    idle: async () => void (await Promise.all(running)),
    async project(rows) {
      for (const [programId, touched] of touchedBy(rows)) {
        const building = rebuilding.get(programId);
        for (const [customerId, { badgeIds, awardIds }] of touched) {
          const known = building?.get(customerId);
          building?.set(customerId, {
            badgeIds: new Set([...(known?.badgeIds ?? []), ...badgeIds]),
            awardIds: new Set([...(known?.awardIds ?? []), ...awardIds]),
          });
        }
        await store.put(programId, await readHeld(deps.reads, programId, [...touched.keys()], touched));
        if (building === undefined && !(await store.isReady(programId))) restoreSoon(programId);
      }
    },
  };
}

async function readHeld(
  reads: Statements,
  programId: string,
  customerIds: readonly string[],
  touched: ReadonlyMap<string, { badgeIds: ReadonlySet<string>; awardIds: ReadonlySet<string> }>,
): Promise<HeldBadges[]> {
  const awards = Map.groupBy(await readHeldOf(reads, programId, customerIds), ({ customerId }) => customerId);
  return customerIds.map((customerId) => {
    const { badgeIds = [], awardIds = [] } = touched.get(customerId) ?? {};
    return {
      customerId,
      awards: awards.get(customerId) ?? [],
      gone: { badgeIds: [...badgeIds], awardIds: [...awardIds] },
    };
  });
}

function touchedBy(rows: readonly OutboxRow[]): Map<string, Touched> {
  const programs = new Map<string, Touched>();
  for (const { programId, events } of rows) {
    for (const event of events) {
      if (!isOfBadges(event) && event.type !== 'customer.erased') continue;
      const touched: Touched = programs.get(programId) ?? new Map();
      programs.set(programId, touched);
      const one = touched.get(event.customerId) ?? { badgeIds: new Set<string>(), awardIds: new Set<string>() };
      touched.set(event.customerId, one);
      for (const badgeId of 'badgeIds' in event ? event.badgeIds : [event.badgeId]) one.badgeIds.add(badgeId);
      if ('awardIds' in event) for (const awardId of event.awardIds) one.awardIds.add(awardId);
      if ('awardId' in event) one.awardIds.add(event.awardId);
    }
  }
  return programs;
}

type BadgeEvent = Extract<DomainEvent, { customerId: string; badgeId: string }>;

function isOfBadges(event: DomainEvent): event is BadgeEvent {
  return event.type.startsWith('badge.');
}

/** Compares the copies of a program with the record, and gives how many customers or badges differ. */
export async function countDrift(reads: Statements, store: BadgeStore, programId: string, badgeIds: readonly string[]) {
  let drift = 0;
  const holders = new Map(badgeIds.map((id) => [id, 0]));
  for (let ids = await nextAwarded(reads, programId, null, PAGE); ids.length > 0;) {
    const held = Map.groupBy(await readHeldOf(reads, programId, ids), ({ customerId }) => customerId);
    for (const customerId of ids) {
      const awards = held.get(customerId) ?? [];
      for (const badgeId of new Set(awards.map((award) => award.badgeId)))
        holders.set(badgeId, (holders.get(badgeId) ?? 0) + 1);
      const shelf = await store.shelf(programId, customerId, awards.length + 1);
      const expected = new Set(awards.map(({ id }) => id));
      if (shelf.length !== expected.size || shelf.some(({ id }) => !expected.has(id))) drift += 1;
    }
    ids = await nextAwarded(reads, programId, ids.at(-1) ?? null, PAGE);
  }
  for (const [badgeId, count] of holders) if ((await store.holders(programId, badgeId, 0)).count !== count) drift += 1;
  return drift;
}
