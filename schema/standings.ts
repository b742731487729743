import { uuidOf } from '#domain/ids.ts';
import type { BoardState, BoardView, BoardWindow } from '#domain/leaderboard/standing.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import type { Season } from '#storage/leaderboard-store.ts';

import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import {
  badUserInput,
  connectionOf,
  connectionType,
  isIntegerKey,
  pageArgs,
  PAGE_MAX,
  readPage,
  type Connection,
  type PageArgs,
} from './paging.ts';
import { rowsOf, StandingRef, type StandingRow } from './standing.ts';

/** A board stands for its current season, a season for itself. */
export type StandingsSource = Leaderboard | Season;
/** What is ranked: a board's season, or null where nothing has been scored yet. */
type Ranked = { programId: string; board: Leaderboard; season: Season | null; askedAt: Date };

export const RADIUS_MAX = 50;
const TOP_DEFAULT = 10;
const RADIUS_DEFAULT = 5;

/** The season that a board is in now, by the program's clock; null when nothing has been scored in it. */
export async function currentSeason(board: Leaderboard, context: Context): Promise<Season | null> {
  return (await context.loaders.currentSeason.load(board)).season;
}

async function rankedOf(source: StandingsSource, context: Context): Promise<Ranked> {
  const { programId } = programOf(context);
  if ('metric' in source) return { programId, board: source, ...(await context.loaders.currentSeason.load(source)) };
  const board = (await context.deps.catalogues.current(programId)).leaderboardById.get(source.leaderboardId);
  if (board === undefined) throw new Error('a season belongs to a board');
  return { programId, board, season: source, askedAt: context.deps.clock() };
}

/** The moment that a board is at: where nothing has been scored, an empty one. */
async function viewOf(source: StandingsSource, context: Context): Promise<Omit<BoardView, 'windows'>> {
  const { season, askedAt } = await rankedOf(source, context);
  if (season === null) return { state: 'LIVE', version: 0, asOf: askedAt, size: 0 };
  return (await context.loaders.standings.load({ season, window: null })).view;
}

async function windowOf(source: StandingsSource, window: BoardWindow, context: Context): Promise<StandingRow[]> {
  const { board, season, programId } = await rankedOf(source, context);
  if (season === null) return [];
  const { standings } = await context.loaders.standings.load({ season, window });
  return rowsOf(standings, { programId, scoreDecimals: board.scoreDecimals });
}

/** The customer that an argument names, or the one who calls; null for an id that names nobody. */
export function wantedCustomer(id: string | number | null | undefined, context: Context): string | null {
  if (id !== null && id !== undefined) return uuidOf('Customer', String(id));
  if (context.caller.kind === 'CUSTOMER') return context.caller.customerId;
  throw badUserInput('Give customerId: only a customer token has one of its own.');
}

/** An integer argument within its bounds. Throws BAD_USER_INPUT. */
export function bounded(name: string, value: number, min: number, max: number): number {
  if (value < min || value > max) throw badUserInput(`${name} is ${min} to ${max}.`);
  return value;
}

/** One page by position. `from` and `to` are positions from 0, `to` exclusive: what the cursors leave. */
async function pageOf(source: StandingsSource, args: PageArgs, context: Context): Promise<Connection<StandingRow>> {
  const { board, season } = await rankedOf(source, context);
  const page = readPage(args, ['standings', board.id, season?.key ?? ''], isIntegerKey);
  const { size } = await viewOf(source, context);
  const from = Math.max(0, Number(page.after?.key ?? 0));
  const to = Math.max(from, Math.min(size, Number(page.before?.key ?? size + 1) - 1));
  const count = Math.min(page.limit + 1, to - from);
  const rows =
    count === 0
      ? []
      : await windowOf(source, { kind: 'PAGE', offset: page.backwards ? to - count : from, count }, context);
  return connectionOf(page.backwards ? rows.toReversed() : rows, page, ({ standing }) => ({
    key: String(standing.position),
    id: standing.customerId,
  }));
}

