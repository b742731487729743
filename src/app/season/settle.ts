import { publicId } from '#domain/ids.ts';
import type { Posting } from '#domain/ledger/posting.ts';
import { creditPrize } from '#domain/ledger/prize.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import { decidePrizes } from '#domain/season/prizes.ts';
import type { SeasonRun } from '#domain/season/season.ts';
import { readSeasons } from '#storage/leaderboard-store.ts';
import { onlyRow } from '#storage/postgres.ts';
import { findRedeemers } from '#storage/redemption-facts-store.ts';
import {
  insertSeasonPrizes,
  lockDuePrizes,
  settleSeasonPrizes,
  type SeasonPrize,
} from '#storage/season-prize-store.ts';
import { readSealedAll } from '#storage/season-standing-store.ts';

import { openLedger, saveLedger, type Ledger } from '../ledger/posting.ts';
import { giveReward } from '../redemption/give-reward.ts';
import { openSupply } from '../redemption/supply.ts';
import type { AppDeps, Tx } from '../transaction.ts';
import { giveBadgeOf } from './give-badge.ts';

const BATCH = 200;
const DAY_MS = 86_400_000;

/** Decides from the sealed record who wins what, once: the rows are what is given, whatever happens afterwards. */
export async function decideSeasonPrizes(deps: AppDeps, tx: Tx, run: SeasonRun, board: Leaderboard): Promise<void> {
  const plan = run.plan?.prizes ?? null;
  if (plan === null) return;
  const season = onlyRow(await readSeasons(tx, tx.programId, [run.id]));
  const awards = decidePrizes(plan, await readSealedAll(tx, tx.programId, run.id), season);
  const claimUntil = plan.claimDays === null ? null : new Date(tx.now.getTime() + plan.claimDays * DAY_MS);
  const rows = awards.map((award): SeasonPrize => ({
    ...award,
    id: deps.newId(),
    seasonId: run.id,
    currencyId: award.points > 0 ? plan.currencyId : null,
    state: claimUntil === null ? 'DUE' : 'CLAIMABLE',
    claimUntil,
    reason: null,
    granted: null,
    transactionId: null,
    redemptionId: null,
    decidedAt: tx.now,
    settledAt: null,
  }));
  await insertSeasonPrizes(tx, tx.programId, rows);
  const told = { type: 'prize.won', seasonId: run.id, leaderboard: board.code, season: run.key } as const;
  const until = claimUntil?.toISOString() ?? null;
  for (const { id, customerId, rank, points } of rows) {
    tx.emit({ ...told, prizeId: id, customerId, rank, points, claimUntil: until });
  }
}

/**
 * Gives a batch of due prizes: the points and the fact that they were given are one transaction, so that nobody is paid
 * twice, however often it is tried. Gives how many were settled.
 */
export async function giveDuePrizes(deps: AppDeps, tx: Tx, catalogue: Catalogue, run: SeasonRun): Promise<number> {
  const due = await lockDuePrizes(tx, tx.programId, run.id, BATCH);
  await givePrizes(deps, tx, catalogue, due);
  return due.length;
}

/**
 * Gives locked prizes to their winners and writes what became of each. Who is blocked or has left by now gets nothing: the
 * prize is withheld, and nobody moves up. A balance cap may cut points; the prize says what was granted, and why a reward or
 * badge of it could not be given.
 */
export async function givePrizes(
  deps: AppDeps,
  tx: Tx,
  catalogue: Catalogue,
  prizes: readonly SeasonPrize[],
): Promise<SeasonPrize[]> {
  if (prizes.length === 0) return [];
  const keys = prizes.flatMap(({ customerId, currencyId }) => [
    { customerId, currencyId: catalogue.defaultCurrency.id },
    { customerId, currencyId: currencyId ?? catalogue.defaultCurrency.id },
  ]);
  const ledger = await openLedger(deps, tx, keys, { lots: 'WHEN_DUE' });
  const ids = [...new Set(prizes.map(({ customerId }) => customerId))];
  const customers = await findRedeemers(tx, tx.programId, ids);
  const rewardIds = prizes.flatMap(({ rewardId }) =>
    catalogue.ruleSet.rewards.byId.has(rewardId ?? '') ? [rewardId ?? ''] : [],
  );
  const supply = await openSupply(tx, ledger.posting, [...new Set(rewardIds)]);
  const settled: SeasonPrize[] = [];
  for (const prize of prizes) {
    const customer = customers.get(prize.customerId);
    const state = customer?.enrolmentState ?? 'GONE';
    if (customer === undefined || state === 'BLOCKED' || state === 'LEFT') {
      settled.push({ ...prize, state: 'WITHHELD', reason: state, settledAt: tx.now });
      continue;
    }
    const winner = { prize, customer };
    const points = givePoints(catalogue, ledger, prize);
    const none = { redemptionId: null, hindrance: null };
    const won = { rewardId: prize.rewardId ?? '', customer, reason: 'Prize of a season' };
    const reward = prize.rewardId === null ? none : await giveReward(deps, tx, catalogue, supply, won);
    const badge = prize.badge === null ? null : await giveBadgeOf(deps, tx, catalogue, winner);
    const { redemptionId, hindrance } = reward;
    const reason = hindrance ?? badge;
    settled.push({ ...prize, ...points, redemptionId, reason, state: 'GIVEN', settledAt: tx.now });
  }
  await saveLedger(tx, ledger.posting);
  await supply.save();
  await settleSeasonPrizes(tx, tx.programId, settled);
  for (const { id, customerId, seasonId, state, granted } of settled) {
    tx.emit({ type: 'prize.settled', prizeId: id, customerId, seasonId, state, points: granted ?? 0 });
  }
  return settled;
}

function givePoints(
  catalogue: Catalogue,
  { posting, account }: Pick<Ledger, 'account'> & { posting: Posting },
  prize: SeasonPrize,
): Pick<SeasonPrize, 'granted' | 'transactionId'> {
  const currency = catalogue.currencyById.get(prize.currencyId ?? '');
  if (currency === undefined || prize.points === 0) return { granted: null, transactionId: null };
  const { granted, transactionId } = creditPrize(
    posting,
    account(prize.customerId, currency.id),
    { currency, points: prize.points, expiry: null },
    { timeZone: catalogue.program.timeZone, reason: `Prize ${publicId('SeasonPrize', prize.id)}` },
  );
  return { granted, transactionId };
}
