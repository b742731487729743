import { decidePlay } from '#domain/draw/can-play.ts';
import type { CompiledDraw, CompiledOutcome } from '#domain/draw/compile.ts';
import { drawOutcome, isWin, whatIsUsedUp } from '#domain/draw/play.ts';
import { DrawRefusedError, NotFoundError, StateConflictError } from '#domain/errors.ts';
import { formatFor } from '#domain/explanation/locale.ts';
import { publicId } from '#domain/ids.ts';
import { balanceOf, type Balance } from '#domain/ledger/balance.ts';
import { spend } from '#domain/ledger/debit.ts';
import { creditPrize } from '#domain/ledger/prize.ts';
import { textFor } from '#domain/local-text.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { insertPlay, lockDraw, type DrawPlayRow } from '#storage/draw-store.ts';

import { requireCustomers, turnOf, type CustomerName } from '../ledger/parties.ts';
import { openLedger, saveLedger, type Ledger } from '../ledger/posting.ts';
import { mutate, type Command } from '../mutation.ts';
import { loadAdmission, type Admitted } from '../redemption/admission.ts';
import { giveReward } from '../redemption/give-reward.ts';
import { openSupply, type Supply } from '../redemption/supply.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';
import { countDraws, runningPeriods } from './facts.ts';

export type PlayDraw = { customer: CustomerName; drawCode: string };

/** `balances` are those of the currencies that moved. */
export type DrawPlayed = { playId: string; balances: Balance[] };

/**
 * Plays a draw for a customer: price, random number, prize and record are one transaction. What is drawn and used up falls to
 * the fallback. Under one key there is one play, whatever it came to. Throws NotFoundError, and DrawRefusedError with every
 * reason; whoever is refused has paid nothing.
 */
export function playDraw(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: PlayDraw,
): Promise<DrawPlayed & { replayed: boolean }> {
  // A draw is counted under one lock: waiting for it here, and not on a connection, leaves the others theirs.
  const turns = [turnOf(input.customer), `${scope.programId} draw ${input.drawCode}`];
  return deps.turns.take(turns, () => mutate(deps, scope, command, (tx) => play(deps, tx, input)));
}

async function play(deps: AppDeps, tx: Tx, { customer, drawCode }: PlayDraw): Promise<DrawPlayed> {
  const before = await deps.catalogues.at(tx, tx.programId);
  const wanted = requireDraw(before, drawCode);
  const [customerId = ''] = await requireCustomers(tx, [{ ...customer, path: ['customerId'] }]);
  const { currencyIds, rewardIds } = concerned(wanted);
  const ledger = await openLedger(
    deps,
    tx,
    [before.defaultCurrency.id, ...currencyIds].map((currencyId) => ({ customerId, currencyId })),
  );
  await lockDraw(tx, tx.programId, wanted.draw.id);
  const supply = await openSupply(tx, ledger.posting, rewardIds);
  // Whoever publishes locks the stock: with the lock held, what is live now is what counts.
  const catalogue = await deps.catalogues.at(tx, tx.programId);
  const compiled = requireDraw(catalogue, drawCode);
  if (JSON.stringify(concerned(compiled)) !== JSON.stringify(concerned(wanted)))
    throw new StateConflictError('This draw was changed just now. Look at it again.', 'CHANGED', ['draw']);
  const around = { catalogue, now: tx.now };
  const [people, [counts]] = await Promise.all([
    loadAdmission(tx, around, [customerId]),
    countDraws(tx, around, [{ compiled, customerId }], (rewardId) => supply.stockOf(rewardId)),
  ]);
  const person = people.get(customerId);
  if (person === undefined || counts === undefined) throw new Error('a customer vanished under the lock');
  const available = compiled.currency === null ? 0 : ledger.account(customerId, compiled.currency.id).available;
  const usedUp = whatIsUsedUp(compiled, counts.given);
  const facts = { ...person, ...counts, available };
  const { program } = catalogue;
  const { points, isFree, refusals } = decidePlay(compiled, facts, usedUp, { program, now: tx.now });
  if (refusals.length > 0) throw new DrawRefusedError(refusals, formatFor('en', program.timeZone));
  const ticket = deps.chance(compiled.tickets);
  const { drawn, given, usedUp: why, isPaid } = drawOutcome(compiled, usedUp, ticket);
  const id = deps.newId();
  const opened: Opened = { deps, tx, catalogue, ledger, supply, person, id };
  const row: DrawPlayRow = {
    ...{ id, customerId, drawId: compiled.draw.id, drawCode, revision: catalogue.ruleSet.revision },
    ...{ ticket, tickets: compiled.tickets, drawn: drawn.outcome.code, given: given.outcome.code, usedUp: why },
    ...{ outcome: given.outcome, isFree, money: given.outcome.cost, playedAt: tx.now, actor: tx.actor },
    ...pay(opened, compiled, isPaid ? points : 0),
    ...(await give(opened, given)),
  };
  await saveLedger(tx, ledger.posting);
  await supply.save();
  await insertPlay(tx, tx.programId, row, Object.values(runningPeriods(around)));
  tell(opened, compiled, given, row);
  const moved = new Set([row.paymentId === null ? null : row.costCurrencyId, row.pointsCurrencyId]);
  const accounts = ledger.accounts.filter(({ currencyId }) => moved.has(currencyId));
  return { playId: id, balances: accounts.map((account) => balanceOf(account, tx.now)) };
}

