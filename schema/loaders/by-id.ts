import DataLoader from 'dataloader';

/** A loader of rows by id. Whatever `find` leaves out is null. */
export function loaderById<Row extends { id: string }>(
  find: (ids: readonly string[]) => Promise<readonly Row[]>,
): DataLoader<string, Row | null> {
  return new DataLoader(async (ids) => {
    const rows = new Map((await find(ids)).map((row) => [row.id, row]));
    return ids.map((id) => rows.get(id) ?? null);
  });
}
