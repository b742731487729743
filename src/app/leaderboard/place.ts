import type { ScoreUpdate } from '#domain/events.ts';
import { isPlaced, partOf } from '#domain/leaderboard/placement.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { findRedeemers } from '#storage/redemption-facts-store.ts';
import type { EntryScore } from '#storage/sql/apply-scores.ts';
import { movePlaces, readEntryCustomers, readPlaces } from '#storage/sql/place-entries.ts';
import { findTierCodes } from '#storage/tier-store.ts';

import type { Tx } from '../transaction.ts';

/**
 * Brings customers into the parts of boards that take them now, by tier, attribute, account and audience, with the scores
 * that they have. Call it in the transaction that changed any of these, after the change, and after scoring. Costs nothing
 * where no board has parts or an audience, and a fixed number of statements elsewhere. Sealed seasons stay as they are.
 */
export async function placeCustomers(
  tx: Tx,
  catalogue: Pick<Catalogue, 'program' | 'leaderboards' | 'ruleSet'>,
  customerIds: readonly string[],
): Promise<void> {
  const boards = new Map(
    catalogue.leaderboards
      .filter((board) => !board.archived && isPlaced(board) && board.league === null)
      .map((board) => [board.id, board]),
  );
  if (boards.size === 0 || customerIds.length === 0) return;
  const ids = [...new Set(customerIds)];
  const places = await readPlaces(tx, tx.programId, [...boards.keys()], ids);
  if (places.length === 0) return;
  const [people, tierCodes] = [
    await findRedeemers(tx, tx.programId, ids),
    await findTierCodes(tx, tx.programId, ids, catalogue.ruleSet.ladders),
  ];
  const moved = places.flatMap((place) => {
    const [board, person] = [boards.get(place.leaderboardId), people.get(place.customerId)];
    if (board === undefined || person === undefined) return [];
    const tierOf = tierCodes.get(place.customerId) ?? {};
    const tiers = catalogue.ruleSet.ladders.flatMap(({ ladder }) => tierOf[ladder.code] ?? []);
    const facts = { customer: person, account: person.account, accountId: person.accountId, tiers, tierOf };
    const part = partOf(board, facts, catalogue.program.attributeSchema);
    return part === place.part ? [] : [{ ...place, part }];
  });
  announceEntries(tx, await movePlaces(tx, tx.programId, moved));
}

const PAGE = 1_000;

/** As `placeCustomers`, for everybody in seasons that were just filled, page by page. */
export async function placeAll(
  tx: Tx,
  catalogue: Pick<Catalogue, 'program' | 'leaderboards' | 'ruleSet'>,
  seasonIds: readonly string[],
): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const page: string[] = await readEntryCustomers(tx, tx.programId, seasonIds, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last;
    await placeCustomers({ ...tx, emit: () => undefined }, catalogue, page);
  }
}

/** Tells the ranked copies of entries that changed, one event a season. */
export function announceEntries(
  tx: Pick<Tx, 'emit'>,
  entries: readonly (EntryScore & { leaderboardId: string })[],
): void {
  for (const [seasonId, changed] of Map.groupBy(entries, (entry) => entry.seasonId)) {
    const [first] = changed;
    if (first === undefined) continue;
    tx.emit({
      type: 'leaderboard.scored',
      seasonId,
      leaderboardId: first.leaderboardId,
      scores: changed.map(toUpdate),
    });
  }
}

/** What an entry says on its way to the ranked copies; what is as it nearly always is, is left out. */
export function toUpdate({ customerId, score, version, reachedAt, subScore, part, isListed }: EntryScore): ScoreUpdate {
  return {
    customerId,
    score,
    version,
    reachedAt: reachedAt.getTime(),
    ...(subScore === 0 ? {} : { subScore }),
    ...(part === '' ? {} : { part }),
    ...(isListed ? {} : { isListed }),
  };
}
