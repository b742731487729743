import { decisionAt, hoursAfter } from '#domain/duel/duel.ts';
import { NotFoundError, StateConflictError } from '#domain/errors.ts';
import type { DuelChange } from '#domain/events.ts';
import { insertSide, lockDuel, readDuels, updateDuel, type DuelView } from '#storage/duel-store.ts';

import { requireUsers, turnOf, type CustomerName } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';
import { lockParties, requireEntrants, requireKind, requireRoom } from './parties.ts';

export type DuelAnswerInput = {
  /** Null for an id that names nothing. */
  duelId: string | null;
  customer: CustomerName;
};
export type DuelAnswered = { duelId: string; customerId: string };

const sideOf = (duel: DuelView, role: 'CHALLENGER' | 'OPPONENT') =>
  duel.sides.find((side) => side.role === role)?.customerId ?? null;

/**
 * Accepts a duel, which begins at once: the invited customer alone, or whoever comes first to an open one. Throws
 * NotFoundError, StateConflictError where it cannot be accepted (any more), LimitExceededError.
 */
export function acceptDuel(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: DuelAnswerInput,
): Promise<DuelAnswered & { replayed: boolean }> {
  return deps.turns.take([turnOf(input.customer)], () =>
    mutate(deps, scope, command, async (tx) => {
      const catalogue = await deps.catalogues.at(tx, tx.programId);
      const [customerId = ''] = await requireUsers(tx, [{ ...input.customer, path: ['customerId'] }]);
      const known = await requireDuel(tx, input.duelId);
      const challengerId = sideOf(known, 'CHALLENGER') ?? '';
      if (challengerId === customerId)
        throw new StateConflictError('Nobody accepts their own duel.', 'OWN', ['duelId']);
      await lockParties(deps, tx, catalogue, [challengerId, customerId]);
      const duel = await requireAnswerable(tx, known.id);
      if (duel.state === 'INVITED' && sideOf(duel, 'OPPONENT') !== customerId)
        throw new NotFoundError('duel', ['duelId']);
      const compiled = requireKind(catalogue, duel.kindCode);
      await requireEntrants(tx, catalogue, compiled, [{ customerId, path: ['customerId'] }]);
      await requireRoom(tx, compiled, customerId);
      const endsAt = hoursAfter(tx.now, duel.terms.hours);
      if (duel.state === 'OPEN') await insertSide(tx, tx.programId, duel.id, 'OPPONENT', customerId);
      await updateDuel(tx, tx.programId, duel.id, {
        state: 'RUNNING',
        startedAt: tx.now,
        endsAt,
        decidedAt: null,
        dueAt: decisionAt(endsAt, duel.terms),
      });
      announce(tx, duel, [challengerId, customerId], 'STARTED');
      return { duelId: duel.id, customerId };
    }),
  );
}

/** Declines an invitation. Throws NotFoundError, also for who is not invited, and StateConflictError once it is answered. */
export function declineDuel(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: DuelAnswerInput,
): Promise<DuelAnswered & { replayed: boolean }> {
  return end(deps, scope, command, input, 'OPPONENT');
}

/** Takes back a duel that nobody has accepted. Throws NotFoundError, also for who did not offer it, and StateConflictError. */
export function withdrawDuel(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: DuelAnswerInput,
): Promise<DuelAnswered & { replayed: boolean }> {
  return end(deps, scope, command, input, 'CHALLENGER');
}

function end(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  { duelId, customer }: DuelAnswerInput,
  role: 'CHALLENGER' | 'OPPONENT',
): Promise<DuelAnswered & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const [customerId = ''] = await requireUsers(tx, [{ ...customer, path: ['customerId'] }]);
    const known = await requireDuel(tx, duelId);
    if (sideOf(known, role) !== customerId) throw new NotFoundError('duel', ['duelId']);
    const duel = await requireAnswerable(tx, known.id);
    const state = role === 'OPPONENT' ? 'DECLINED' : 'WITHDRAWN';
    await updateDuel(tx, tx.programId, duel.id, {
      state,
      ...{ startedAt: null, endsAt: null, decidedAt: null, dueAt: null },
    });
    announce(
      tx,
      duel,
      duel.sides.map((side) => side.customerId),
      state,
    );
    return { duelId: duel.id, customerId };
  });
}

async function requireDuel(tx: Tx, id: string | null): Promise<DuelView> {
  const [duel] = id === null ? [] : await readDuels(tx, tx.programId, [id]);
  if (duel === undefined) throw new NotFoundError('duel', ['duelId']);
  return duel;
}

/** The duel, locked, as long as it waits for an answer. */
async function requireAnswerable(tx: Tx, id: string): Promise<DuelView> {
  const duel = await lockDuel(tx, tx.programId, id, { skipLocked: false });
  if (duel === null) throw new NotFoundError('duel', ['duelId']);
  if (duel.state !== 'INVITED' && duel.state !== 'OPEN')
    throw new StateConflictError('This duel waits for no answer any more.', duel.state, ['duelId']);
  if (duel.answerUntil <= tx.now)
    throw new StateConflictError(`This duel could be accepted until ${duel.answerUntil.toISOString()}.`, 'LAPSED', [
      'duelId',
    ]);
  return duel;
}

function announce(tx: Tx, { id, kindCode }: DuelView, customerIds: readonly string[], change: DuelChange): void {
  for (const customerId of customerIds)
    tx.emit({ type: 'duel.changed', customerId, duelId: id, duel: kindCode, change });
}
