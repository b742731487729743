import { randomInt } from 'node:crypto';

import type { Redis } from 'ioredis';
import { pino } from 'pino';

import { createActivityTracking, type ActivityTracking } from '#app/activity/track.ts';
import { createCallerCache } from '#app/caller/cache.ts';
import { createKeySets } from '#app/identity-provider/key-sets.ts';
import { createTurns } from '#app/ledger/turns.ts';
import { createCatalogues } from '#app/program/catalogues.ts';
import { createRecaps, type Recaps } from '#app/recap/recaps.ts';
import type { AppDeps } from '#app/transaction.ts';
import type { PrismaClient } from '#prisma';
import { createBadgeStore } from '#redis/badge-store.ts';
import { openRedis } from '#redis/client.ts';
import { createBoardStore } from '#redis/leaderboard-store.ts';
import { createRecentViewStore } from '#redis/recent-view-store.ts';
import { createRelayPulse } from '#redis/relay-pulse.ts';
import { openPostgres, statementsOf, type Statements } from '#storage/postgres.ts';
import { openPrisma } from '#storage/prisma.ts';
import { createBoardFeeds, type BoardFeeds } from '#subscriptions/board-feed.ts';
import { createCustomerFeeds, type CustomerFeeds } from '#subscriptions/customer-feed.ts';
import { createLive, type Live } from '#subscriptions/pubsub.ts';

import type { Config } from './config.ts';
import { createIdSource } from './new-id.ts';
import { createPublicFetch } from './outbound/public-fetch.ts';
import { createBadgeReader, type BadgeReader } from './projections/badge-reader.ts';
import { createDisplayNames, type DisplayNames } from './projections/display-names.ts';
import { createBoardReader, type BoardReader } from './projections/leaderboard-reader.ts';
import { createRecentViews, type RecentViews } from './projections/recent-views.ts';

/** The composition root's product: everything that the API and the worker hold open. */
export type Deps = AppDeps & {
  config: Config;
  prisma: PrismaClient;
  /** Reads outside a transaction. */
  reads: Statements;
  /** The way of activities into this process; concurrent calls gather in it. */
  tracking: ActivityTracking;
  /** Commands to Redis; they fail within a second while it is away. */
  redis: Redis;
  /** What is announced to this process, and through it to everybody who watches. */
  live: Live;
  boards: BoardReader;
  /** Customers' years and seasons at a glance. */
  recaps: Recaps;
  /** Who was awarded what, in order. */
  badges: BadgeReader;
  /** What readers of boards were shown a moment ago. */
  recentViews: RecentViews;
  displayNames: DisplayNames;
  boardFeeds: BoardFeeds;
  customerFeeds: CustomerFeeds;
  close: () => Promise<void>;
};

/** Opens the stores and wires the use cases' needs. Tests pass their own clock. */
export function createDeps(config: Config, clock: () => Date = () => new Date()): Deps {
  const log = pino({ level: config.logLevel, base: null });
  const postgres = openPostgres(config.databaseUrl, config.databasePool, config.databaseWaitMs);
  const prisma = openPrisma(config.databaseUrl, Math.max(2, Math.floor(config.databasePool / 2)));
  const reads = statementsOf(postgres);
  const deps: AppDeps = {
    log,
    postgres,
    clock,
    newId: createIdSource(),
    chance: (below) => randomInt(below),
    catalogues: createCatalogues(reads, clock),
    turns: createTurns(),
    callers: createCallerCache(),
    keySets: createKeySets(createPublicFetch()),
    tokenKey: new TextEncoder().encode(config.tokenSecret),
  };
  const tracking = createActivityTracking(deps);
  const redis = openRedis(config.redisUrl, 'commands');
  const live = createLive(redis, openRedis(config.redisUrl, 'subscriber'), log);
  const store = createBoardStore(redis);
  const boards = createBoardReader({ reads, store, pulse: createRelayPulse(redis), log, clock });
  return {
    ...deps,
    config,
    prisma,
    reads,
    tracking,
    redis,
    live,
    boards,
    recaps: createRecaps({ reads, catalogues: deps.catalogues, log }),
    badges: createBadgeReader({ reads, store: createBadgeStore(redis), pulse: createRelayPulse(redis), log }),
    recentViews: createRecentViews(createRecentViewStore(redis)),
    boardFeeds: createBoardFeeds({ live, boards, clock, log }),
    customerFeeds: createCustomerFeeds({ live, reads, log }),
    displayNames: createDisplayNames(reads),
    close: async () => {
      await tracking.drain();
      live.close();
      redis.disconnect();
      await prisma.$disconnect();
      await postgres.end();
    },
  };
}
