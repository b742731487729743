import { decidePlay, type PlayDecision } from '#domain/draw/can-play.ts';
import type { CompiledDraw } from '#domain/draw/compile.ts';
import { oddsOf, whatIsUsedUp, type Odds } from '#domain/draw/play.ts';
import type { Statements } from '#storage/postgres.ts';
import { readStock } from '#storage/reward-stock-store.ts';

import { readBalances } from '../ledger/read-balances.ts';
import type { Catalogues } from '../program/catalogues.ts';
import { loadAdmission, type Around } from '../redemption/admission.ts';
import { countDraws, type Player } from './facts.ts';

type Reading = { reads: Statements; clock: () => Date; catalogues: Catalogues };

/** A live draw with its chances now. */
export type DrawNow = { compiled: CompiledDraw; odds: readonly Odds[] };
/** The same for a customer, with what a play would cost, or why there is none. */
export type DrawForCustomer = DrawNow & { decision: PlayDecision };

/** All live draws in the order in which they are shown, paused ones left out, with their chances for anybody. */
export async function readDraws(deps: Reading, programId: string): Promise<DrawNow[]> {
  const around = await aroundOf(deps, programId);
  const players = liveDraws(around).map((compiled): Player => ({ compiled, customerId: null }));
  const counts = await countAll(deps, around, players);
  return players.map(({ compiled }, place) => {
    const given = counts[place]?.given;
    return { compiled, odds: given === undefined ? [] : oddsOf(compiled, whatIsUsedUp(compiled, given)) };
  });
}

/**
 * The same for customers, with their own limits, in their order; customers that the program does not have have none. A number
 * of statements that does not grow with theirs.
 */
export async function readDrawsOf(
  deps: Reading,
  programId: string,
  customerIds: readonly string[],
): Promise<DrawForCustomer[][]> {
  const around = await aroundOf(deps, programId);
  const draws = liveDraws(around);
  if (draws.length === 0) return customerIds.map(() => []);
  const { program, defaultCurrency } = around.catalogue;
  const people = await loadAdmission(deps.reads, around, customerIds);
  const players = customerIds
    .filter((id) => people.has(id))
    .flatMap((customerId) => draws.map((compiled) => ({ compiled, customerId })));
  const counts = await countAll(deps, around, players);
  const balances = await readBalances(
    deps,
    programId,
    players.map(({ compiled: { currency }, customerId }) => ({
      ...{ customerId, currencyId: (currency ?? defaultCurrency).id },
      ...{ asOf: null, basis: 'EFFECTIVE' as const },
    })),
  );
  const answers = players.flatMap(({ compiled, customerId }, place) => {
    const [person, counted] = [people.get(customerId), counts[place]];
    if (person === undefined || counted === undefined) return [];
    const usedUp = whatIsUsedUp(compiled, counted.given);
    const facts = { ...person, ...counted, available: balances[place]?.available ?? 0 };
    const decision = decidePlay(compiled, facts, usedUp, { program, now: around.now });
    return [{ customerId, compiled, odds: oddsOf(compiled, usedUp), decision }];
  });
  const byCustomer = Map.groupBy(answers, ({ customerId }) => customerId);
  return customerIds.map((id) => byCustomer.get(id) ?? []);
}

async function aroundOf(deps: Reading, programId: string): Promise<Around> {
  const catalogue = await deps.catalogues.current(programId);
  return { catalogue, now: catalogue.program.testClock ?? deps.clock() };
}

function liveDraws({ catalogue }: Around): CompiledDraw[] {
  return catalogue.ruleSet.draws.filter(({ draw }) => !draw.paused);
}

async function countAll(deps: Reading, around: Around, players: readonly Player[]) {
  if (players.length === 0) return [];
  const rewardIds = players.flatMap(({ compiled }) => compiled.outcomes.flatMap(({ rewardId }) => rewardId ?? []));
  const stock = await readStock(deps.reads, around.catalogue.program.id, [...new Set(rewardIds)]);
  return countDraws(deps.reads, around, players, (id) => stock.get(id) ?? { reserved: 0, issued: 0 });
}
