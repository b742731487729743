import { hoursAfter, termsOf } from '#domain/duel/duel.ts';
import { InvalidInputError } from '#domain/errors.ts';
import { insertDuel } from '#storage/duel-store.ts';

import { requireUsers, turnOf, type CustomerName } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { lockParties, requireEntrants, requireFriends, requireKind, requireRoom } from './parties.ts';

export type DuelStartInput = {
  kindCode: string;
  customer: CustomerName;
  /** Null offers it to whoever takes it first. */
  opponent: CustomerName | null;
};

/**
 * Offers a duel, by the terms of its kind as they are now. Throws NotFoundError; InvalidInputError for a duel against
 * oneself, or an open one of a kind for friends; StateConflictError where one of the two cannot take part;
 * LimitExceededError.
 */
export function startDuel(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  { kindCode, customer, opponent }: DuelStartInput,
): Promise<{ duelId: string; customerId: string; replayed: boolean }> {
  return deps.turns.take([turnOf(customer)], () =>
    mutate(deps, scope, command, async (tx) => {
      const catalogue = await deps.catalogues.at(tx, tx.programId);
      const compiled = requireKind(catalogue, kindCode);
      const parties = [{ ...customer, path: ['customerId'] }];
      if (opponent !== null) parties.push({ ...opponent, path: ['opponentId'] });
      const [customerId = '', opponentId = null] = await requireUsers(tx, parties);
      if (opponentId === customerId) throw new InvalidInputError('Nobody duels with themselves.', ['opponentId']);
      const { kind } = compiled;
      if (opponentId === null && kind.friendsOnly)
        throw new InvalidInputError('A duel of this kind needs an opponent, who is a friend.', ['opponentId']);
      await lockParties(deps, tx, catalogue, [customerId]);
      const ids = opponentId === null ? [customerId] : [customerId, opponentId];
      await requireEntrants(
        tx,
        catalogue,
        compiled,
        ids.map((id, index) => ({ customerId: id, path: parties[index]?.path ?? [] })),
      );
      if (opponentId !== null && kind.friendsOnly) await requireFriends(tx, customerId, opponentId);
      await requireRoom(tx, compiled, customerId);
      const duelId = deps.newId();
      const answerUntil = hoursAfter(tx.now, kind.answerHours);
      await insertDuel(tx, tx.programId, {
        ...{ id: duelId, kindId: kind.id, kindCode: kind.code, terms: termsOf(compiled) },
        state: opponentId === null ? 'OPEN' : 'INVITED',
        createdAt: tx.now,
        answerUntil,
        ...{ startedAt: null, endsAt: null, decidedAt: null },
        challengerId: customerId,
        opponentId,
      });
      const event = { type: 'duel.changed' as const, duelId, duel: kind.code };
      tx.emit({ ...event, customerId, change: 'OFFERED' });
      if (opponentId !== null)
        tx.emit({ ...event, customerId: opponentId, change: 'INVITED', answerUntil: answerUntil.toISOString() });
      return { duelId, customerId };
    }),
  );
}
