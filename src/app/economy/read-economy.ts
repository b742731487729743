import { eachDay } from '#domain/economy/days.ts';
import {
  rollForward,
  flowsOf,
  issuedNet,
  redeemedNet,
  type Flows,
  type RollForward,
} from '#domain/economy/roll-forward.ts';
import { InvalidInputError } from '#domain/errors.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { addDays, localDay, startOfDay } from '#domain/time.ts';
import { countMembers, readDayMovements, type MemberCounts } from '#storage/ledger-day-store.ts';
import type { Statements } from '#storage/postgres.ts';
import type { BalanceBasis } from '#storage/sql/select-account-views.ts';

/** Most days of one answer: three years and some. */
export const ECONOMY_DAYS_MAX = 1_100;

export type EconomyWanted = {
  currencyId: string;
  /** Days in the program's zone, both inclusive. */
  from: string;
  to: string;
  basis: BalanceBasis;
};

export type Economy = RollForward & {
  wanted: EconomyWanted;
  timeZone: string;
  /** The last closed day of RECORDED; null while none is closed. */
  closedThrough: string | null;
  /** Whether the last day asked for is not over yet. */
  partial: boolean;
  /** From the first entry up to the last day asked for. */
  toDate: Flows;
  members: () => Promise<MemberCounts>;
  computedAt: Date;
};

export type EconomyReads = { reads: Statements; clock: () => Date };

/**
 * The points economy of one currency by day. Throws InvalidInputError when the days are out of order, lie ahead or are too
 * many.
 */
export async function readEconomy(deps: EconomyReads, catalogue: Catalogue, wanted: EconomyWanted): Promise<Economy> {
  const { id: programId, timeZone, testClock } = catalogue.program;
  const now = testClock ?? deps.clock();
  const today = localDay(now, timeZone);
  if (wanted.from > wanted.to) throw new InvalidInputError('from lies after to.', ['from']);
  if (wanted.to > today) throw new InvalidInputError(`to lies ahead of today, ${today} in the program's zone.`, ['to']);
  const days = eachDay(wanted.from, wanted.to, ECONOMY_DAYS_MAX);
  if (days === null) throw new InvalidInputError(`Ask for at most ${ECONOMY_DAYS_MAX} days.`, ['from']);
  const { rows: movements, closed } = await readDayMovements(deps.reads, { programId, timeZone, ...wanted });
  const until = startOfDay(addDays(wanted.to, 1), timeZone);
  return {
    ...rollForward(days, movements),
    wanted,
    timeZone,
    closedThrough: closed?.through ?? null,
    partial: wanted.to === today,
    toDate: flowsOf(movements),
    members: () => countMembers(deps.reads, { programId, currencyId: wanted.currencyId, until, basis: wanted.basis }),
    computedAt: now,
  };
}

/** A share with its parts; null when there is nothing to divide by. */
export type Ratio = { value: number | null; numerator: number; denominator: number };

export function ratio(numerator: number, denominator: number): Ratio {
  return { value: denominator === 0 ? null : numerator / denominator, numerator, denominator };
}

/** Redeemed net ÷ issued net of the same stretch; it can exceed 1. */
export function redeemedOfIssued(flows: Flows): Ratio {
  return ratio(redeemedNet(flows), issuedNet(flows));
}
