import { STREAMS, type StreamName } from '#domain/stream/telling.ts';

/**
 * Every live channel and what travels on it, once. A message holds ids and versions, never rows: whoever receives it reads
 * what is committed, with their own permissions. Messages may repeat, come late or get lost; every reader stands that.
 */
export type Channels = {
  /** Something moved on one leaderboard. */
  board: {
    of: { programId: string; leaderboardId: string };
    message: { seasonId: string; version: number };
  };
  /** There is something new in streams of one customer, to be read from their log. */
  customer: {
    of: { programId: string; customerId: string };
    message: { streams: StreamName[] };
  };
  /** A season of one leaderboard has come further. */
  season: { of: { programId: string; leaderboardId: string }; message: { seasonId: string } };
  /** A shared goal of a team, or of the community, whose owner is the program, has come further. */
  goal: { of: { programId: string; ownerId: string }; message: { runId: string } };
  /** A back-test has come further, or to its end. */
  backtest: { of: { programId: string; runId: string }; message: Readonly<Record<string, never>> };
  /** A key, a customer's tokens or an identity provider ends, now or at `endsAt`: whoever came with it must go. */
  revoked: {
    of: null;
    message: {
      programId: string;
      keyId: string | null;
      customerId: string | null;
      providerId: string | null;
      endsAt: string | null;
    };
  };
};

export type ChannelKind = keyof Channels;
export type ChannelOf<Kind extends ChannelKind> = Channels[Kind]['of'];
export type MessageOf<Kind extends ChannelKind> = Channels[Kind]['message'];

/** One message on its way. */
export type Announcement = {
  [Kind in ChannelKind]: { kind: Kind; of: ChannelOf<Kind>; message: MessageOf<Kind> };
}[ChannelKind];

type ChannelRules = {
  [Kind in ChannelKind]: {
    name: (of: ChannelOf<Kind>) => string;
    /** The message in what was received, or null when it is none: anybody may publish anything. */
    read: (value: Readonly<Record<string, unknown>>) => MessageOf<Kind> | null;
  };
};

/** How channels are called, and how what arrives on them is checked. */
export const CHANNELS: ChannelRules = {
  board: {
    name: ({ programId, leaderboardId }) => `laurel:live:${programId}:board:${leaderboardId}`,
    read: ({ seasonId, version }) => (isText(seasonId) && typeof version === 'number' ? { seasonId, version } : null),
  },
  customer: {
    name: ({ programId, customerId }) => `laurel:live:${programId}:customer:${customerId}`,
    read: ({ streams }) =>
      Array.isArray(streams) ? { streams: STREAMS.filter((stream) => streams.includes(stream)) } : null,
  },
  season: {
    name: ({ programId, leaderboardId }) => `laurel:live:${programId}:season:${leaderboardId}`,
    read: ({ seasonId }) => (isText(seasonId) ? { seasonId } : null),
  },
  goal: {
    name: ({ programId, ownerId }) => `laurel:live:${programId}:goal:${ownerId}`,
    read: ({ runId }) => (isText(runId) ? { runId } : null),
  },
  backtest: {
    name: ({ programId, runId }) => `laurel:live:${programId}:backtest:${runId}`,
    read: () => ({}),
  },
  revoked: {
    name: () => 'laurel:live:revoked',
    read: ({ programId, keyId, customerId, providerId, endsAt }) =>
      isText(programId)
        ? {
            programId,
            keyId: textOrNull(keyId),
            customerId: textOrNull(customerId),
            providerId: textOrNull(providerId),
            endsAt: textOrNull(endsAt),
          }
        : null,
  },
};

const ID_LENGTH_MAX = 64;

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= ID_LENGTH_MAX;
}

function textOrNull(value: unknown): string | null {
  return isText(value) ? value : null;
}