type Opened = {
  deps: AppDeps;
  tx: Tx;
  catalogue: Catalogue;
  ledger: Ledger;
  supply: Supply;
  person: Admitted;
  /** Of the play. */
  id: string;
};

/** The live draw of a code. Throws NotFoundError. */
function requireDraw({ ruleSet }: Catalogue, code: string): CompiledDraw {
  const compiled = ruleSet.draws.find(({ draw }) => draw.code === code);
  if (compiled === undefined) throw new NotFoundError('prize draw', ['draw']);
  return compiled;
}

/** All that a play may touch, and by which weights: what is locked for it must be what it is decided by. */
function concerned({ draw, currency, outcomes }: CompiledDraw) {
  const currencies = [currency, ...outcomes.map((one) => one.currency)];
  return {
    draw,
    currencyIds: currencies.flatMap((one) => one?.id ?? []),
    rewardIds: outcomes.flatMap(({ rewardId }) => rewardId ?? []),
  };
}

function pay(
  { tx, ledger, person, id }: Opened,
  { currency }: CompiledDraw,
  cost: number,
): Pick<DrawPlayRow, 'cost' | 'costCurrencyId' | 'paymentId'> {
  const costCurrencyId = currency?.id ?? null;
  if (currency === null || cost === 0) return { cost: 0, costCurrencyId, paymentId: null };
  const { id: paymentId } = spend(ledger.posting, ledger.account(person.redeemer.id, currency.id), {
    currency,
    amount: cost,
    effectiveAt: tx.now,
    cause: { reason: `Play of a prize draw ${publicId('DrawPlay', id)}` },
  });
  return { cost, costCurrencyId, paymentId };
}

/** Gives what was won. Points without an activity of one's own are an adjustment: they do not count as earned. */
async function give(
  { deps, tx, catalogue, ledger, supply, person, id }: Opened,
  { outcome, currency, rewardId }: CompiledOutcome,
): Promise<Pick<DrawPlayRow, 'points' | 'pointsCurrencyId' | 'transactionId' | 'redemptionId'>> {
  const nothing = { points: 0, pointsCurrencyId: null, transactionId: null, redemptionId: null };
  if (rewardId !== null) {
    const won = { rewardId, customer: person.redeemer, reason: 'Prize of a draw' };
    const { redemptionId } = await giveReward(deps, tx, catalogue, supply, won);
    if (redemptionId === null) throw new Error('a prize that was there under the lock is gone');
    return { ...nothing, redemptionId };
  }
  if (currency === null || outcome.prize.kind !== 'POINTS') return nothing;
  const { granted, transactionId } = creditPrize(
    ledger.posting,
    ledger.account(person.redeemer.id, currency.id),
    { ...outcome.prize, currency },
    { timeZone: catalogue.program.timeZone, reason: `Prize of a draw ${publicId('DrawPlay', id)}` },
  );
  return { ...nothing, points: granted, pointsCurrencyId: currency.id, transactionId };
}

function tell({ tx, person }: Opened, { draw }: CompiledDraw, given: CompiledOutcome, row: DrawPlayRow): void {
  tx.emit({
    type: 'draw.played',
    customerId: row.customerId,
    playId: row.id,
    drawId: draw.id,
    draw: draw.code,
    outcome: row.given,
    name: textFor(given.outcome.texts, person.redeemer.locale).name,
    isWin: isWin(given),
    points: row.points,
  });
}
