import { giveBadges, type BadgeLedger } from '../badge/give.ts';
import { giveChallenges, type ChallengeLedger } from '../challenge/give.ts';
import { scoreDuels, type DuelLedger } from '../duel/give.ts';
import { evaluateRules, type Award, type Decline, type UsageLedgers } from '../earning/evaluate.ts';
import { expiryOf } from '../earning/expiry.ts';
import type { ActivityCounters, CustomerFacts, EarningFacts } from '../earning/facts.ts';
import type { ScoredFact } from '../leaderboard/changes.ts';
import type { BoardLedger } from '../leaderboard/judge.ts';
import type { AccountState } from '../ledger/account.ts';
import { credit, type PendingTerms } from '../ledger/credit.ts';
import { countsAsActivity, stayActive } from '../ledger/inactivity.ts';
import { lotsReleasedBy, releaseLot } from '../ledger/pending.ts';
import type { Posting } from '../ledger/posting.ts';
import { giveMilestones, type MilestoneLedger } from '../milestone/give.ts';
import { addPoints } from '../points.ts';
import type { Catalogue } from '../program/catalogue.ts';
import type { PointCurrency } from '../program/program.ts';
import { giveStreaks, type StreakLedger } from '../streak/give.ts';
import type { MeasuredFact } from '../tier/measure.ts';
import { firstTier } from '../tier/standing.ts';
import { endOfDayAfter } from '../time.ts';
import type { CheckedReport, Channel } from './activity.ts';
import { pointsGiven } from './effect.ts';
import type {
  BalanceAfter,
  Effect,
  LevelReachedEffect,
  PointsEarned,
  PointsEffect,
  RuleDeclined,
  TierChanged,
} from './effect.ts';

/** A checked activity with everything that its decision may look at. */
export type ActivityFacts = {
  id: string;
  channel: Channel;
  report: CheckedReport;
  customer: CustomerFacts;
  counters: ActivityCounters;
  actor: string;
};

/** What decisions share over a batch; each decision adds to the posting, the accounts and the caps. */
export type DecisionContext = {
  catalogue: Catalogue;
  posting: Posting;
  account: (customerId: string, currencyId: string) => AccountState;
  usage: (customerId: string) => UsageLedgers;
  tiers: TierLedger;
  milestones: MilestoneLedger;
  streaks: StreakLedger;
  boards: BoardLedger;
  challenges: ChallengeLedger;
  duels: DuelLedger;
  badges: BadgeLedger;
};

/** The tiers of the batch's customers; counting an activity may raise them. */
export type TierLedger = {
  codesOf(customerId: string): Readonly<Record<string, string>>;
  advance(
    acting: { customerId: string; occurredAt: Date; activityId: string; mayRise: boolean },
    fact: MeasuredFact,
  ): readonly (TierChanged | LevelReachedEffect)[];
};

export type Decision = {
  effects: Effect[];
  /** Rules that gave nothing; `toDeclined` tells them to a caller who asks. */
  declines: readonly Decline[];
  balances: BalanceAfter[];
  /** Points earned, over all currencies. */
  points: number;
  scored: ScoredFact;
  /** What the rules saw. */
  seen: EarningFacts;
};

/**
 * Decides everything that one activity does to the customer who acted: what pending points it releases, then what it earns
 * by the live rules. Pure but for the posting and the accounts, which it moves on.
 */
