import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { Redis } from 'ioredis';

/** One atomic operation, kept as a Lua file in `scripts/` whose head is its contract. */
export type Script = (redis: Redis, keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>;

const sourceOf = (name: string): string => readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');

/**
 * Loads a script by its file name, behind the file that it shares with others, if any. It is sent by its hash, and whole
 * where Redis does not know it yet.
 */
export function loadScript(name: string, shared: string | null = null): Script {
  const source = (shared === null ? '' : `${sourceOf(shared)}\n`) + sourceOf(name);
  const hash = createHash('sha1').update(source).digest('hex');
  return async (redis, keys, args) => {
    try {
      return await redis.evalsha(hash, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.eval(source, keys.length, ...keys, ...args);
    }
  };
}
