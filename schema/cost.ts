/**
 * Price of a field that decides an activity as tracking does and undoes it, beside what is read of it: it takes the locks and
 * most of the statements of a mutation, which costs 10, and nobody's work comes of it.
 */
export const SIMULATION_PRICE = 100;

/**
 * Price of a recap beside what is read of it: one statement over a year of a customer's days, and now and then one over
 * everybody's.
 */
export const RECAP_PRICE = 50;
