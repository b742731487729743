import type { Hold, Lot } from '#domain/ledger/account.ts';
import { holdAt, lotAt } from '#domain/ledger/preview.ts';
import type { PageRequest } from '#domain/page.ts';
import { findAccountOwners, readProgramNow } from '#storage/ledger-owner-store.ts';
import type { AccountKey } from '#storage/ledger-store.ts';
import { listLots } from '#storage/sql/list-lots.ts';
import type { LotWhere } from '#storage/sql/list-lots.ts';
import { selectHolds } from '#storage/sql/select-holds.ts';
import { selectLots, selectLotsOfTransactions } from '#storage/sql/select-lots.ts';

import type { BalanceReads } from './read-balances.ts';

/** A lot or hold as it stands now, with whose it is. */
export type Owned<Thing> = Thing & { owner: AccountKey };

export async function findLots(deps: BalanceReads, programId: string, ids: readonly string[]): Promise<Owned<Lot>[]> {
  return present(deps, programId, await selectLots(deps.reads, programId, ids), lotAt);
}

export async function findLotsOfTransactions(
  deps: BalanceReads,
  programId: string,
  ids: readonly string[],
): Promise<Owned<Lot>[]> {
  return present(deps, programId, await selectLotsOfTransactions(deps.reads, programId, ids), lotAt);
}

export async function findHolds(deps: BalanceReads, programId: string, ids: readonly string[]): Promise<Owned<Hold>[]> {
  return present(deps, programId, await selectHolds(deps.reads, programId, ids), holdAt);
}

/** A page of a customer's lots with anything in them, soonest-expiring first. */
export async function findLotPage(
  deps: BalanceReads,
  programId: string,
  where: LotWhere,
  page: PageRequest,
): Promise<Owned<Lot>[]> {
  const now = await readProgramNow(deps.reads, programId, deps.clock());
  return present(deps, programId, await listLots(deps.reads, programId, now, where, page), lotAt);
}

async function present<Thing extends { accountId: string }>(
  deps: BalanceReads,
  programId: string,
  things: readonly Thing[],
  at: (thing: Thing, now: Date) => Thing,
): Promise<Owned<Thing>[]> {
  if (things.length === 0) return [];
  const [owners, now] = await Promise.all([
    findAccountOwners(deps.reads, programId, [...new Set(things.map((thing) => thing.accountId))]),
    readProgramNow(deps.reads, programId, deps.clock()),
  ]);
  return things.flatMap((thing) => {
    const owner = owners.get(thing.accountId);
    return owner === undefined ? [] : [Object.assign(at(thing, now), { owner })];
  });
}
