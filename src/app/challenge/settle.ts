import type { SharedPrize } from '#domain/challenge/prize.ts';
import { publicId } from '#domain/ids.ts';
import { creditPrize } from '#domain/ledger/prize.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { PointCurrency } from '#domain/program/program.ts';
import { endOfDayAfter } from '#domain/time.ts';
import { insertPrizes, type ChallengePrizeRow } from '#storage/challenge-prize-store.ts';
import { findPrizeWinners, lockUnsettledRun, markSettled, type SettlingRun } from '#storage/challenge-store.ts';

import { openLedger, saveLedger } from '../ledger/posting.ts';
import { inTransaction, type AppDeps, type Tx } from '../transaction.ts';

const BATCH = 200;

/**
 * Gives the prizes of a shared goal that was reached to its next customers, in one transaction with the note of how far it
 * came: whoever takes over after a crash goes on behind it, and nobody gets two. Gives how many customers got something;
 * fewer than a batch means that all have, or that another process works on it.
 */
export function settleGoal(deps: AppDeps, programId: string, runId: string): Promise<number> {
  return inTransaction(deps, { programId, actor: 'system:challenges' }, async (tx) => {
    const run = await lockUnsettledRun(tx, programId, runId);
    if (run === null) return 0;
    const { prize } = run;
    const winners =
      prize === null
        ? []
        : await findPrizeWinners(tx, run, {
            contributorMinimum: prize.contributorMinimum,
            bystanders: prize.bystanderPoints > 0,
            limit: BATCH,
          });
    if (prize !== null && winners.length > 0) await give(deps, tx, run, prize, winners);
    await markSettled(tx, programId, runId, {
      settledTo: winners.at(-1)?.customerId ?? null,
      settledAt: winners.length < BATCH ? tx.now : null,
    });
    return winners.length;
  });
}

/** Whether a batch was full, so that there may be more. */
export function mayGoOn(given: number): boolean {
  return given === BATCH;
}

async function give(
  deps: AppDeps,
  tx: Tx,
  run: SettlingRun,
  prize: SharedPrize,
  winners: readonly { customerId: string; hasContributed: boolean }[],
): Promise<void> {
  const catalogue = await deps.catalogues.at(tx, tx.programId);
  const currency = catalogue.currencyById.get(prize.currencyId);
  if (currency === undefined) throw new Error('a prize in a currency that is not there');
  const prizes = winners.map(({ customerId, hasContributed }) => ({
    id: deps.newId(),
    runId: run.id,
    customerId,
    role: hasContributed ? ('CONTRIBUTOR' as const) : ('BYSTANDER' as const),
    currencyId: currency.id,
    points: hasContributed ? prize.points : prize.bystanderPoints,
    expiry: prize.expiry,
    createdAt: tx.now,
  }));
  const rows =
    prize.claimDays === null
      ? await pay(deps, tx, catalogue, currency, prizes)
      : letClaim(prizes, endOfDayAfter(tx.now, catalogue.program.timeZone, { days: prize.claimDays }));
  await insertPrizes(tx, tx.programId, rows);
  for (const { customerId, id: prizeId, points, claimUntil } of rows)
    tx.emit({
      type: 'challenge.prize_changed',
      customerId,
      challenge: prize.challengeCode,
      prizeId,
      points,
      isNew: true,
      claimUntil: claimUntil?.toISOString() ?? null,
    });
}

type Prize = Omit<ChallengePrizeRow, 'state' | 'transactionId' | 'givenAt' | 'claimUntil'>;

function letClaim(prizes: readonly Prize[], claimUntil: Date): ChallengePrizeRow[] {
  return prizes.map((prize) => ({ ...prize, state: 'CLAIMABLE', transactionId: null, givenAt: null, claimUntil }));
}

/** Points without an activity of the customer's own are an adjustment: they can be spent, and do not count as earned. */
async function pay(
  deps: AppDeps,
  tx: Tx,
  { program }: Catalogue,
  currency: PointCurrency,
  prizes: readonly Prize[],
): Promise<ChallengePrizeRow[]> {
  const keys = prizes.map(({ customerId }) => ({ customerId, currencyId: currency.id }));
  const ledger = await openLedger(deps, tx, keys, { lots: 'WHEN_DUE' });
  const rows = prizes.map((prize): ChallengePrizeRow => {
    const { granted, transactionId } = creditPrize(
      ledger.posting,
      ledger.account(prize.customerId, currency.id),
      { ...prize, currency },
      { timeZone: program.timeZone, reason: `challenge prize ${publicId('ChallengePrize', prize.id)}` },
    );
    return { ...prize, state: 'GIVEN', points: granted, transactionId, givenAt: tx.now, claimUntil: null };
  });
  await saveLedger(tx, ledger.posting);
  return rows;
}
