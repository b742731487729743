import type { EventBody } from '#domain/events.ts';
import { builder } from '#schema/builder.ts';
import { programOf, type Context } from '#schema/context.ts';
import { LeaderboardRef, visibleLeaderboard } from '#schema/leaderboard.ts';
import { StreamItemRef, type StreamMark } from '#schema/stream-item.ts';
import { readKnownRanks, type KnownRank } from '#storage/rank-notice-store.ts';

import { createCustomerStream, requireOwnCustomer, streamArgs, type StreamPlan } from './customer-stream.ts';

type RankStep = Extract<EventBody, { type: 'leaderboard.rank_changed' }>;
type RankItem = { step: RankStep | null; ranks: readonly KnownRank[] };

const RankStepRef = builder.objectRef<RankStep>('RankStep').implement({
  description: 'A customer’s rank on a leaderboard is another one than it was told last.',
  subGraphs: ['Public'],
  fields: (t) => ({
    leaderboard: t.field({
      type: LeaderboardRef,
      nullable: true,
      description: 'The leaderboard; null where the caller may not see it any more.',
      resolve: ({ leaderboardId }, _args, context) => visibleLeaderboard(leaderboardId, context),
    }),
    code: t.exposeString('leaderboard', { description: 'Its code.' }),
    season: t.exposeString('season', { description: 'Key of the season.' }),
    from: t.exposeInt('from', {
      nullable: true,
      description: 'The rank that was told last; null: behind those who are told.',
    }),
    to: t.exposeInt('to', {
      nullable: true,
      description: 'The rank when it was looked at; null: behind those who are told.',
    }),
  }),
});

const KnownRankRef = builder.objectRef<KnownRank>('KnownRank').implement({
  description: 'What a customer knows of its rank on a leaderboard that tells ranks.',
  subGraphs: ['Public'],
  fields: (t) => ({
    leaderboard: t.field({
      type: LeaderboardRef,
      nullable: true,
      description: 'The leaderboard; null where the caller may not see it any more.',
      resolve: ({ leaderboardId }, _args, context) => visibleLeaderboard(leaderboardId, context),
    }),
    season: t.exposeString('season', { description: 'Key of the season.' }),
    rank: t.exposeInt('rank', { nullable: true, description: 'The rank; null: behind those who are told.' }),
    toldAt: t.expose('toldAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was told; null for the one of the first look, which tells nobody.',
    }),
  }),
});

const RankChangeRef = builder.objectRef<RankItem & StreamMark>('RankChange').implement({
  description: 'One item of rankChanged.',
  subGraphs: ['Public'],
  interfaces: [StreamItemRef],
  fields: (t) => ({
    step: t.field({
      type: RankStepRef,
      nullable: true,
      description: 'The change; null on a snapshot.',
      resolve: (it) => it.step,
    }),
    ranks: t.field({
      type: [KnownRankRef],
      description: 'On a snapshot what the customer knows of its ranks on running boards; none else.',
      resolve: (it) => [...it.ranks],
    }),
  }),
});

builder.subscriptionField('rankChanged', (t) =>
  t.field({
    type: RankChangeRef,
    description:
      'A customer’s ranks on the leaderboards that tell them (Leaderboard.rankNotices): first what is known, then every notice, in order, each once and none left out. A board tells a customer once in so many minutes, 15 by default; whoever wants every move follows leaderboardChanged. Needs customer:read, or self:read for one’s own.',
    subGraphs: ['Public'],
    authScopes: { permission: ['customer:read', 'self:read'] },
    args: streamArgs,
    subscribe: async (_root, { after, ...named }, context) => {
      const customerId = await requireOwnCustomer(context, named);
      return createCustomerStream(context, customerId, after, planOf(context, customerId));
    },
    resolve: (change) => change,
  }),
);

function planOf(context: Context, customerId: string): StreamPlan<RankItem> {
  const { programId } = programOf(context);
  return {
    name: 'rankChanged',
    snapshot: async () => ({ step: null, ranks: await readKnownRanks(context.deps.reads, programId, customerId) }),
    item: (event) => (event.type === 'leaderboard.rank_changed' ? { step: event, ranks: [] } : null),
  };
}
