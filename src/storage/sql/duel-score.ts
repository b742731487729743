// A side of a duel `d`: its attempts put together, where `side` is the alias of its row.

const attempts = (side: string): string =>
  `from duel_attempt a where a.program_id = d.program_id and a.duel_id = d.id and a.customer_id = ${side}.customer_id`;

/** Its score by the terms of the duel, as text; null before the first attempt. */
export const scoreOf = (side: string): string =>
  `(select trim_scale(case d.terms ->> 'scoring' when 'BEST' then max(a.amount) else sum(a.amount) end)::text ${attempts(side)})`;

/** How many attempts it has had. */
export const attemptsOf = (side: string): string => `(select count(*)::int ${attempts(side)})`;
