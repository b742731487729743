import { publicId } from '#domain/ids.ts';
import { changeBetween, isNoChange, type StandingsChange } from '#domain/leaderboard/change.ts';
import { nextDated, seasonOf, type SeasonSpan } from '#domain/leaderboard/season.ts';
import type { BoardView, BoardWindow } from '#domain/leaderboard/standing.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import { builder } from '#schema/builder.ts';
import { programOf, type Context } from '#schema/context.ts';
import { findLeaderboard, visibleLeaderboard } from '#schema/leaderboard.ts';
import { badUserInput, PAGE_MAX } from '#schema/paging.ts';
import { SAME_FOR_EQUAL_RIGHTS } from '#schema/sharing.ts';
import { rowsOf, StandingRef } from '#schema/standing.ts';
import { BoardStateEnum, bounded, RADIUS_MAX, wantedCustomer } from '#schema/standings.ts';

import { sharedStream } from './audience.ts';
import type { Watch } from './board-feed.ts';
import { createStateStream, type Signals, type StateSource } from './stream.ts';

/** What a reader asked to see, in the order of the feed's windows. */
type Wanted = { top: BoardWindow | null; around: BoardWindow | null };

/** What a reader sees: a moment of one season. */
type Shown = { seasonKey: string; view: BoardView };

/** One item: what leads from the view that the reader had to the present one; from nothing, when it had none. */
type Change = {
  board: Leaderboard;
  programId: string;
  seasonKey: string;
  isSnapshot: boolean;
  view: BoardView;
  top: StandingsChange | null;
  around: StandingsChange | null;
};

/** A change of one window, with what its rows need to be shown. */
type ShownChange = StandingsChange & { programId: string; scoreDecimals: number };

const TIMER_MAX_MS = 2_000_000_000;
/** Timers may go off a little too early, when the old season is still the current one. */
const TIMER_EARLY_MS = 20;

const StandingsChangeRef = builder.objectRef<ShownChange>('StandingsChange').implement({
  description:
    'How a list of standings changed: drop `left`, put `entered` and `updated` in by customer, order by position.',
  subGraphs: ['Public'],
  extensions: SAME_FOR_EQUAL_RIGHTS,
  fields: (t) => ({
    entered: t.field({
      type: [StandingRef],
      description: 'Rows of customers who were not in the list.',
      resolve: (it) => rowsOf(it.entered, it),
    }),
    updated: t.field({
      type: [StandingRef],
      description: 'Rows of customers who were in the list and moved or scored.',
      resolve: (it) => rowsOf(it.updated, it),
    }),
    left: t.field({
      type: ['ID'],
      description: 'Customers who are not in the list any more, cus_….',
      resolve: (it) => it.left.map((id) => publicId('Customer', id)),
    }),
  }),
});

const LeaderboardChangeRef = builder.objectRef<Change>('LeaderboardChange').implement({
  description: 'One item of leaderboardChanged.',
  subGraphs: ['Public'],
  extensions: SAME_FOR_EQUAL_RIGHTS,
  fields: (t) => ({
    isSnapshot: t.exposeBoolean('isSnapshot', {
      description:
        'True when the lists begin anew, from nothing: on the first item, in a new season, and when the state changes.',
    }),
    leaderboardId: t.id({ description: 'The board, ldb_….', resolve: (it) => publicId('Leaderboard', it.board.id) }),
    seasonKey: t.exposeString('seasonKey', { description: 'The season shown, such as 2026-W47 or all.' }),
    state: t.field({ type: BoardStateEnum, description: 'Where this was read from.', resolve: (it) => it.view.state }),
    version: t.field({
      type: 'BoardVersion',
      description: 'Version of the board that the lists equal now. It grows from item to item until a snapshot.',
      resolve: (it) => it.view.version,
    }),
    asOf: t.field({
      type: 'DateTime',
      description: 'Every score committed until this instant is in.',
      resolve: (it) => it.view.asOf,
    }),
    entryCount: t.int({ description: 'Customers on the board at this version.', resolve: (it) => it.view.size }),
    top: t.field({
      type: StandingsChangeRef,
      nullable: true,
      description: 'The first rows; null when none were asked for.',
      resolve: (it) => shownOf(it, it.top),
    }),
    around: t.field({
      type: StandingsChangeRef,
      nullable: true,
      description: 'The rows around the customer; null when none was asked for.',
      resolve: (it) => shownOf(it, it.around),
    }),
  }),
});

const shownChanges = new WeakMap<StandingsChange, ShownChange>();

/** The same object for the same change, so that equal readers share its rows. */
function shownOf({ board, programId }: Change, change: StandingsChange | null): ShownChange | null {
  if (change === null) return null;
  const known = shownChanges.get(change) ?? { ...change, programId, scoreDecimals: board.scoreDecimals };
  shownChanges.set(change, known);
  return known;
}

builder.subscriptionField('leaderboardChanged', (t) =>
  t.field({
    type: LeaderboardChangeRef,
    description:
      'A leaderboard as it moves: first a snapshot, then what changed, at most ten items a second. A reader who is slower gets fewer and larger items, never older ones. Without a season it follows the current one into the next. Ends when the caller may not see the board any more. Needs leaderboard:read.',
    subGraphs: ['Public'],
    extensions: sharedStream(({ aroundMe }) => aroundMe === true),
    authScopes: { permission: 'leaderboard:read' },
    args: {
      id: t.arg.id({ description: 'The leaderboard, ldb_…. Give id or code.' }),
      code: t.arg.string({ description: 'The leaderboard by code. Give id or code.' }),
      season: t.arg.string({ description: 'Key of a season; the current one, and those after it, when left out.' }),
      top: t.arg.int({
        required: true,
        defaultValue: 10,
        description: `How many of the first rows, 0 to ${PAGE_MAX}; 10 by default, 0 for none.`,
      }),
      around: t.arg.id({ description: 'A customer, cus_…, to show with the rows on either side.' }),
      aroundMe: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'The same for the customer who calls. Not together with around.',
      }),
      radius: t.arg.int({
        required: true,
        defaultValue: 5,
        description: `Rows on either side, 0 to ${RADIUS_MAX}; 5 by default.`,
      }),
    },
    subscribe: async (_root, args, context) => {
      const board = await findLeaderboard(args, context);
      if (board === null) throw badUserInput('There is no such leaderboard.');
      const wanted = wantedOf(args, context);
      return createStateStream<Shown, Change>((signals) =>
        openSource(context, board, wanted, args.season ?? null, signals),
      );
    },
    resolve: (change) => change,
  }),
);

