import type { Redis } from 'ioredis';

import { RELAY_EPOCH_KEY, RELAY_PULSE_KEY } from './keys.ts';

const PULSE_LIFETIME_MS = 5_000;

/** Tells how far the relay has come, and whether Redis still is the one that it wrote to. */
export type RelayPulse = ReturnType<typeof createRelayPulse>;

export function createRelayPulse(redis: Redis) {
  return {
    /** Says that everything committed until then is applied. Silence for five seconds says that it may not be. */
    async beat(until: Date): Promise<void> {
      await redis.set(RELAY_PULSE_KEY, until.toISOString(), 'PX', PULSE_LIFETIME_MS);
    },

    /** Up to when everything is applied; null when the relay is behind or stands still. */
    async last(): Promise<Date | null> {
      const until = await redis.get(RELAY_PULSE_KEY);
      return until === null ? null : new Date(until);
    },

    /** Marks this Redis as known; true when it was not, because it is new or has been emptied. */
    async claim(now: Date): Promise<boolean> {
      return (await redis.set(RELAY_EPOCH_KEY, now.toISOString(), 'NX')) === 'OK';
    },
  };
}
