import type { Caller } from '../caller.ts';
import type { Leaderboard } from '../program/program.ts';

/** Whether a caller of the board's program may see it: customers and publishable keys see public boards only. */
export function maySeeLeaderboard(caller: Caller, board: Pick<Leaderboard, 'isPublic'>): boolean {
  return board.isPublic || caller.kind === 'SECRET_KEY' || caller.kind === 'STAFF';
}

const isTenant = (caller: Caller): boolean => caller.kind === 'SECRET_KEY' || caller.kind === 'STAFF';

/** Whether a caller who sees the board sees all its rows, or only those around the own. */
export function seesEverything(caller: Caller, board: Pick<Leaderboard, 'customersSee'>): boolean {
  return board.customersSee === 'EVERYTHING' || isTenant(caller);
}

/** Whether a caller may ask where a customer stands. */
export function seesPlaceOf(caller: Caller, board: Pick<Leaderboard, 'customersSee'>, customerId: string): boolean {
  return seesEverything(caller, board) || (caller.kind === 'CUSTOMER' && caller.customerId === customerId);
}

/** Whether a caller sees the place that a customer would have who chose not to be seen. */
export function seesUnlisted(caller: Caller, customerId: string): boolean {
  return isTenant(caller) || (caller.kind === 'CUSTOMER' && caller.customerId === customerId);
}
