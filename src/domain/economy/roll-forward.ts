/**
 * The points economy by day. Every movement of points falls under one kind; a day's closing is its opening and what its
 * movements changed, and that is the next day's opening. Points are whole numbers.
 */

/** What happened to customers' points. WITHIN moves them between the parts of a balance: releases and holds. */
export const MOVEMENTS = [
  'ISSUE',
  'ISSUE_REVERSAL',
  'REDEEM',
  'REDEEM_REVERSAL',
  'EXPIRE',
  'FORFEIT',
  'ADJUST_UP',
  'ADJUST_DOWN',
  'TRANSFER',
  'WITHIN',
] as const;
export type MovementKind = (typeof MOVEMENTS)[number];

/** The sums of one kind of movement on one day; `day` null stands for everything before the first day asked for. */
export type DayMovement = {
  day: string | null;
  movement: MovementKind;
  transactions: number;
  moved: number;
  pending: number;
  available: number;
  held: number;
};

/** What customers have together; debts count against it. */
export type Standing = { total: number; pending: number; available: number; held: number };

/** Points by what happened to them, each zero or above. Undoing an adjustment is the opposite adjustment. */
export type Flows = {
  issued: number;
  issueReversed: number;
  redeemed: number;
  redemptionReversed: number;
  expired: number;
  /** Pending points that were cancelled before they could be spent. */
  forfeited: number;
  adjustedUp: number;
  adjustedDown: number;
  /** Moved between customers: neither issue nor redemption. */
  transferred: number;
  transactions: number;
};

export type EconomyDay = { day: string; opening: Standing; flows: Flows; closing: Standing };

export type RollForward = { opening: Standing; days: EconomyDay[]; flows: Flows; closing: Standing };

const NOTHING: Standing = { total: 0, pending: 0, available: 0, held: 0 };

/** Rolls balances forward over the days given, in their order; a day without movements keeps its opening. */
export function rollForward(days: readonly string[], movements: readonly DayMovement[]): RollForward {
  const byDay = Map.groupBy(movements, (movement) => movement.day);
  const opening = standingAfter(NOTHING, byDay.get(null) ?? []);
  const total = noFlows();
  const rolled: EconomyDay[] = [];
  let standing = opening;
  for (const day of days) {
    const ofDay = byDay.get(day) ?? [];
    const flows = noFlows();
    for (const movement of ofDay) {
      addMovement(flows, movement);
      addMovement(total, movement);
    }
    const closing = standingAfter(standing, ofDay);
    rolled.push({ day, opening: standing, flows, closing });
    standing = closing;
  }
  return { opening, days: rolled, flows: total, closing: standing };
}

/** Sums up flows, for instance to date. */
export function flowsOf(movements: readonly DayMovement[]): Flows {
  const flows = noFlows();
  for (const movement of movements) addMovement(flows, movement);
  return flows;
}

export const issuedNet = (flows: Flows): number => flows.issued - flows.issueReversed;
export const redeemedNet = (flows: Flows): number => flows.redeemed - flows.redemptionReversed;

/** What the flows make of an opening: the identity that holds to the point on every day. */
export function closingOf(opening: number, flows: Flows): number {
  const adjustments = flows.adjustedUp - flows.adjustedDown;
  return opening + issuedNet(flows) - redeemedNet(flows) - flows.expired - flows.forfeited + adjustments;
}

function standingAfter(before: Standing, movements: readonly DayMovement[]): Standing {
  const after = { ...before };
  for (const { pending, available, held } of movements) {
    after.pending += pending;
    after.available += available;
    after.held += held;
    after.total += pending + available + held;
  }
  return after;
}

const FIELD: Record<Exclude<MovementKind, 'WITHIN'>, keyof Flows> = {
  ISSUE: 'issued',
  ISSUE_REVERSAL: 'issueReversed',
  REDEEM: 'redeemed',
  REDEEM_REVERSAL: 'redemptionReversed',
  EXPIRE: 'expired',
  FORFEIT: 'forfeited',
  ADJUST_UP: 'adjustedUp',
  ADJUST_DOWN: 'adjustedDown',
  TRANSFER: 'transferred',
};

function addMovement(flows: Flows, { movement, moved, transactions }: DayMovement): void {
  flows.transactions += transactions;
  if (movement !== 'WITHIN') flows[FIELD[movement]] += moved;
}

function noFlows(): Flows {
  return {
    issued: 0,
    issueReversed: 0,
    redeemed: 0,
    redemptionReversed: 0,
    expired: 0,
    forfeited: 0,
    adjustedUp: 0,
    adjustedDown: 0,
    transferred: 0,
    transactions: 0,
  };
}
