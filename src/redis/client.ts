import { Redis, type RedisOptions } from 'ioredis';

const COMMAND_TIMEOUT_MS = 800;
const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_MAX_MS = 1_000;

/**
 * A Redis that is away is a fact to answer, not to wait for. So nothing is queued while there is no connection, nothing
 * that was sent before a break is sent again after it, and every command ends within 0.8 s. All writers are safe to repeat.
 */
const OPTIONS = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  commandTimeout: COMMAND_TIMEOUT_MS,
  connectTimeout: CONNECT_TIMEOUT_MS,
  keepAlive: 5_000,
  retryStrategy: (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 6), RECONNECT_MAX_MS),
  lazyConnect: true,
} satisfies RedisOptions;

/** Opens a connection that comes back by itself. Errors show in the commands that they concern. */
export function openRedis(url: string, name: 'commands' | 'subscriber'): Redis {
  const redis = new Redis(url, { ...OPTIONS, connectionName: `laurel-${name}` });
  // Without a listener each failed attempt to connect would be printed.
  redis.on('error', () => undefined);
  // The first attempt may fail like any other; retryStrategy goes on.
  redis.connect().catch(() => undefined);
  return redis;
}