export function decideActivity(context: DecisionContext, facts: ActivityFacts): Decision {
  const { report, customer } = facts;
  keepPointsAlive(context, facts);
  const released = releasePending(context, facts);
  const tiers = context.tiers.codesOf(customer.id);
  const seen = seenBy(context, facts, tiers);
  const { given, declines, earned } = earn(context, facts, seen, tiers);
  // Before milestones and tiers, which count what a prize gives; duels and streaks count what rules gave.
  const duelled = scoreDuels(context, facts, seen, earned);
  const extended = giveStreaks(context, facts, seen, earned);
  const progressed = giveChallenges(context, facts, seen, earned);
  const reached = giveMilestones(context, facts, earned);
  const activityTypeId = report.type.id;
  const measured = { activityTypeId, properties: report.properties, points: earned };
  // The tiers that the rules saw are those of before; what was given counts towards the next.
  const { occurredAt } = report;
  const mayRise = customer.enrolmentState === 'ENROLLED';
  const risen = context.tiers.advance({ customerId: customer.id, occurredAt, activityId: facts.id, mayRise }, measured);
  const awarded = giveBadges(context, facts, earned);
  const fact = { kind: 'TRACKED' as const, customerId: customer.id, occurredAt, ...measured };
  const judgement = context.boards.judge(fact);
  const gifts = pointsGiven([...given, ...extended, ...progressed, ...reached, ...awarded]);
  return {
    effects: [
      ...released,
      ...given,
      ...extended,
      ...progressed,
      ...duelled,
      ...reached,
      ...risen,
      ...awarded,
      ...judgement.effects,
    ],
    declines,
    balances: balancesOf(context, customer.id, [...released, ...gifts]),
    points: gifts.reduce((sum, { points }) => addPoints(sum, points), 0),
    scored: { ...fact, activityId: facts.id, judged: judgement.judged },
    seen,
  };
}

/** What rules may look at. */
function seenBy(
  { catalogue }: DecisionContext,
  { report, customer, channel, counters }: ActivityFacts,
  tiers: Readonly<Record<string, string>>,
): EarningFacts {
  const { occurredAt, properties } = report;
  return {
    activity: { type: report.type.code, channel, occurredAt, properties },
    customer,
    account: customer.account,
    tier: firstTier(catalogue.ruleSet.ladders, tiers),
    tiers,
    counters,
  };
}

/** Gives what the rules award; `earned` is that by currency. */
function earn(
  context: DecisionContext,
  facts: ActivityFacts,
  seen: EarningFacts,
  tiers: Readonly<Record<string, string>>,
): { given: PointsEarned[]; declines: Decline[]; earned: Map<string, number> } {
  const { program, ruleSet } = context.catalogue;
  const { awards, declines } = evaluateRules(ruleSet.earning, seen, program, context.usage(facts.customer.id));
  const given: PointsEarned[] = [];
  const earned = new Map<string, number>();
  for (const award of awards) {
    const effect = giveAward(context, facts, award, tiers);
    if (effect === null) {
      declines.push({ rule: award.rule, reason: 'CAP_REACHED', detail: `balance of ${award.currency.balanceCap}` });
      continue;
    }
    given.push(effect);
    earned.set(award.currency.id, addPoints(earned.get(award.currency.id) ?? 0, effect.points));
  }
  return { given, declines, earned };
}

/** How an award waits: to the end of the local day so many days later, for an activity with the same key, or for a call. */
function pendingTerms(award: Award, facts: ActivityFacts, timeZone: string): PendingTerms | null {
  const { pending } = award.rule;
  if (pending === null) return null;
  if (pending.kind === 'DAYS')
    return {
      availableAt: endOfDayAfter(facts.report.occurredAt, timeZone, { days: pending.days }),
      activityType: null,
      key: null,
    };
  if (pending.kind === 'UNTIL_RELEASED') return { availableAt: null, activityType: null, key: null };
  return {
    availableAt: null,
    activityType: pending.activityType,
    key: keyOf(facts.report.properties[pending.matchProperty]) ?? '',
  };
}

