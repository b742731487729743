/**
 * A law of the data as a query that must return nothing. `$1` is a program, or null for all; every offender tells its
 * program and what is wrong with it. A WARNING may pass by itself (work that is late), an ERROR never may.
 */
export type InvariantCheck = { name: string; law: string; severity: 'ERROR' | 'WARNING'; query: string };
