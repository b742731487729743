/** Names under which connections keep statements that are put together from parts. */
export type StatementNames = {
  /** The name of that text; undefined when there are as many names as there may be. */
  of(text: string): string | undefined;
};

/**
 * Gives names to the first `max` texts that it meets. A name is a promise of every connection to keep a plan for good, and
 * callers have a say in the texts: those beyond the bound are planned each time.
 */
export function createStatementNames(subject: string, max: number): StatementNames {
  const names = new Map<string, string>();
  return {
    of(text) {
      const known = names.get(text);
      if (known !== undefined || names.size >= max) return known;
      const name = `${subject}-${names.size + 1}`;
      names.set(text, name);
      return name;
    },
  };
}
