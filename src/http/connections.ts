import type { Caller } from '#domain/caller.ts';

/** Why a live connection ends from our side. */
export type Ending = 'REVOKED' | 'EXPIRED' | 'GOING_AWAY' | 'STALLED';

/** A websocket or an event stream that stays open for one caller. */
export type LiveConnection = {
  caller: Caller;
  close: (ending: Ending) => void;
  /** Asks again who this is. Gives false when the key or token no longer counts, true also when nobody can tell. */
  isStillWelcome: () => Promise<boolean>;
};

/** All live connections of this process. */
export type LiveConnections = {
  /** Registers a connection and ends it when its caller's key or token expires. The result takes it off the register. */
  add(connection: LiveConnection): () => void;
  /** Ends the connections of callers who have lost their right to be here. Gives their number. */
  closeWhere(predicate: (caller: Caller) => boolean): number;
  /** Lets the connections of callers end at an instant, whatever their key or token said before. Gives their number. */
  expireWhere(predicate: (caller: Caller) => boolean, at: Date): number;
  /** Asks for every caller again, and ends the connections of those who are no longer welcome. */
  recheck(): Promise<void>;
  /** Ends all, because the process does. */
  closeAll(): void;
  size(): number;
};

/** Timers take at most 2^31−1 ms; a key may be valid for longer. */
const TIMER_MAX_MS = 2_000_000_000;

export function createLiveConnections(clock: () => Date): LiveConnections {
  const connections = new Set<LiveConnection>();
  const timers = new Map<LiveConnection, NodeJS.Timeout>();
  let rechecking = false;

  const awaitExpiry = (connection: LiveConnection): void => {
    const { expiresAt } = connection.caller;
    if (expiresAt === null) return;
    const leftMs = expiresAt.getTime() - clock().getTime();
    const onTime = (): void => (leftMs > TIMER_MAX_MS ? awaitExpiry(connection) : connection.close('EXPIRED'));
    timers.set(connection, setTimeout(onTime, Math.min(Math.max(0, leftMs), TIMER_MAX_MS)).unref());
  };

  return {
    add(connection) {
      connections.add(connection);
      awaitExpiry(connection);
      return () => {
        connections.delete(connection);
        clearTimeout(timers.get(connection));
        timers.delete(connection);
      };
    },
    closeWhere(predicate) {
      const concerned = [...connections].filter((connection) => predicate(connection.caller));
      for (const connection of concerned) connection.close('REVOKED');
      return concerned.length;
    },
    expireWhere(predicate, at) {
      const concerned = [...connections].filter((connection) => predicate(connection.caller));
      for (const connection of concerned) {
        clearTimeout(timers.get(connection));
        connection.caller = { ...connection.caller, expiresAt: at };
        awaitExpiry(connection);
      }
      return concerned.length;
    },
    async recheck() {
      if (rechecking) return;
      rechecking = true;
      try {
        // One after the other: this is not urgent, and there may be thousands.
        for (const connection of connections) if (!(await connection.isStillWelcome())) connection.close('REVOKED');
      } finally {
        rechecking = false;
      }
    },
    closeAll() {
      for (const connection of connections) connection.close('GOING_AWAY');
    },
    size: () => connections.size,
  };
}