type Args = { top: number; around?: string | number | null | undefined; aroundMe: boolean; radius: number };

function wantedOf({ top, around, aroundMe, radius }: Args, context: Context): Wanted {
  const hasAround = around !== null && around !== undefined;
  if (hasAround && aroundMe) throw badUserInput('Give around or aroundMe, not both.');
  bounded('top', top, 0, PAGE_MAX);
  bounded('radius', radius, 0, RADIUS_MAX);
  const customerId = hasAround || aroundMe ? wantedCustomer(around, context) : null;
  if (hasAround && customerId === null) throw badUserInput('around is not the id of a customer.');
  if (top === 0 && customerId === null) throw badUserInput('Ask for top, around, or both.');
  return {
    top: top === 0 ? null : { kind: 'PAGE', offset: 0, count: top },
    around: customerId === null ? null : { kind: 'AROUND', customerId, radius },
  };
}

/** Follows one season, or the current one from season to season. */
async function openSource(
  context: Context,
  board: Leaderboard,
  wanted: Wanted,
  fixedKey: string | null,
  signals: Signals,
): Promise<StateSource<Shown, Change>> {
  const { programId } = programOf(context);
  const windows = [wanted.top, wanted.around].filter((window) => window !== null);
  let shown: Shown | null = null;
  let watched: { key: string; watch: Watch; stop: () => void } | null = null;
  let isClosed = false;

  async function follow(): Promise<void> {
    const span = fixedKey === null ? await currentSpan(board, context) : { key: fixedKey, endsAt: null };
    if (watched?.key === span.key) return;
    const watch = await context.deps.boardFeeds.join(
      { programId, leaderboardId: board.id, key: span.key },
      windows,
      signals.wake,
    );
    watched?.stop();
    const timer = atEnd(span, context, signals.wake);
    watched = {
      key: span.key,
      watch,
      stop: () => {
        clearTimeout(timer);
        watch.close();
      },
    };
    if (isClosed) watched.stop();
  }

  await follow();
  return {
    async look() {
      // While the record is out of reach a reader keeps what was granted, and the season that is watched.
      const visible = await visibleLeaderboard(board.id, context).catch(() => board);
      if (visible === null) {
        signals.end();
        return null;
      }
      if (fixedKey === null) await follow().catch(() => undefined);
      if (watched === null) return null;
      const view = watched.watch.view();
      if (shown?.view !== view || shown.seasonKey !== watched.key) shown = { seasonKey: watched.key, view };
      return shown;
    },
    between: (from, to) => changeOf(board, programId, wanted, from, to),
    close() {
      isClosed = true;
      watched?.stop();
    },
  };
}

/** A season to be watched, and when another takes its place. */
type Watched = Pick<SeasonSpan, 'key' | 'endsAt'>;

async function currentSpan(board: Leaderboard, context: Context): Promise<Watched> {
  const { program } = await context.deps.catalogues.current(programOf(context).programId);
  const now = program.testClock ?? context.deps.clock();
  // Between two dated seasons there is nothing to see, until the next begins.
  return (
    seasonOf(board, now, program.timeZone) ?? {
      key: '-',
      endsAt: nextDated(board, now, program.timeZone)?.startsAt ?? null,
    }
  );
}

/** Wakes the reader when the season ends. A test clock may jump; the next change of the board notices that. */
function atEnd({ endsAt }: Watched, context: Context, wake: () => void): NodeJS.Timeout | undefined {
  if (endsAt === null) return undefined;
  const leftMs = endsAt.getTime() - context.deps.clock().getTime();
  return setTimeout(wake, Math.min(Math.max(leftMs + TIMER_EARLY_MS, 1_000), TIMER_MAX_MS)).unref();
}

/** Changes between two views, made once for all readers who went from the one to the other. */
const changes = new WeakMap<BoardView, WeakMap<BoardView, readonly StandingsChange[]>>();
const NOTHING: BoardView = { state: 'LIVE', version: 0, asOf: new Date(0), size: 0, windows: [] };

function changeOf(
  board: Leaderboard,
  programId: string,
  wanted: Wanted,
  before: Shown | null,
  { seasonKey, view }: Shown,
): Change | null {
  const isSnapshot = before === null || before.seasonKey !== seasonKey || before.view.state !== view.state;
  const from = isSnapshot ? NOTHING : before.view;
  const known = changes.get(from) ?? new WeakMap<BoardView, readonly StandingsChange[]>();
  changes.set(from, known);
  const windows = known.get(view) ?? view.windows.map((rows, index) => changeBetween(from.windows[index] ?? [], rows));
  known.set(view, windows);
  if (!isSnapshot && windows.every(isNoChange)) return null;
  const [first = null, second = null] = windows;
  return {
    board,
    programId,
    seasonKey,
    isSnapshot,
    view,
    top: wanted.top === null ? null : first,
    around: wanted.around === null ? null : wanted.top === null ? first : second,
  };
}
