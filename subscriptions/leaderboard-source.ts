import { changeBetween, isNoChange, type StandingsChange } from '#domain/leaderboard/change.ts';
import { nextDated, seasonOf, type SeasonSpan } from '#domain/leaderboard/season.ts';
import type { BoardView, BoardWindow } from '#domain/leaderboard/standing.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import { decodeBoardCursor, encodeBoardCursor, type ResetReason } from '#domain/stream/cursor.ts';
import { programOf, type Context } from '#schema/context.ts';
import { visibleLeaderboard } from '#schema/leaderboard.ts';
import type { ShownList } from '#src/projections/recent-views.ts';

import type { Watch } from './board-feed.ts';
import type { Change } from './leaderboard-item.ts';
import type { Signals, StateSource } from './stream.ts';

/** What a reader asked to see, in the order of the feed's windows, and of which season; null follows the current one. */
export type Wanted = { top: BoardWindow | null; around: BoardWindow | null; season: string | null };

/** What a reader sees: a moment of one season; or nothing of any use, and why. */
export type Shown = { seasonKey: string; view: BoardView; reset?: ResetReason };

type Board = { board: Leaderboard; programId: string; wanted: Wanted; stream: string };

const TIMER_MAX_MS = 2_000_000_000;
/** Timers may go off a little too early, when the old season is still the current one. */
const TIMER_EARLY_MS = 20;
const NOTHING: BoardView = { state: 'LIVE', version: 0, asOf: new Date(0), size: 0, windows: [] };

/** Follows one season, or the current one from season to season. */
export async function openBoard(
  context: Context,
  board: Leaderboard,
  wanted: Wanted,
  signals: Signals,
): Promise<StateSource<Shown, Change>> {
  const { programId } = programOf(context);
  const { season: fixedKey } = wanted;
  const windows = windowsOf(wanted);
  const recall = createRecall(context, board, wanted);
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
      if (visible === null || visible.customersSee !== board.customersSee) {
        signals.end();
        return null;
      }
      if (fixedKey === null) await follow().catch(() => undefined);
      if (watched === null) return null;
      const view = watched.watch.view();
      if (shown?.view !== view || shown.seasonKey !== watched.key) shown = { seasonKey: watched.key, view };
      return shown;
    },
    between(from, to) {
      const change = changeOf({ board, programId, wanted, stream: recall.stream }, from, to);
      if (change !== null) recall.tell(to);
      return change;
    },
    at: (after) => recall.at(after),
    close() {
      isClosed = true;
      recall.keep();
      watched?.stop();
    },
  };
}

function windowsOf({ top, around }: Wanted): readonly BoardWindow[] {
  return [top, around].filter((window) => window !== null);
}

/** Remembers what readers were told, for those who come back. */
function createRecall(context: Context, board: Leaderboard, wanted: Wanted) {
  const { recentViews } = context.deps;
  const { programId } = programOf(context);
  const windows = JSON.stringify(windowsOf(wanted));
  const listOf = (seasonKey: string): ShownList => ({
    name: `${programId} ${board.id} ${seasonKey} ${windows}`,
    isForMany: wanted.around === null,
  });
  const stream = streamOf(board, wanted);
  let told: Shown | null = null;
  const keep = (): void => {
    if (told !== null) recentViews.remember(listOf(told.seasonKey), told.view);
  };
  return {
    stream,
    /** An item has led to this state. */
    tell(state: Shown): void {
      if (told === state) return;
      told = state;
      keep();
    },
    /** Whoever is cut off now comes back with the last one. */
    keep,
    async at(after: string): Promise<Shown> {
      const place = decodeBoardCursor(stream, after);
      if (typeof place === 'string') return LOST[place];
      const { seasonKey, version } = place;
      if (told?.view.version === version && told.seasonKey === seasonKey) return told;
      const view = await recentViews.find(listOf(seasonKey), version);
      return view === null ? LOST.TOO_OLD : { seasonKey, view };
    },
  };
}

/** Tells streams of boards from one another in few letters, for it stands in every item; the ends of ids are random enough. */
function streamOf({ id }: Leaderboard, { top, around, season }: Wanted): string {
  const first = top?.kind === 'PAGE' ? `${top.count} ${JSON.stringify(top.part ?? '')}` : '0';
  const beside = around?.kind === 'AROUND' ? `${around.customerId.slice(-12)} ${around.radius}` : '-';
  return `board ${id.slice(-12)} ${first} ${beside} ${season ?? ''}`;
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
const lost = (reset: ResetReason): Shown => ({ seasonKey: '', view: NOTHING, reset });
/** Readers whose cursors lead nowhere for the same reason get the same item. */
const LOST: Record<ResetReason, Shown> = {
  TOO_OLD: lost('TOO_OLD'),
  TOO_FAR_BEHIND: lost('TOO_FAR_BEHIND'),
  OTHER_STREAM: lost('OTHER_STREAM'),
  UNKNOWN: lost('UNKNOWN'),
};

function changeOf(
  { board, programId, wanted, stream }: Board,
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
    cursor: encodeBoardCursor(stream, { seasonKey, version: view.version }),
    isSnapshot,
    reset: before?.reset ?? null,
    view,
    top: wanted.top === null ? null : first,
    around: wanted.around === null ? null : wanted.top === null ? first : second,
  };
}
