// All that a test's stores hold, for laws that say that something leaves no trace.
import { createHash } from 'node:crypto';

import type { Deps } from '#src/deps.ts';

/** Every table with all its rows, and every sequence, as one hash each. */
export async function wholeDatabase(deps: Deps): Promise<Record<string, string>> {
  const tables = await deps.reads.query<{ name: string; kind: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name, c.relkind as kind from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'S', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and not c.relispartition`,
  );
  const hashes: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await deps.reads.query<{ hash: string }>(
      `select count(*) || ':' || coalesce(md5(string_agg(row(t.*)::text, '|' order by row(t.*)::text)), '') as hash from ${name} t`,
    );
    hashes[name] = row?.hash ?? '';
  }
  return hashes;
}

/** Every key of Redis with a hash of its value. */
export async function wholeRedis(deps: Deps): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const key of (await deps.redis.keys('*')).toSorted())
    hashes[key] = createHash('sha256')
      .update((await deps.redis.dumpBuffer(key)) ?? '')
      .digest('hex');
  return hashes;
}
