import { maySeeLeaderboard } from '#domain/leaderboard/visibility.ts';
import { cohortPart } from '#domain/league/cohorts.ts';
import type { LEAGUE_OUTCOMES } from '#domain/league/decide.ts';
import type { LeaguePlan, Zone } from '#domain/league/plan.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import { readLeaguesOf, readResults, type LeagueResult, type LeagueStanding } from '#storage/league-store.ts';

import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { CustomerRef } from './customer.ts';
import { LeaderboardRef } from './leaderboard.ts';
import { LeagueZoneKindEnum } from './league-input.ts';
import { findOwnCustomer } from './ledger-party.ts';
import { SeasonRef } from './season.ts';

const publicSurface = { subGraphs: ['Public' as const] };
const HISTORY_MAX = 100;

const ZoneRef = builder.objectRef<Zone>('LeagueZone').implement({
  description: 'The first or last of a cohort.',
  ...publicSurface,
  fields: (t) => ({
    kind: t.field({ type: LeagueZoneKindEnum, description: 'How it is measured.', resolve: (it) => it.kind }),
    value: t.exposeInt('value', { description: 'How many, or what share in percent.' }),
  }),
});

const LeagueRef = builder.objectRef<LeaguePlan>('League').implement({
  description: 'How a leaderboard is played as a league.',
  ...publicSurface,
  fields: (t) => ({
    levels: t.stringList({
      description: 'Codes from the lowest level to the highest.',
      resolve: (it) => [...it.levels],
    }),
    cohortSize: t.exposeInt('cohortSize', { description: 'Most customers of a cohort.' }),
    promote: t.field({ type: ZoneRef, description: 'The first, who go up a level.', resolve: (it) => it.promote }),
    relegate: t.field({ type: ZoneRef, description: 'The last, who go down a level.', resolve: (it) => it.relegate }),
    idleDropMax: t.exposeInt('idleDropMax', {
      description: 'Most levels that seasons in a row without scoring cost, one each.',
    }),
  }),
});

builder.objectField(LeaderboardRef, 'league', (t) =>
  t.field({
    type: LeagueRef,
    nullable: true,
    ...publicSurface,
    description: 'Levels and cohorts of a board of the scope LEAGUE; null for others.',
    resolve: (board) => board.league,
  }),
);

const LeagueOutcomeEnum = builder.enumType('LeagueOutcome', {
  description: 'What a season did to a customer’s level.',
  ...publicSurface,
  values: {
    PROMOTED: { description: 'Up, among the first of the cohort.' },
    STAYED: { description: 'Neither.' },
    RELEGATED: { description: 'Down, among the last of the cohort.' },
    DROPPED_IDLE: { description: 'Down, for not having scored.' },
  } satisfies Record<(typeof LEAGUE_OUTCOMES)[number], object>,
});

type ShownResult = LeagueResult & { league: LeaguePlan };

const LeagueResultRef = builder.objectRef<ShownResult>('LeagueResult').implement({
  description: 'What one season did to a customer’s level.',
  ...publicSurface,
  fields: (t) => ({
    seasonKey: t.exposeString('key', { description: 'Key of the season.' }),
    position: t.exposeInt('position', {
      nullable: true,
      description: 'Place in the cohort; null for who did not play, or was not listed.',
    }),
    from: t.string({
      description: 'Code of the level before.',
      resolve: ({ league, from }) => league.levels[from] ?? '',
    }),
    to: t.string({
      description: 'Code of the level since then.',
      resolve: ({ league, to }) => league.levels[to] ?? '',
    }),
    outcome: t.field({ type: LeagueOutcomeEnum, description: 'Which way it went.', resolve: (it) => it.outcome }),
    decidedAt: t.expose('decidedAt', { type: 'DateTime', description: 'When it was decided.' }),
  }),
});

type CustomerLeague = LeagueStanding & { board: Leaderboard; league: LeaguePlan; customerId: string };

const CustomerLeagueRef = builder.objectRef<CustomerLeague>('CustomerLeague').implement({
  description: 'Where a customer stands in a league. Needs tier:read, or self:read for one’s own.',
  ...publicSurface,
  fields: (t) => ({
    leaderboard: t.field({
      type: LeaderboardRef,
      description: 'The board; its `around` shows the customer in the cohort.',
      resolve: (it) => it.board,
    }),
    level: t.string({
      description: 'Code of the level now.',
      resolve: ({ league, level }) => league.levels[Math.min(level, league.levels.length - 1)] ?? '',
    }),
    season: t.field({
      type: SeasonRef,
      nullable: true,
      description: 'The newest season that the customer has played.',
      resolve: ({ seasonId }, _args, context) => (seasonId === null ? null : context.loaders.season.load(seasonId)),
    }),
    cohort: t.string({
      nullable: true,
      description: 'The cohort in it: the name of the part of the board, such as gold:3.',
      resolve: ({ league, seatLevel, cohort }) =>
        cohort === null || seatLevel === null ? null : cohortPart(league, { level: seatLevel, cohort }),
    }),
    history: t.field({
      type: [LeagueResultRef],
      description: `What seasons did to the level, the newest first, at most ${HISTORY_MAX}.`,
      resolve: async ({ leaderboardId, customerId, league }, _args, context) => {
        const of = { leaderboardId, customerId };
        const results = await readResults(context.deps.reads, programOf(context).programId, of, HISTORY_MAX);
        return results.map((result): ShownResult => ({ ...result, league }));
      },
    }),
  }),
});

async function leaguesOf(customerId: string, context: Context): Promise<CustomerLeague[]> {
  const { programId } = programOf(context);
  const standings = await readLeaguesOf(context.deps.reads, programId, customerId);
  if (standings.length === 0) return [];
  const { leaderboardById } = await context.deps.catalogues.current(programId);
  return standings.flatMap((standing) => {
    const board = leaderboardById.get(standing.leaderboardId);
    const isShown = board !== undefined && board.league !== null && maySeeLeaderboard(context.caller, board);
    return isShown && board.league !== null ? [{ ...standing, board, league: board.league, customerId }] : [];
  });
}

builder.queryField('customerLeagues', (t) =>
  t.field({
    type: [CustomerLeagueRef],
    ...publicSurface,
    description:
      'Where a customer stands in the leagues that they have played. Empty when there is no such customer. Needs tier:read, or self:read for one’s own.',
    authScopes: { permission: ['tier:read', 'self:read'] },
    args: {
      customerId: t.arg.id({ description: 'Whose, cus_…; a customer token may leave it out.' }),
      customerExternalId: t.arg.string({ description: 'Whose, by the tenant’s own id.' }),
    },
    resolve: async (_root, named, context) => {
      const owner = await findOwnCustomer(context, named);
      return owner === null ? [] : leaguesOf(owner, context);
    },
  }),
);

builder.objectField(CustomerRef, 'leagues', (t) =>
  t.field({
    type: [CustomerLeagueRef],
    description: 'Where the customer stands in leagues. Needs tier:read.',
    authScopes: { permission: 'tier:read' },
    resolve: ({ id }, _args, context) => leaguesOf(id, context),
  }),
);
