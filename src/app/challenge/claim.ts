import { NotFoundError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { balanceOf, type Balance } from '#domain/ledger/balance.ts';
import { creditPrize } from '#domain/ledger/prize.ts';
import { lockPrize, markGiven, readPrizes } from '#storage/challenge-prize-store.ts';
import { readRuns } from '#storage/challenge-store.ts';

import { requireUsers } from '../ledger/parties.ts';
import { openLedger, saveLedger } from '../ledger/posting.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';

export type PrizeClaimed = {
  prizeId: string;
  customerId: string;
  points: number;
  currencyId: string;
  balance: Balance;
};

/**
 * Gives a customer the points of a prize that waits to be claimed. `ownerId` is the only customer whose prize it may be;
 * null is anybody's. The points are an adjustment: they can be spent, and do not count as earned. Throws NotFoundError, or
 * StateConflictError when it was claimed, is too late, or the customer has left or is blocked.
 */
export function claimChallengePrize(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { prizeId: string | null; ownerId: string | null },
): Promise<PrizeClaimed & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const [known] = await readPrizes(tx, tx.programId, input.prizeId === null ? [] : [input.prizeId]);
    if (known === undefined || (input.ownerId !== null && known.customerId !== input.ownerId))
      throw new NotFoundError('prize', ['prizeId']);
    const { customerId, currencyId, runId } = known;
    await requireUsers(tx, [{ id: customerId, externalId: null, path: ['prizeId'] }]);
    const catalogue = await deps.catalogues.at(tx, tx.programId);
    const ledger = await openLedger(deps, tx, [{ customerId, currencyId }], { lots: 'WHEN_DUE' });
    const prize = await lockPrize(tx, tx.programId, known.id);
    if (prize === null) throw new NotFoundError('prize', ['prizeId']);
    if (prize.state !== 'CLAIMABLE' || prize.claimUntil === null)
      throw new StateConflictError('This prize has been given already.', 'GIVEN', ['prizeId']);
    if (prize.claimUntil <= tx.now)
      throw new StateConflictError(`This prize could be claimed until ${prize.claimUntil.toISOString()}.`, 'EXPIRED', [
        'prizeId',
      ]);
    const currency = catalogue.currencyById.get(currencyId);
    if (currency === undefined) throw new Error('a prize in a currency that is not there');
    const account = ledger.account(customerId, currencyId);
    const { granted, transactionId } = creditPrize(
      ledger.posting,
      account,
      { ...prize, currency },
      { timeZone: catalogue.program.timeZone, reason: `challenge prize ${publicId('ChallengePrize', prize.id)}` },
    );
    await saveLedger(tx, ledger.posting);
    await markGiven(tx, tx.programId, prize.id, { points: granted, transactionId, at: tx.now });
    const [run] = await readRuns(tx, tx.programId, [runId]);
    const challenge = catalogue.ruleSet.challenges.find((one) => one.challenge.id === run?.challengeId);
    tx.emit({
      type: 'challenge.prize_changed',
      customerId,
      challenge: challenge?.challenge.code ?? run?.prize?.challengeCode ?? '',
      prizeId: prize.id,
      points: granted,
      isNew: false,
      claimUntil: null,
    });
    return { prizeId: prize.id, customerId, points: granted, currencyId, balance: balanceOf(account, tx.now) };
  });
}
