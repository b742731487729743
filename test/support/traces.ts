// Where words are found in a test's stores: in any column of any row, and in any key or value of Redis.
import type { Deps } from '#src/deps.ts';

/** The tables, and the keys of Redis, that hold one of the words in any spelling, each with an example. */
export async function tracesOf(deps: Deps, words: readonly string[]): Promise<Record<string, string>> {
  return { ...(await tracesInDatabase(deps, words)), ...(await tracesInRedis(deps, words)) };
}

async function tracesInDatabase(deps: Deps, words: readonly string[]): Promise<Record<string, string>> {
  const tables = await deps.reads.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and not c.relispartition`,
  );
  const patterns = words.map((word) => `%${word}%`);
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await deps.reads.query<{ text: string }>(
      `select row(t.*)::text as text from ${name} t where row(t.*)::text ilike any($1) limit 1`,
      [patterns],
    );
    if (row !== undefined) found[name] = row.text;
  }
  return found;
}

async function tracesInRedis({ redis }: Deps, words: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const key of await redis.keys('*')) {
    const type = await redis.type(key);
    const value =
      type === 'string'
        ? await redis.get(key)
        : type === 'hash'
          ? await redis.hgetall(key)
          : type === 'zset'
            ? await redis.zrevrange(key, 0, -1)
            : type;
    const text = `${key} ${JSON.stringify(value)}`.toLowerCase();
    if (words.some((word) => text.includes(word.toLowerCase()))) found[key] = text;
  }
  return found;
}
