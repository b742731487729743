import type { Caller } from '#domain/caller.ts';
import { FRIENDS_MAX } from '#domain/friend/friend.ts';
import { uuidOf } from '#domain/ids.ts';
import { hasParts } from '#domain/leaderboard/placement.ts';
import type { BoardState, BoardView, BoardWindow, PartName } from '#domain/leaderboard/standing.ts';
import { seesEverything, seesPlaceOf, seesUnlisted } from '#domain/leaderboard/visibility.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import { readFriendIds } from '#storage/friend-store.ts';
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

/**
 * Rows of what is ranked. A field awaits `rankedOf` once: to ask the loader of seasons again is to wait for another turn,
 * and what one request asks of a board belongs to one moment only when it is asked in one turn.
 */
async function windowOf(
  { board, season, programId }: Ranked,
  window: BoardWindow,
  context: Context,
): Promise<StandingRow[]> {
  if (season === null) return [];
  const { standings } = await context.loaders.standings.load({ season, window });
  return rowsOf(standings, { ...board, programId });
}

/** The part of the board that is asked for. Throws BAD_USER_INPUT where one must be named, or none can be. */
export function partWanted(board: Leaderboard, part: string | null | undefined, context: Context): PartName {
  const isNamed = typeof part === 'string' && part !== '';
  if (!hasParts(board)) {
    if (isNamed) throw badUserInput('This leaderboard has no parts.');
    return '';
  }
  if (isNamed) return part;
  if (context.caller.kind === 'CUSTOMER') return { of: context.caller.customerId };
  throw badUserInput('Name the part: a tier, a value of the attribute, or an account, acc_….');
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
async function pageOf(
  source: StandingsSource,
  { part: named, ...args }: PageArgs & { part?: string | null | undefined },
  context: Context,
): Promise<Connection<StandingRow>> {
  const ranked = await rankedOf(source, context);
  const { board, season } = ranked;
  const part = partWanted(board, named, context);
  const page = readPage(args, ['standings', board.id, season?.key ?? '', part], isIntegerKey);
  const size = seesEverything(context.caller, board) ? await sizeOf(season, part, context) : 0;
  const from = Math.max(0, Number(page.after?.key ?? 0));
  const to = Math.max(from, Math.min(size, Number(page.before?.key ?? size + 1) - 1));
  const count = Math.min(page.limit + 1, to - from);
  const rows =
    count === 0
      ? []
      : await windowOf(ranked, { kind: 'PAGE', offset: page.backwards ? to - count : from, count, part }, context);
  return connectionOf(page.backwards ? rows.toReversed() : rows, page, ({ standing }) => ({
    key: String(standing.position),
    id: standing.customerId,
  }));
}

/** Listed in a part of a season. */
async function sizeOf(season: Season | null, part: PartName, context: Context): Promise<number> {
  if (season === null) return 0;
  if (part === '') return (await context.loaders.standings.load({ season, window: null })).view.size;
  return (await context.loaders.standings.load({ season, window: { kind: 'PAGE', offset: 0, count: 1, part } }))
    .partSize;
}

async function topOf(
  source: StandingsSource,
  count: number,
  named: string | null | undefined,
  context: Context,
): Promise<StandingRow[]> {
  const ranked = await rankedOf(source, context);
  const part = partWanted(ranked.board, named, context);
  return seesEverything(context.caller, ranked.board)
    ? windowOf(ranked, { kind: 'PAGE', offset: 0, count, part }, context)
    : [];
}

async function aroundOf(
  source: StandingsSource,
  customerId: string | null,
  radius: number,
  context: Context,
): Promise<StandingRow[]> {
  const ranked = await rankedOf(source, context);
  const { board } = ranked;
  if (customerId === null || !seesPlaceOf(context.caller, board, customerId)) return [];
  const owner = await ownerOn(board, customerId, context);
  return owner === null ? [] : windowOf(ranked, aroundWindow(context.caller, customerId, radius, owner), context);
}

/** Whose row a customer has on a board: its own, or that of the team that it is in now. */
export async function ownerOn(board: Leaderboard, customerId: string, context: Context): Promise<string | null> {
  if (board.scope !== 'TEAM') return customerId;
  return (await context.loaders.teamOf.load(customerId))?.teamId ?? null;
}

/** The window around a customer: who may see that one at all also sees where it would stand when it is not listed. */
export function aroundWindow(caller: Caller, customerId: string, radius: number, owner = customerId): BoardWindow {
  const unlistedToo = seesUnlisted(caller, customerId) ? { unlistedToo: true as const } : {};
  return { kind: 'AROUND', customerId: owner, radius, ...unlistedToo };
}

/** The row of a customer on a board, if the caller may see it; null for nobody's. */
export async function placeOf(
  source: StandingsSource,
  customerId: string | null,
  context: Context,
): Promise<StandingRow | null> {
  const ranked = await rankedOf(source, context);
  const { board } = ranked;
  if (customerId === null || !seesPlaceOf(context.caller, board, customerId)) return null;
  const owner = await ownerOn(board, customerId, context);
  const [row] = owner === null ? [] : await windowOf(ranked, { kind: 'PLACE', customerId: owner }, context);
  if (row === undefined) return null;
  return row.standing.isUnlisted !== true || seesUnlisted(context.caller, customerId) ? row : null;
}

/** A customer and its friends, ranked among themselves. */
async function friendsOf(
  source: StandingsSource,
  customerId: string | null,
  context: Context,
): Promise<readonly StandingRow[]> {
  const { board, season, programId } = await rankedOf(source, context);
  if (season === null || customerId === null || board.scope === 'TEAM') return [];
  if (!seesEverything(context.caller, board) || !seesUnlisted(context.caller, customerId)) return [];
  const friends = await readFriendIds(context.deps.reads, programId, customerId);
  return rowsOf(await context.deps.boards.among(season, [customerId, ...friends]), { ...board, programId });
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

const partArg =
  'On a board of parts, which: a tier, a value of the attribute, an account, acc_…; a customer token may leave it out to mean its own.';
const SIGHT = 'Empty for customers and publishable keys on a board of NEIGHBOURS.';
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
      description: 'Customers listed on the board, in all its parts together; on a board of teams, teams.',
      resolve: async (it, _args, context) => (await viewOf(it, context)).size,
    }),
    top: t.field({
      type: [StandingRef],
      description: `The first rows; shared among callers for 30 ms. ${SIGHT}`,
      args: {
        first: t.arg.int({
          defaultValue: TOP_DEFAULT,
          required: true,
          description: `How many, 1 to ${PAGE_MAX}; ${TOP_DEFAULT} by default.`,
        }),
        part: t.arg.string({ description: partArg }),
      },
      resolve: (it, { first, part }, context) => topOf(it, bounded('first', first, 1, PAGE_MAX), part, context),
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
      description:
        'One customer’s row; null for a customer who is not on the board. Who chose not to be seen has the rank that it would have, for itself and the tenant’s side alone. On a board of NEIGHBOURS a customer sees its own.',
      args: { customerId: t.arg.id({ description: customerArg }) },
      resolve: (it, { customerId }, context) => placeOf(it, wantedCustomer(customerId, context), context),
    }),
    page: t.field({
      type: StandingConnection,
      description: `The whole board, or one part of it, page by page. Pages are cut at positions: who moves while you page may come twice or not at all. ${SIGHT}`,
      args: { ...pageArgs, part: t.arg.string({ description: partArg }) },
      resolve: (it, args, context) => pageOf(it, args, context),
    }),
  }),
});

builder.interfaceField(StandingsInterface, 'friends', (t) =>
  t.field({
    subGraphs: ['Public'],
    type: [StandingRef],
    description: `A customer and its friends, ranked among themselves as if nobody else were on the board; at most ${FRIENDS_MAX + 1} rows, of all parts. Empty on a board of teams, and for anybody but the customer and the tenant’s side. ${SIGHT}`,
    args: { customerId: t.arg.id({ description: customerArg }) },
    resolve: async (it, { customerId }, context) => [
      ...(await friendsOf(it, wantedCustomer(customerId, context), context)),
    ],
  }),
);
