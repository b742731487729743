/** Lists that many answers hold alike, each with its text; and the answers that hold one. */
const texts = new WeakMap<object, string>();
const holders = new WeakSet<object>();

/** Prints a list now, for all answers that will hold it. Nobody may write into it any more. */
export function printOnce(list: readonly unknown[]): void {
  texts.set(list, JSON.stringify(list));
}

/** Notes that an answer holds a list that was printed before. */
export function holdsPrinted(data: object): void {
  holders.add(data);
}

/** The JSON of an answer's data, in which lists that were printed before are put in as they are. */
export function printData(data: unknown): string {
  const isHolder = typeof data === 'object' && data !== null && holders.has(data);
  return (isHolder ? print(data) : JSON.stringify(data)) ?? 'null';
}

/** Prints like JSON.stringify: what has no JSON is left out of objects, and null in lists. */
function print(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return JSON.stringify(value);
  const known = texts.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) return `[${value.map((item: unknown) => print(item) ?? 'null').join()}]`;
  const parts: string[] = [];
  for (const [name, inner] of Object.entries(value)) {
    const text = print(inner);
    if (text !== undefined) parts.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${parts.join()}}`;
}
