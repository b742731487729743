/**
 * Price of a field that decides an activity as tracking does and undoes it, beside what is read of it: it takes the locks and
 * most of the statements of a mutation, which costs 10, and nobody's work comes of it.
 */
export const SIMULATION_PRICE = 100;
