import { winnersOf } from '#domain/duel/duel.ts';
import { publicId } from '#domain/ids.ts';
import { creditPrize } from '#domain/ledger/prize.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { localDay, periodDays, startOfDay } from '#domain/time.ts';
import { readEnrolled } from '#storage/customer-store.ts';
import { countPrizes, lockDuel, readDuels, updateDuel, updateSide, type DuelView } from '#storage/duel-store.ts';

import { openLedger, saveLedger, type Ledger } from '../ledger/posting.ts';
import { inTransaction, type AppDeps, type Tx } from '../transaction.ts';

/**
 * Lets a duel lapse that nobody accepted, or decides one that has ended and gives its prizes, all in one transaction. Gives
 * whether it did: another process may have.
 */
export function settleDuel(deps: AppDeps, programId: string, duelId: string): Promise<boolean> {
  return inTransaction(deps, { programId, actor: 'system:duels' }, async (tx) => {
    const catalogue = await deps.catalogues.at(tx, tx.programId);
    const [known] = await readDuels(tx, programId, [duelId]);
    if (known === undefined) return false;
    // Before the duel's own lock, as everywhere: activities of both wait until it is decided.
    const ledger = await openAccounts(deps, tx, catalogue, known);
    const duel = await lockDuel(tx, programId, duelId, { skipLocked: true });
    if (duel === null || duel.state !== known.state) return false;
    if (duel.state === 'RUNNING') await decide(tx, catalogue, ledger, duel);
    else if (duel.state === 'INVITED' || duel.state === 'OPEN') await lapse(tx, duel);
    else return false;
    await saveLedger(tx, ledger.posting);
    return true;
  });
}

function openAccounts(deps: AppDeps, tx: Tx, catalogue: Catalogue, { sides, terms }: DuelView): Promise<Ledger> {
  const currencies = new Set([catalogue.defaultCurrency.id]);
  if (terms.prize !== null) currencies.add(terms.prize.currencyId);
  const keys = sides.flatMap(({ customerId }) => [...currencies].map((currencyId) => ({ customerId, currencyId })));
  return openLedger(deps, tx, keys, { lots: 'WHEN_DUE' });
}

async function lapse(tx: Tx, { id, kindCode, sides }: DuelView): Promise<void> {
  const never = { startedAt: null, endsAt: null, decidedAt: null, dueAt: null };
  await updateDuel(tx, tx.programId, id, { state: 'LAPSED', ...never });
  for (const { customerId } of sides)
    tx.emit({ type: 'duel.changed', customerId, duelId: id, duel: kindCode, change: 'LAPSED' });
}

async function decide(tx: Tx, catalogue: Catalogue, ledger: Ledger, duel: DuelView): Promise<void> {
  const { winners } = winnersOf(duel.sides, duel.terms.tie);
  const paid = await givePrizes(tx, catalogue, ledger, duel, winners);
  for (const { customerId } of duel.sides) {
    const { points, transactionId } = paid.get(customerId) ?? { points: 0, transactionId: null };
    const hasWon = winners.includes(customerId);
    await updateSide(tx, tx.programId, duel.id, { customerId, hasWon, points, transactionId });
    const change = hasWon ? 'WON' : winners.length === 0 ? 'DRAWN' : 'LOST';
    tx.emit({ type: 'duel.changed', customerId, duelId: duel.id, duel: duel.kindCode, change, points });
  }
  const { startedAt, endsAt } = duel;
  await updateDuel(tx, tx.programId, duel.id, { state: 'DECIDED', startedAt, endsAt, decidedAt: tx.now, dueAt: null });
}

type Paid = Map<string, { points: number; transactionId: string | null }>;

/** Credits the winners who are enrolled and have had fewer prizes of the kind this month than it allows. */
async function givePrizes(
  tx: Tx,
  { program, currencyById }: Catalogue,
  { posting, account }: Ledger,
  { id, kindId, terms: { prize } }: DuelView,
  winners: readonly string[],
): Promise<Paid> {
  const paid: Paid = new Map();
  if (prize === null || winners.length === 0) return paid;
  const currency = currencyById.get(prize.currencyId);
  if (currency === undefined) throw new Error('a prize in a currency that is not there');
  const since = startOfDay(periodDays('MONTH', localDay(tx.now, program.timeZone)).startsOn, program.timeZone);
  const [enrolled, had] = await Promise.all([
    readEnrolled(tx, tx.programId, winners),
    countPrizes(tx, tx.programId, { kindId, customerIds: winners, since }),
  ]);
  for (const customerId of winners) {
    if (!enrolled.has(customerId) || (had.get(customerId) ?? 0) >= prize.monthlyMax) continue;
    const { granted, transactionId } = creditPrize(
      posting,
      account(customerId, currency.id),
      { ...prize, currency },
      { timeZone: program.timeZone, reason: `duel prize ${publicId('Duel', id)}` },
    );
    paid.set(customerId, { points: granted, transactionId });
  }
  return paid;
}
