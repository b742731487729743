import { publicId } from '#domain/ids.ts';
import type { StandingsChange } from '#domain/leaderboard/change.ts';
import type { BoardView } from '#domain/leaderboard/standing.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import { builder } from '#schema/builder.ts';
import { SAME_FOR_EQUAL_RIGHTS } from '#schema/sharing.ts';
import { rowId, rowsOf, StandingRef, type RowsOf } from '#schema/standing.ts';
import { BoardStateEnum } from '#schema/standings.ts';
import { StreamItemRef, type StreamMark } from '#schema/stream-item.ts';

/** One item: what leads from the view that the reader had to the present one; from nothing, when it had none. */
export type Change = StreamMark & {
  board: Leaderboard;
  programId: string;
  seasonKey: string;
  view: BoardView;
  top: StandingsChange | null;
  around: StandingsChange | null;
};

/** A change of one window, with what its rows need to be shown. */
type ShownChange = StandingsChange & RowsOf;

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
      resolve: (it) => it.left.map((id) => rowId(it, id)),
    }),
  }),
});

export const LeaderboardChangeRef = builder.objectRef<Change>('LeaderboardChange').implement({
  description:
    'One item of leaderboardChanged. It is a snapshot, with lists that begin anew from nothing, on the first item, in a new season, and when the state changes.',
  subGraphs: ['Public'],
  interfaces: [StreamItemRef],
  extensions: SAME_FOR_EQUAL_RIGHTS,
  fields: (t) => ({
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

/** What the rows of a board need to be shown. */
function rowsOfBoard({ scoreDecimals, scope, subProperty, subScoreDecimals }: Leaderboard, programId: string): RowsOf {
  return { programId, scoreDecimals, scope, subProperty, subScoreDecimals };
}

const shownChanges = new WeakMap<StandingsChange, ShownChange>();

/** The same object for the same change, so that equal readers share its rows. */
function shownOf({ board, programId }: Change, change: StandingsChange | null): ShownChange | null {
  if (change === null) return null;
  const known = shownChanges.get(change) ?? { ...change, ...rowsOfBoard(board, programId) };
  shownChanges.set(change, known);
  return known;
}
