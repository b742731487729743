import { LRUCache } from 'lru-cache';

import type { Statements } from '#storage/postgres.ts';

/**
 * The names by which others know customers (display name, alias, or none, as they chose) and teams, by program and id, a few
 * seconds old at most, so that a busy board asks the record for none.
 */
export type DisplayNames = {
  /** Null for a customer without a name. At once where it is known, so that long lists need no turn of the event loop. */
  of(programId: string, customerId: string): Promise<string | null> | string | null;
};

const REMEMBERED_MS = 5_000;
const REMEMBERED_MAX = 50_000;

export function createDisplayNames(reads: Statements): DisplayNames {
  const names = new LRUCache<string, { name: Promise<string | null> | string | null }>({
    max: REMEMBERED_MAX,
    ttl: REMEMBERED_MS,
  });
  const gathering = new Map<string, Map<string, (name: Promise<string | null>) => void>>();

  /** Asks for all names that were wanted in the same turn of the event loop with one statement a program. */
  function flush(): void {
    for (const [programId, wanted] of gathering) {
      const found = readNames(reads, programId, [...wanted.keys()]);
      for (const [customerId, answer] of wanted) answer(found.then((name) => name.get(customerId) ?? null));
    }
    gathering.clear();
  }

  return {
    of(programId, customerId) {
      const key = `${programId} ${customerId}`;
      const known = names.get(key);
      if (known !== undefined) return known.name;
      if (gathering.size === 0) setImmediate(flush);
      const wanted = gathering.get(programId) ?? new Map<string, (name: Promise<string | null>) => void>();
      gathering.set(programId, wanted);
      const { promise, resolve } = Promise.withResolvers<string | null>();
      wanted.set(customerId, resolve);
      names.set(key, { name: promise });
      // A failed read is not remembered.
      promise.then(
        (name) => void names.set(key, { name }),
        () => void names.delete(key),
      );
      return promise;
    },
  };
}

async function readNames(
  reads: Statements,
  programId: string,
  ids: readonly string[],
): Promise<Map<string, string | null>> {
  const rows = await reads.query<{ id: string; name: string | null }>(
    `/* display-names */ select c.id, case p.appearance when 'ALIAS' then p.alias when 'ANONYMOUS' then null else c.display_name end as name
     from customer c left join board_privacy p on p.program_id = c.program_id and p.customer_id = c.id
     where c.program_id = $1 and c.id = any($2)
     union all
     select id, name from team where program_id = $1 and id = any($2)`,
    [programId, ids],
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}
