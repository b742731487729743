import { publicId, uuidOf } from '#domain/ids.ts';
import { scoreText } from '#domain/leaderboard/score.ts';
import type { BoardCheck, Drift } from '#src/projections/leaderboard-check.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { visibleLeaderboard } from './leaderboard.ts';
import { SeasonRef } from './season.ts';
import { BoardStateEnum, currentSeason } from './standings.ts';

/** An entry on either side, with the decimals of its board. */
type Side = { score: number | null; version: number; decimals: number };
type Check = BoardCheck & { decimals: number; previous: { checkedAt: Date; drift: number } | null };

const SideRef = builder.objectRef<Side>('LeaderboardDriftSide').implement({
  description: 'How one store holds an entry.',
  fields: (t) => ({
    score: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The score; null when the customer is off the board.',
      resolve: ({ score, decimals }) => (score === null ? null : scoreText(score, decimals)),
    }),
    version: t.int({ description: 'The entry’s own version.', resolve: (side) => side.version }),
  }),
});

const DriftRef = builder.objectRef<Drift & { decimals: number }>('LeaderboardDrift').implement({
  description: 'One entry that differs between the record and the ranked copy.',
  fields: (t) => ({
    customerId: t.id({
      description: 'The customer, cus_….',
      resolve: (drift) => publicId('Customer', drift.customerId),
    }),
    recorded: t.field({
      type: SideRef,
      nullable: true,
      description: 'On record; null when there is no entry.',
      resolve: ({ recorded, decimals }) => (recorded === null ? null : { ...recorded, decimals }),
    }),
    cached: t.field({
      type: SideRef,
      nullable: true,
      description: 'In the ranked copy; null when there is no entry.',
      resolve: ({ cached, decimals }) => (cached === null ? null : { ...cached, decimals }),
    }),
  }),
});

const PreviousRef = builder.objectRef<{ checkedAt: Date; drift: number }>('LeaderboardCheckOutcome').implement({
  description: 'The outcome of an earlier check.',
  fields: (t) => ({
    checkedAt: t.expose('checkedAt', { type: 'DateTime', description: 'When.' }),
    drift: t.exposeInt('drift', { description: 'Entries that differed.' }),
  }),
});

const LeaderboardCheckRef = builder.objectRef<Check>('LeaderboardCheck').implement({
  description:
    'A season’s ranked copy compared with the record, entry by entry. What is on its way for up to two seconds does not count.',
  fields: (t) => ({
    season: t.field({
      type: SeasonRef,
      description: 'The season that was compared.',
      resolve: (check) => check.season,
    }),
    state: t.field({
      type: BoardStateEnum,
      description: 'LIVE when there is a copy, else REBUILDING.',
      resolve: (check) => check.state,
    }),
    drift: t.exposeInt('drift', {
      description: 'Entries that differ, are missing or are too many; 0 says that the copy is the record.',
    }),
    examples: t.field({
      type: [DriftRef],
      description: 'Up to ten entries that differ.',
      resolve: ({ examples, decimals }) => examples.map((example) => ({ ...example, decimals })),
    }),
    recordedCount: t.exposeInt('recordedCount', { description: 'Customers on the board by the record.' }),
    cachedCount: t.exposeInt('cachedCount', { description: 'Customers on the board by the ranked copy.' }),
    version: t.expose('version', {
      type: 'BoardVersion',
      nullable: true,
      description: 'Version of the copy; null when there is none.',
    }),
    checkedAt: t.expose('checkedAt', { type: 'DateTime', description: 'When the comparison began.' }),
    previous: t.field({
      type: PreviousRef,
      nullable: true,
      description: 'The check before this one, within a week.',
      resolve: (check) => check.previous,
    }),
  }),
});

builder.queryField('leaderboardCheck', (t) =>
  t.field({
    type: LeaderboardCheckRef,
    nullable: true,
    description:
      'Compares a leaderboard’s ranked copy with the record, about a second for 100,000 entries. Null for an unknown board, or a season without scores. Needs leaderboard:rebuild.',
    authScopes: { permission: 'leaderboard:rebuild' },
    args: {
      id: t.arg.id({ required: true, description: 'The leaderboard, ldb_….' }),
      season: t.arg.string({ description: 'Key of a season; the current one when left out.' }),
    },
    resolve: async (_root, { id, season: key }, context) => {
      const board = await visibleLeaderboard(uuidOf('Leaderboard', String(id)) ?? '', context);
      if (board === null) return null;
      const { boards } = context.deps;
      const season =
        typeof key === 'string'
          ? await boards.season(programOf(context).programId, board.id, key)
          : await currentSeason(board, context);
      if (season === null) return null;
      const previous = await boards.lastCheck(season);
      return { ...(await boards.check(season)), decimals: board.scoreDecimals, previous };
    },
  }),
);
