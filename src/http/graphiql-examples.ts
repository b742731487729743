/** The tabs with which GraphiQL opens. A test keeps them valid. */
export const EXAMPLES: readonly { query: string; variables?: Record<string, unknown> }[] = [
  { query: '# Put a key into the headers below, then run this.\nquery WhoAmI {\n  __typename\n}\n' },
];
