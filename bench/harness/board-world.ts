import type { Bench, StartedServer } from './bench.ts';
// One small and one very large board in one program, made once a run for all goals that read boards.
import { addBoard, addSortedSet, untilLive } from './board-tables.ts';
import { addCustomers } from './customer-tables.ts';
import { createWorld, startLaurel, type World } from './laurel.ts';
import type { Stores } from './stores.ts';

export const SMALL = { code: 'small', entries: 1_000 };

export type BoardWorld = {
  world: World;
  server: StartedServer;
  large: { code: string; entries: number };
  /** Where the plain sorted sets are, by the boards' codes. */
  plainRedisUrl: string;
};

/** The goal asks for a million; a quick run makes do with a tenth. */
const LARGE_ENTRIES = 1_000_000;
const LARGE_ENTRIES_QUICK = 100_000;
const CUSTOMERS = 2_000;
const REDIS = { laurel: 6, plain: 7 };

const made = new WeakMap<Stores, Promise<BoardWorld>>();

/** The boards of this run. Laurel stays up for the goals after the first. */
export function boardWorld(bench: Bench): Promise<BoardWorld> {
  const known = made.get(bench.stores);
  if (known !== undefined) return known;
  const making = makeBoardWorld(bench);
  made.set(bench.stores, making);
  return making;
}

async function makeBoardWorld(bench: Bench): Promise<BoardWorld> {
  const large = { code: 'large', entries: bench.options.quick ? LARGE_ENTRIES_QUICK : LARGE_ENTRIES };
  const world = await createWorld(bench, 'boards', REDIS.laurel);
  await addCustomers(world, CUSTOMERS);
  const plainRedisUrl = bench.stores.redisUrl(REDIS.plain);
  for (const { code, entries } of [SMALL, large]) {
    bench.progress(`writing ${entries} entries`);
    await addBoard(world, code, entries);
    await addSortedSet(plainRedisUrl, code, entries);
  }
  const server = await startLaurel(bench, world);
  for (const { code, entries } of [SMALL, large]) {
    bench.progress(`waiting for the ranked copy of ${entries} entries`);
    await untilLive(server, world, code);
  }
  return { world, server, large, plainRedisUrl };
}