function giveAward(
  context: DecisionContext,
  facts: ActivityFacts,
  award: Award,
  tiers: Readonly<Record<string, string>>,
): PointsEarned | null {
  const { timeZone } = context.catalogue.program;
  const pending = pendingTerms(award, facts, timeZone);
  const expiresAt = expiryOf(award.rule.expiry, award.currency, facts.report.occurredAt, timeZone);
  const given = credit(context.posting, context.account(facts.customer.id, award.currency.id), {
    kind: 'EARN',
    currency: award.currency,
    amount: award.points,
    effectiveAt: facts.report.occurredAt,
    pending,
    expiresAt,
    beyondCap: 'TRUNCATE',
    cause: {
      activityId: facts.id,
      ruleId: award.rule.id,
      ruleRevision: context.catalogue.ruleSet.revision,
      actor: facts.actor,
    },
  });
  if (given.transactionId === null) return null;
  return {
    kind: 'POINTS_EARNED',
    transactionId: given.transactionId,
    ruleId: award.rule.id,
    ruleCode: award.rule.code,
    ruleName: award.rule.name,
    revision: context.catalogue.ruleSet.revision,
    currencyId: award.currency.id,
    points: given.granted,
    uncapped: award.uncapped,
    boosts: award.boosts,
    cappedBy: given.granted < award.points ? 'BALANCE' : award.cappedBy,
    ...(Object.keys(tiers).length === 0 ? {} : { tiers }),
    pending: pending !== null,
    availableAt: pending?.availableAt?.toISOString() ?? null,
    expiresAt: given.expiresAt?.toISOString() ?? null,
  };
}

function releasePending(context: DecisionContext, facts: ActivityFacts): PointsEffect[] {
  const triggers = context.catalogue.ruleSet.earning.releases.get(facts.report.type.code) ?? [];
  const effects: PointsEffect[] = [];
  const keys = new Set(triggers.map((trigger) => keyOf(facts.report.properties[trigger.matchProperty])));
  for (const currency of releasingCurrencies(context.catalogue, facts.report.type.code)) {
    const account = context.account(facts.customer.id, currency.id);
    for (const key of keys) {
      if (key === null) continue;
      for (const lot of lotsReleasedBy(account, facts.report.type.code, key)) {
        const transaction = releaseLot(context.posting, account, lot, {
          effectiveAt: facts.report.occurredAt,
          cause: { activityId: facts.id, actor: facts.actor },
        });
        effects.push({
          kind: 'POINTS_RELEASED',
          transactionId: transaction.id,
          currencyId: currency.id,
          points: transaction.amount,
        });
      }
    }
  }
  return effects;
}

/** Moves the end of points that last with activities of this type. */
function keepPointsAlive(context: DecisionContext, { report, customer }: ActivityFacts): void {
  const activityType = report.type.code;
  for (const currency of lastingCurrencies(context.catalogue, activityType)) {
    const account = context.account(customer.id, currency.id);
    stayActive(context.posting, account, { kind: 'ACTIVITY', activityType }, report.occurredAt);
  }
}

/** The point currencies of which points last with activities of this type, whether or not those earn. */
export function lastingCurrencies({ currencies }: Catalogue, activityType: string): readonly PointCurrency[] {
  return currencies.filter(
    ({ expiry }) => expiry?.kind === 'INACTIVITY' && countsAsActivity(expiry, { kind: 'ACTIVITY', activityType }),
  );
}

/** The point currencies in which pending lots may wait for an activity of this type; empty when none does. */
export function releasingCurrencies(catalogue: Catalogue, activityType: string): readonly PointCurrency[] {
  return catalogue.ruleSet.earning.releases.has(activityType) ? catalogue.currencies : [];
}

/** A property as the key of a pending lot: only text and numbers name something. */
function keyOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

function balancesOf(
  context: DecisionContext,
  customerId: string,
  effects: readonly Pick<PointsEffect, 'currencyId'>[],
): BalanceAfter[] {
  const touched = new Set([context.catalogue.defaultCurrency.id, ...effects.map((effect) => effect.currencyId)]);
  return [...touched].map((currencyId) => {
    const { pending, available, held } = context.account(customerId, currencyId);
    return { currencyId, pending, available, held };
  });
}

/** A rule that gave nothing, as it is answered. */
export function toDeclined({ rule, reason, detail }: Decline): RuleDeclined {
  return { ruleId: rule.id, ruleCode: rule.code, ruleName: rule.name, reason, detail };
}
