import { barOf, type CompiledDuelKind, type DuelBar } from '#domain/duel/compile.ts';
import { LimitExceededError, NotFoundError, StateConflictError } from '#domain/errors.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { countAtOnce } from '#storage/duel-store.ts';
import { readFriendIds } from '#storage/friend-store.ts';
import { lockAccounts } from '#storage/ledger-store.ts';

import { findContenders } from '../challenge/contenders.ts';
import type { AppDeps, Tx } from '../transaction.ts';

const BARRED: Record<DuelBar, string> = {
  PAUSED: 'No duels of this kind begin at the moment.',
  NOT_ENROLLED: 'Only who is enrolled takes part in duels.',
  TIER_NEEDED: 'Duels of this kind are for customers of other tiers.',
  NOT_ELIGIBLE: 'Duels of this kind are for other customers.',
};

/** A kind of duel by its code. Throws NotFoundError. */
export function requireKind({ ruleSet }: Catalogue, code: string): CompiledDuelKind {
  const compiled = ruleSet.duelKinds.find(({ kind }) => kind.code === code);
  if (compiled === undefined) throw new NotFoundError('kind of duel', ['kind']);
  return compiled;
}

/**
 * Takes the locks under which activities of these customers count, so that none is decided meanwhile, and two calls do not
 * count the same duels. Everybody takes them before a duel's own lock.
 */
export async function lockParties(
  deps: Pick<AppDeps, 'newId'>,
  tx: Tx,
  catalogue: Catalogue,
  customerIds: readonly string[],
): Promise<void> {
  const currencyId = catalogue.defaultCurrency.id;
  await lockAccounts(
    tx,
    deps.newId,
    tx.programId,
    customerIds.map((customerId) => ({ customerId, currencyId })),
  );
}

/** Throws StateConflictError, with the bar as its state, where one of them cannot enter a duel of the kind. */
export async function requireEntrants(
  tx: Tx,
  catalogue: Catalogue,
  compiled: CompiledDuelKind,
  entrants: readonly { customerId: string; path: readonly string[] }[],
): Promise<void> {
  const contenders = await findContenders(
    tx,
    catalogue,
    entrants.map(({ customerId }) => customerId),
  );
  for (const { customerId, path } of entrants) {
    const who = contenders.find((contender) => contender.customerId === customerId);
    const bar = who === undefined ? null : barOf(compiled, who);
    if (bar !== null) throw new StateConflictError(BARRED[bar], bar, path);
  }
}

/** Throws LimitExceededError where the customer has as many duels of the kind as it may have at once. */
export async function requireRoom(tx: Tx, { kind }: CompiledDuelKind, customerId: string): Promise<void> {
  const counts = await countAtOnce(tx, tx.programId, kind.id, [customerId]);
  if ((counts.get(customerId) ?? 0) >= kind.atOnceMax)
    throw new LimitExceededError(
      `A customer has at most ${kind.atOnceMax} duels of this kind at once.`,
      kind.atOnceMax,
      null,
      ['customerId'],
    );
}

/** Throws StateConflictError unless the two are friends. */
export async function requireFriends(tx: Tx, customerId: string, otherId: string): Promise<void> {
  if ((await readFriendIds(tx, tx.programId, customerId)).includes(otherId)) return;
  throw new StateConflictError('Duels of this kind are between friends.', 'NO_FRIEND', ['opponentId']);
}
