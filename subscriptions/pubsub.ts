import type { Redis } from 'ioredis';
import type { Logger } from 'pino';

import { CHANNELS, type Announcement, type ChannelKind, type ChannelOf, type MessageOf } from './channels.ts';

/** Somebody who listens; `stop` may be called twice. */
export type Listening = {
  /** Resolves once messages arrive, or false when Redis is away: then `onReset` tells when to read again. */
  ready: Promise<boolean>;
  stop: () => void;
};

/** The process's share in what is announced: one subscription a channel, whatever the number of listeners. */
export type Live = {
  listen<Kind extends ChannelKind>(
    kind: Kind,
    of: ChannelOf<Kind>,
    onMessage: (message: MessageOf<Kind>) => void,
  ): Listening;
  /**
   * Calls back whenever messages may have been lost: Redis came back, or has been away for some seconds more. Readers then
   * read what is committed.
   */
  onReset(onReset: () => void): () => void;
  /** Sends to all processes. While Redis is away only this process's listeners hear it, and the promise rejects. */
  announce(announcements: readonly Announcement[]): Promise<void>;
  close(): void;
};

const MESSAGE_LENGTH_MAX = 4_096;
const CHECK_EVERY_MS = 2_000;

type Listener = (value: Readonly<Record<string, unknown>>) => void;

/** A channel that somebody of this process listens to. `ready` is told to all of them. */
type OpenChannel = { listeners: Set<Listener>; ready: Promise<boolean> };

/** Pub/sub over two connections: one that only listens, and the process's own for sending. */
export function createLive(redis: Redis, subscriber: Redis, log: Logger): Live {
  const channels = new Map<string, OpenChannel>();
  const resets = new Set<() => void>();

  function deliver(channel: string, value: Readonly<Record<string, unknown>>): void {
    for (const listener of channels.get(channel)?.listeners ?? []) {
      try {
        listener(value);
      } catch (error) {
        log.error({ err: error, channel }, 'a live listener failed');
      }
    }
  }

  subscriber.on('message', (channel: string, text: string) => {
    const value = parsed(text);
    if (value === null) log.warn({ channel, length: text.length }, 'what came on a live channel is no message');
    else deliver(channel, value);
  });
  const connection = keepConnected(subscriber, channels, () => resets.forEach((onReset) => onReset()));

  return {
    listen(kind, of, onMessage) {
      const channel = CHANNELS[kind].name(of);
      const listener: Listener = (value) => {
        const message = CHANNELS[kind].read(value);
        if (message === null) log.warn({ channel }, 'a live message has the wrong shape');
        else onMessage(message);
      };
      const open = channels.get(channel) ?? { listeners: new Set(), ready: connection.subscribe(channel) };
      channels.set(channel, open);
      open.listeners.add(listener);
      return {
        ready: open.ready,
        stop: () => {
          if (!open.listeners.delete(listener) || open.listeners.size > 0) return;
          channels.delete(channel);
          connection.unsubscribe(channel);
        },
      };
    },
    onReset(onReset) {
      resets.add(onReset);
      return () => resets.delete(onReset);
    },
    async announce(announcements) {
      if (announcements.length === 0) return;
      const messages = announcements.map(addressed);
      try {
        await publishAll(redis, messages);
      } catch (error) {
        for (const { channel, message } of messages) deliver(channel, message);
        throw error;
      }
    },
    close: () => connection.close(),
  };
}

type Addressed = { channel: string; message: Readonly<Record<string, unknown>> };

async function publishAll(redis: Redis, messages: readonly Addressed[]): Promise<void> {
  const pipeline = redis.pipeline();
  for (const { channel, message } of messages) pipeline.publish(channel, JSON.stringify(message));
  const results = (await pipeline.exec()) ?? [];
  const failure = results.find(([error]) => error !== null)?.[0];
  if (failure) throw failure;
}

/** Keeps the listening connection on the wanted channels, and calls `reset` whenever it may have missed something. */
function keepConnected(subscriber: Redis, channels: ReadonlyMap<string, OpenChannel>, reset: () => void) {
  let connected = false;
  // A connection that comes back has forgotten what it listened to.
  subscriber.on('ready', () => {
    connected = true;
    if (channels.size === 0) return;
    subscriber.subscribe(...channels.keys()).then(reset, () => subscriber.disconnect(true));
  });
  subscriber.on('close', () => {
    connected = false;
  });
  // A server that hangs keeps its connections: only an answer tells that it lives.
  const check = setInterval(() => {
    if (channels.size === 0) return;
    if (!connected) return reset();
    subscriber.ping().catch(() => {
      reset();
      subscriber.disconnect(true);
    });
  }, CHECK_EVERY_MS);
  check.unref();

  return {
    async subscribe(channel: string): Promise<boolean> {
      if (!connected) return false;
      return subscriber.subscribe(channel).then(
        () => true,
        () => false,
      );
    },
    unsubscribe(channel: string): void {
      if (connected) subscriber.unsubscribe(channel).catch(() => undefined);
    },
    close(): void {
      clearInterval(check);
      subscriber.disconnect();
    },
  };
}

/** The channel of an announcement and what goes onto it. */
function addressed(announcement: Announcement): Addressed {
  switch (announcement.kind) {
    case 'board':
      return { channel: CHANNELS.board.name(announcement.of), message: announcement.message };
    case 'customer':
      return { channel: CHANNELS.customer.name(announcement.of), message: announcement.message };
    case 'season':
      return { channel: CHANNELS.season.name(announcement.of), message: announcement.message };
    case 'goal':
      return { channel: CHANNELS.goal.name(announcement.of), message: announcement.message };
    case 'backtest':
      return { channel: CHANNELS.backtest.name(announcement.of), message: announcement.message };
    case 'revoked':
      return { channel: CHANNELS.revoked.name(announcement.of), message: announcement.message };
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  if (text.length > MESSAGE_LENGTH_MAX) return null;
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
