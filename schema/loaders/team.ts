import DataLoader from 'dataloader';

import type { BoardAppearance } from '#domain/appearance/appearance.ts';
import { may, type Caller } from '#domain/caller.ts';
import type { Membership, Team } from '#domain/team/team.ts';
import type { Deps } from '#src/deps.ts';
import { readAppearances } from '#storage/board-privacy-store.ts';
import { readFriends, type FriendRow } from '#storage/friend-store.ts';
import { findTeams, readMembers, readTeamsOf } from '#storage/team-store.ts';

import { loaderById } from './by-id.ts';

/** Teams by id for whoever holds team:read. */
export function createTeamLoader(deps: Deps, caller: Caller): DataLoader<string, Team | null> {
  return loaderById(async (ids) =>
    'programId' in caller && may(caller, 'team:read') ? findTeams(deps.reads, caller.programId, ids) : [],
  );
}

/** Members of teams that were loaded before. Nothing is remembered: after a mutation the next read is new. */
export function createMembersLoader(deps: Deps, programId: string | null): DataLoader<string, readonly Membership[]> {
  return new DataLoader(
    async (ids) => {
      const members =
        programId === null ? new Map<string, Membership[]>() : await readMembers(deps.reads, programId, ids);
      return ids.map((id) => members.get(id) ?? []);
    },
    { cache: false },
  );
}

/** The running team of customers. */
export function createTeamOfLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<string, { teamId: string; since: Date } | null> {
  return new DataLoader(
    async (ids) => {
      const teams = programId === null ? new Map<string, never>() : await readTeamsOf(deps.reads, programId, ids);
      return ids.map((id) => teams.get(id) ?? null);
    },
    { cache: false },
  );
}

/** Friends and open requests of customers. */
export function createFriendsLoader(deps: Deps, programId: string | null): DataLoader<string, readonly FriendRow[]> {
  return new DataLoader(
    async (ids) => {
      const friends =
        programId === null ? new Map<string, FriendRow[]>() : await readFriends(deps.reads, programId, ids);
      return ids.map((id) => friends.get(id) ?? []);
    },
    { cache: false },
  );
}

const BY_NAME: BoardAppearance = { appearance: 'NAME', alias: null };

/** How customers appear on boards. */
export function createAppearanceLoader(deps: Deps, programId: string | null): DataLoader<string, BoardAppearance> {
  return new DataLoader(
    async (ids) => {
      const chosen =
        programId === null ? new Map<string, BoardAppearance>() : await readAppearances(deps.reads, programId, ids);
      return ids.map((id) => chosen.get(id) ?? BY_NAME);
    },
    { cache: false },
  );
}
