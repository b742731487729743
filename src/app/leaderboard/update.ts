import { NotFoundError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { parseName } from '#domain/name.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import { updateLeaderboard } from '#storage/leaderboard-store.ts';

import { mutate, type Command } from '../mutation.ts';
import { announceCatalogueChange } from '../program/announce-change.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';

/** What is left out stays. What a board counts never changes: make another board. */
export type LeaderboardUpdateInput = {
  leaderboardId: string;
  name?: string;
  isPublic?: boolean;
  customersSee?: 'EVERYTHING' | 'NEIGHBOURS';
};

/** Renames a board, shows it to customers or hides it. Throws InvalidInputError, NotFoundError, StateConflictError. */
export function changeLeaderboard(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: LeaderboardUpdateInput,
): Promise<{ leaderboardId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const before = await openLeaderboard(deps, tx, input.leaderboardId);
    const name = input.name === undefined ? before.name : parseName(input.name);
    const { isPublic = before.isPublic, customersSee = before.customersSee } = input;
    const after = { ...before, name, isPublic, customersSee };
    await updateLeaderboard(tx, tx.programId, { ...after, archivedAt: null });
    await announceCatalogueChange(tx);
    tx.audit({ action: 'leaderboard.updated', subject: publicId('Leaderboard', before.id), before, after });
    return { leaderboardId: before.id };
  });
}

/** A board that still takes scores, named at `path`. Throws NotFoundError, or StateConflictError when it is archived. */
export async function openLeaderboard(
  deps: AppDeps,
  tx: Tx,
  leaderboardId: string,
  path: readonly string[] = ['id'],
): Promise<Leaderboard> {
  const board = (await deps.catalogues.at(tx, tx.programId)).leaderboardById.get(leaderboardId);
  if (board === undefined) throw new NotFoundError('leaderboard', path);
  if (board.archived) throw new StateConflictError('This leaderboard is archived.', 'ARCHIVED', path);
  return board;
}
