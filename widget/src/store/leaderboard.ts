import type { Client } from '../client/client.ts';
import { Board, type BoardSubscription, type BoardSubscriptionVariables, type RowFragment } from '../gql/operations.ts';
import { createStore, type Put, type Store } from './store.ts';
import { followConnection, streamStore } from './stream-store.ts';
import { viewingCustomer } from './viewer.ts';

/** One customer's row. */
export type Standing = RowFragment;

export type Standings = {
  /** The first rows, by position. */
  readonly top: readonly Standing[];
  /** The rows around the customer who looks, by position; empty for who is not on the board, or nobody in particular. */
  readonly around: readonly Standing[];
  /** Who looks, cus_…; null for a publishable key. */
  readonly me: string | null;
  readonly entryCount: number;
  /** Such as 2026-W47 or all. */
  readonly seasonKey: string;
  /** Version of the board that the rows equal. */
  readonly version: number;
};

export type LeaderboardOptions = {
  /** Code of the board. */
  board: string;
  /** How many of the first rows, 0 to 100; 10 by default. */
  top?: number | undefined;
  /** Rows on either side of the customer who looks, 0 to 50, 2 by default; null shows no neighbours. */
  around?: number | null | undefined;
  /** Key of a season; the current one and those after it by default. */
  season?: string | undefined;
};

const TOP = 10;
const AROUND = 2;

type Wanted = Omit<BoardSubscriptionVariables, 'aroundMe' | 'after'>;
type Change = BoardSubscription['leaderboardChanged'];
type Changed = Change['top'];

/** A leaderboard as it moves. */
export function leaderboardStore(client: Client, options: LeaderboardOptions): Store<Standings> {
  const { board, top = TOP, around = AROUND, season = null } = options;
  const wanted: Wanted = { board, top, radius: around ?? 0, season };
  return client.shared(`board ${JSON.stringify([wanted, around === null])}`, () =>
    createStore<Standings>((put, get) => {
      let isOver = false;
      // Until it is known who looks.
      let stop = followConnection(client, put, get);
      void viewingCustomer(client).then((me) => {
        if (isOver) return;
        stop();
        stop = follow(client, wanted, me, around !== null, put);
      });
      return () => {
        isOver = true;
        stop();
      };
    }),
  );
}

function follow(client: Client, wanted: Wanted, me: string | null, isAround: boolean, put: Put<Standings>): () => void {
  const aroundMe = isAround && me !== null;
  const stream = streamStore<Standings, BoardSubscription, BoardSubscriptionVariables>(client, {
    operation: Board,
    variables: (after) => ({ ...wanted, aroundMe, after }),
    cursorOf: ({ leaderboardChanged }) => leaderboardChanged.cursor,
    take: (known, { leaderboardChanged: change }) => applied(change.isSnapshot ? null : known, change, me),
    freshnessOf: ({ leaderboardChanged: { state } }) => (state === 'STALE' ? 'STALE' : 'LIVE'),
  });
  const hand = (): void => put(stream.get());
  return stream.listen(hand);
}

function applied(known: Standings | null, change: Change, me: string | null): Standings {
  const { entryCount, seasonKey, version } = change;
  return {
    top: patched(known?.top ?? [], change.top),
    around: patched(known?.around ?? [], change.around),
    me,
    entryCount,
    seasonKey,
    version,
  };
}

/** Drops who left, puts in who entered or changed, orders by position: as StandingsChange describes it. */
function patched(rows: readonly Standing[], change: Changed): readonly Standing[] {
  if (change === null) return rows;
  const { entered, updated, left } = change;
  const byCustomer = new Map(rows.map((row) => [row.customerId, row]));
  for (const id of left) byCustomer.delete(id);
  for (const row of [...entered, ...updated]) byCustomer.set(row.customerId, row);
  return [...byCustomer.values()].toSorted((one, other) => one.position - other.position);
}
