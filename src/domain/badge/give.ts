import type { ActivityFacts, DecisionContext } from '../activity/decide.ts';
import type { BadgeAwarded, Effect } from '../activity/effect.ts';
import { expiryOf } from '../earning/expiry.ts';
import { credit } from '../ledger/credit.ts';
import { pickLocale } from '../local-text.ts';
import { reachMilestones } from '../milestone/give.ts';
import { addPoints } from '../points.ts';
import type { StreakLengths } from '../streak/give.ts';
import { pointsOf, type Badge, type BadgeLevel } from './badge.ts';
import type { SeenActivity } from './condition.ts';
import type { Awarded } from './person.ts';

/** Who acts, as criteria and audiences look at them: everything that this activity has led to so far is in it. */
export type BadgeActing = {
  facts: ActivityFacts;
  /** Tier codes by ladder code. */
  tiers: Readonly<Record<string, string>>;
  streaks: Readonly<Record<string, StreakLengths>>;
};

/** An award under the id by which it is kept. */
export type Granted = Awarded & { awardId: string };

/** The badges of the batch's customers; counting an activity awards them. */
export type BadgeLedger = {
  /** Adds an activity (null where only points are added) and points, and gives what is awarded. Nothing comes twice. */
  count(acting: BadgeActing, activity: SeenActivity | null, points: ReadonlyMap<string, number>): readonly Granted[];
  /** Keeps which transaction carried the points of an award. */
  keepPoints(awardId: string, points: number, transactionId: string): void;
};

/**
 * Awards every badge that is due by an activity, with what it earned by currency; and, since awards may give points, the
 * milestones, tiers and badges that those lead to in turn. Comes last, because badges look at everything else.
 */
export function giveBadges(context: DecisionContext, facts: ActivityFacts, earned: Map<string, number>): Effect[] {
  const { report, customer } = facts;
  const effects: Effect[] = [];
  let activity: SeenActivity | null = {
    typeId: report.type.id,
    type: report.type.code,
    channel: facts.channel,
    occurredAt: report.occurredAt,
    properties: report.properties,
  };
  let points: ReadonlyMap<string, number> = new Map(earned);
  for (;;) {
    const acting = {
      facts,
      tiers: context.tiers.codesOf(customer.id),
      streaks: context.streaks.lengthsOf(customer.id),
    };
    const given = context.badges.count(acting, activity, points).map((granted) => giveOne(context, facts, granted));
    effects.push(...given);
    const gained = new Map<string, number>();
    for (const effect of given) addTo(gained, effect.currencyId, effect.points);
    if (gained.size === 0) return effects;
    for (const [currencyId, amount] of gained) addTo(earned, currencyId, amount);
    effects.push(...countGained(context, facts, gained, earned));
    activity = null;
    points = gained;
  }
}

function addTo(sums: Map<string, number>, currencyId: string, points: number): void {
  if (points > 0) sums.set(currencyId, addPoints(sums.get(currencyId) ?? 0, points));
}

/** Lets milestones, tiers and levels count points that came after they were looked at. Adds what milestones give to both. */
function countGained(
  context: DecisionContext,
  facts: ActivityFacts,
  gained: Map<string, number>,
  earned: Map<string, number>,
): Effect[] {
  const before = new Map(gained);
  const reached = reachMilestones(context, facts, { activityTypeId: '', properties: {}, points: before }, gained);
  for (const { currencyId, points } of reached) addTo(earned, currencyId, points);
  const risen = context.tiers.advance(
    {
      customerId: facts.customer.id,
      occurredAt: facts.report.occurredAt,
      activityId: facts.id,
      mayRise: facts.customer.enrolmentState === 'ENROLLED',
    },
    { activityTypeId: '', properties: {}, points: gained },
  );
  return [...reached, ...risen];
}

function giveOne(context: DecisionContext, facts: ActivityFacts, granted: Granted): BadgeAwarded {
  const { compiled, level, award, awardId } = granted;
  const { badge, levels, currency } = compiled;
  const { ruleSet, program } = context.catalogue;
  const amount = pointsOf(badge, level);
  const { occurredAt } = facts.report;
  const given =
    amount === 0
      ? null
      : credit(context.posting, context.account(facts.customer.id, currency.id), {
          kind: 'EARN',
          currency,
          amount,
          effectiveAt: occurredAt,
          pending: null,
          expiresAt: expiryOf(null, currency, occurredAt, program.timeZone),
          beyondCap: 'TRUNCATE',
          cause: { activityId: facts.id, ruleId: badge.id, ruleRevision: ruleSet.revision, actor: facts.actor },
        });
  if (given !== null && given.transactionId !== null)
    context.badges.keepPoints(awardId, given.granted, given.transactionId);
  return {
    kind: 'BADGE_AWARDED',
    awardId,
    badgeId: badge.id,
    badgeCode: badge.code,
    badgeName: nameOf(badge, levels[level] ?? null, facts.customer.locale),
    level: award.level,
    levelNumber: level + 1,
    period: award.period,
    occurrence: award.occurrence,
    revision: ruleSet.revision,
    currencyId: currency.id,
    points: given?.granted ?? 0,
    uncapped: amount,
    transactionId: given?.transactionId ?? null,
    heldUntil: award.expiresAt?.toISOString() ?? null,
  };
}

/** The name of a level, else of its badge, in the language of a reader. */
export function nameOf({ texts }: Pick<Badge, 'texts'>, level: BadgeLevel | null, locale: string | null): string {
  const names = Object.keys(level?.names ?? {});
  if (level !== null && names.length > 0) return level.names[pickLocale(names, locale)] ?? '';
  return texts[pickLocale(Object.keys(texts), locale)]?.name ?? '';
}
