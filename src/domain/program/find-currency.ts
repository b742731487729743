import type { PointCurrency } from './program.ts';

/** The point currency of a code, null being the program's default; tells what is wrong and gives null where there is none. */
export function findCurrency(
  currencies: readonly PointCurrency[],
  code: string | null,
  problem: (message: string) => void,
): PointCurrency | null {
  const found = currencies.find((known) => (code === null ? known.isDefault : known.code === code));
  if (found === undefined) problem(`There is no point currency ${code ?? 'marked as default'}.`);
  return found ?? null;
}
