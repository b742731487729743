/** Rows in columns as wide as their widest cell, numbers to the right; a line that says so when there are none. */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  if (rows.length === 0) return 'none';
  const cells = rows.map((row) => row.map((cell) => (cell === null ? '-' : String(cell))));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[], like: readonly (string | number | null)[]): string =>
    widths
      .map((width, column) =>
        typeof like[column] === 'number' ? (row[column] ?? '').padStart(width) : (row[column] ?? '').padEnd(width),
      )
      .join('  ')
      .trimEnd();
  return [line(headings, rows[0] ?? []), ...cells.map((row, index) => line(row, rows[index] ?? []))].join('\n');
}