async function aroundOf(
  source: StandingsSource,
  customerId: string | null,
  radius: number,
  context: Context,
): Promise<StandingRow[]> {
  return customerId === null ? [] : windowOf(source, { kind: 'AROUND', customerId, radius }, context);
}

export const BoardStateEnum = builder.enumType('LeaderboardState', {
  description: 'Where standings were read from.',
  subGraphs: ['Public'],
  values: {
    LIVE: { description: 'From the ranked copy in memory, which follows the record within milliseconds.' },
    STALE: {
      description:
        'From the record itself, because the copy is out of reach or behind. Right as of `asOf`, but slower to read and not pushed at the usual rate.',
    },
    REBUILDING: { description: 'From the record itself, while the ranked copy is being built.' },
  } satisfies Record<BoardState, object>,
});

const StandingConnection = connectionType('Standing', StandingRef, { subGraphs: ['Public'] });

const customerArg = 'The customer, cus_…; a customer token may leave it out to mean its own.';

export const StandingsInterface = builder.interfaceRef<StandingsSource>('Standings').implement({
  description:
    'A ranking of customers by score: a leaderboard, which stands for its current season, or one season of it.',
  subGraphs: ['Public'],
  fields: (t) => ({
    state: t.field({
      type: BoardStateEnum,
      description: 'Where this was read from.',
      resolve: async (it, _args, context) => (await viewOf(it, context)).state,
    }),
    version: t.field({
      type: 'BoardVersion',
      description: 'Grows with every change; that of `top` where it is asked for beside it. 0 before the first score.',
      resolve: async (it, _args, context) => (await viewOf(it, context)).version,
    }),
    asOf: t.field({
      type: 'DateTime',
      description: 'Every score committed until this instant is in.',
      resolve: async (it, _args, context) => (await viewOf(it, context)).asOf,
    }),
    entryCount: t.int({
      description: 'Customers on the board.',
      resolve: async (it, _args, context) => (await viewOf(it, context)).size,
    }),
    top: t.field({
      type: [StandingRef],
      description: `The first rows; shared among callers for 30 ms.`,
      args: {
        first: t.arg.int({
          defaultValue: TOP_DEFAULT,
          required: true,
          description: `How many, 1 to ${PAGE_MAX}; ${TOP_DEFAULT} by default.`,
        }),
      },
      resolve: (it, { first }, context) =>
        windowOf(it, { kind: 'PAGE', offset: 0, count: bounded('first', first, 1, PAGE_MAX) }, context),
    }),
    around: t.field({
      type: [StandingRef],
      description:
        'A customer with `radius` rows on either side. At an end of the board the rows that are missing there come from the other side, so that there are 2 × radius + 1 as long as the board has as many. Empty for a customer who is not on the board.',
      args: {
        customerId: t.arg.id({ description: customerArg }),
        radius: t.arg.int({
          defaultValue: RADIUS_DEFAULT,
          required: true,
          description: `Rows on either side, 0 to ${RADIUS_MAX}; ${RADIUS_DEFAULT} by default.`,
        }),
      },
      resolve: (it, { customerId, radius }, context) =>
        aroundOf(it, wantedCustomer(customerId, context), bounded('radius', radius, 0, RADIUS_MAX), context),
    }),
    rank: t.field({
      type: StandingRef,
      nullable: true,
      description: 'One customer’s row; null for a customer who is not on the board.',
      args: { customerId: t.arg.id({ description: customerArg }) },
      resolve: async (it, { customerId }, context) =>
        (await aroundOf(it, wantedCustomer(customerId, context), 0, context))[0] ?? null,
    }),
    page: t.field({
      type: StandingConnection,
      description:
        'The whole board page by page. Pages are cut at positions: who moves while you page may come twice or not at all.',
      args: pageArgs,
      resolve: (it, args, context) => pageOf(it, args, context),
    }),
  }),
});
