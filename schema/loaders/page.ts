import DataLoader from 'dataloader';

import type { PageRequest } from '#domain/page.ts';

/** A page of the list of one parent; `variant` names what else tells lists apart, such as a filter. */
export type PageKey<Variant> = { parentId: string; page: PageRequest; variant: Variant };

/**
 * Loads pages of nested lists: the parents of one list that ask for the same page share one statement. `find` answers
 * the rows of each parent, in the direction of travel; a parent that it leaves out has an empty page.
 */
export function pageLoader<Row, Variant>(
  find: (parentIds: string[], page: PageRequest, variant: Variant) => Promise<ReadonlyMap<string, Row[]>>,
): DataLoader<PageKey<Variant>, Row[], string> {
  return new DataLoader<PageKey<Variant>, Row[], string>(
    async (keys) => {
      const pages = new Map<string, ReadonlyMap<string, Row[]>>();
      for (const [name, same] of Map.groupBy(keys, requestName)) {
        const [first] = same;
        if (first === undefined) continue;
        const parentIds = same.map(({ parentId }) => parentId);
        pages.set(name, await find(parentIds, first.page, first.variant));
      }
      return keys.map((key) => pages.get(requestName(key))?.get(key.parentId) ?? []);
    },
    { cacheKeyFn: (key) => `${key.parentId} ${requestName(key)}` },
  );
}

/** A name for what makes two requests the same but for their parents. */
function requestName({ page, variant }: PageKey<unknown>): string {
  const { limit, backwards, after, before } = page;
  return JSON.stringify([limit, backwards, after, before, variant]);
}
