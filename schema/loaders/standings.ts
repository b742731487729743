import DataLoader from 'dataloader';

import type { BoardView, BoardWindow, Standing } from '#domain/leaderboard/standing.ts';
import type { Deps } from '#src/deps.ts';
import type { Season } from '#storage/leaderboard-store.ts';

/** A window of a season; null asks for state, version and size alone. */
export type WantedWindow = { season: Season; window: BoardWindow | null };

/** A window with the moment that it shows. */
export type LoadedWindow = {
  view: BoardView;
  standings: readonly Standing[];
  /** Listed in the part of the board that the window shows. */
  partSize: number;
};

/**
 * All windows of one board in a request come in one round trip. Top lists are shared among requests for some milliseconds;
 * state and version then are those of the top list, so that they belong together.
 */
export function createStandingsLoader(deps: Deps): DataLoader<WantedWindow, LoadedWindow, string> {
  return new DataLoader(
    async (wanted: readonly WantedWindow[]) => {
      const loaded = new Map<WantedWindow, LoadedWindow>();
      const bySeason = Map.groupBy(wanted, ({ season }) => season.id);
      await Promise.all([...bySeason.values()].map((group) => loadSeason(deps, group, loaded)));
      return wanted.map((one) => loaded.get(one) ?? new Error('a window was not loaded'));
    },
    { cacheKeyFn: ({ season, window }) => `${season.id} ${JSON.stringify(window)}` },
  );
}

const isTop = ({ window }: WantedWindow): boolean =>
  window?.kind === 'PAGE' && window.offset === 0 && typeof window.part !== 'object';

function topOf(deps: Deps, season: Season, window: BoardWindow | null): Promise<BoardView> {
  if (window?.kind !== 'PAGE') return deps.boards.top(season, 1);
  return deps.boards.top(season, window.count, typeof window.part === 'string' ? window.part : '');
}

async function loadSeason(
  deps: Deps,
  wanted: readonly WantedWindow[],
  loaded: Map<WantedWindow, LoadedWindow>,
): Promise<void> {
  const season = wanted[0]?.season;
  if (season === undefined) return;
  const tops = wanted.filter(isTop);
  const others = wanted.filter((one) => one.window !== null && !isTop(one));
  const bare = wanted.filter((one) => one.window === null);

  const reading =
    others.length > 0
      ? deps.boards.read(
          season,
          others.flatMap((one) => one.window ?? []),
        )
      : null;
  const shared = await Promise.all(tops.map(({ window }) => topOf(deps, season, window)));
  const show = (one: WantedWindow, view: BoardView, index: number): void => {
    const [standings = [], partSize = view.size] = [view.windows[index], view.partSizes?.[index]];
    loaded.set(one, { view, standings, partSize });
  };
  tops.forEach((one, index) => {
    const view = shared[index];
    if (view !== undefined) show(one, view, 0);
  });
  const view = await reading;
  if (view !== null) others.forEach((one, index) => show(one, view, index));
  if (bare.length === 0) return;
  const known = shared[0] ?? view ?? (await deps.boards.top(season, 1));
  for (const one of bare) loaded.set(one, { view: known, standings: [], partSize: known.size });
}
