import type { Caller } from '../caller.ts';
import type { Leaderboard } from '../program/program.ts';

/** Whether a caller of the board's program may see it: customers and publishable keys see public boards only. */
export function maySeeLeaderboard(caller: Caller, board: Pick<Leaderboard, 'isPublic'>): boolean {
  return board.isPublic || caller.kind === 'SECRET_KEY' || caller.kind === 'STAFF';
}
