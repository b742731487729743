import { setRankNotices } from '#app/rank-notice/set.ts';
import { RANKS_EVERY_DEFAULT, RANKS_FIRST_MAX, type RankNoticePlan } from '#domain/rank-notice/rank-notice.ts';

import { builder } from './builder.ts';
import { programOf, scopeOf } from './context.ts';
import { present, wantedUuid } from './ids.ts';
import { LeaderboardRef } from './leaderboard.ts';
import { defineMutation } from './mutation.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const RankNoticesRef = builder.objectRef<RankNoticePlan>('RankNotices').implement({
  description: 'Whom a leaderboard tells when their rank changes, and how often at most.',
  ...publicSurface,
  fields: (t) => ({
    first: t.exposeInt('first', { description: 'Those at the first so many positions.' }),
    everyMinutes: t.exposeInt('everyMinutes', { description: 'Each customer once in so many minutes.' }),
  }),
});

builder.objectField(LeaderboardRef, 'rankNotices', (t) =>
  t.field({
    type: RankNoticesRef,
    nullable: true,
    ...publicSurface,
    description: 'Whom it tells when their rank changes, by rankChanged and in the inbox; null where it tells nobody.',
    resolve: ({ id }, _args, context) => context.loaders.rankNoticePlan.load(id),
  }),
);

defineMutation('rankNoticesSet', {
  description:
    'Says whether a leaderboard tells customers when their rank changes. Only boards of the scope PROGRAM do, and only while customers see them. The first look at a season tells nobody; docs/leaderboards.md has the law. Causes leaderboard.rank_changed from then on.',
  permission: 'leaderboard:write',
  input: (t) => ({
    leaderboardId: t.id({ required: true, description: 'The leaderboard, ldb_….' }),
    first: t.int({
      description: `Who is told: those at the first so many positions, 1 to ${RANKS_FIRST_MAX}. Null tells nobody.`,
    }),
    everyMinutes: t.int({
      required: true,
      defaultValue: RANKS_EVERY_DEFAULT,
      description: `How far apart two notices to a customer are at least, 1 to 10,080 minutes; ${RANKS_EVERY_DEFAULT} by default.`,
    }),
  }),
  run: ({ leaderboardId, first, everyMinutes }, context, command) =>
    setRankNotices(context.deps, scopeOf(context), command, {
      leaderboardId: wantedUuid('Leaderboard', leaderboardId, 'leaderboard', ['leaderboardId']),
      plan: typeof first === 'number' ? { first, everyMinutes } : null,
    }),
  payload: (t) => ({
    leaderboard: t.field({
      type: LeaderboardRef,
      description: 'The board.',
      resolve: async ({ leaderboardId }, _args, context) => {
        const catalogue = await context.deps.catalogues.at(context.deps.reads, programOf(context).programId);
        return present(Promise.resolve(catalogue.leaderboardById.get(leaderboardId) ?? null));
      },
    }),
  }),
});
