import type { Boost, CompiledBoost } from '../earning/boost.ts';
import type { UsageLedger } from '../earning/bound.ts';
import type { CompiledRule } from '../earning/compile.ts';
import { isWithinHours } from '../earning/hours.ts';
import type { CompiledMilestone } from '../milestone/compile.ts';
import type { Milestone } from '../milestone/milestone.ts';
import type { Occasion } from '../occasion/occasion.ts';
import type { Catalogue } from '../program/catalogue.ts';
import type { ActivityType, PointCurrency } from '../program/program.ts';
import { boundLeft, type BoundLeft } from './bound-left.ts';
import { describePart, type ConditionWords } from './condition-words.ts';
import { partsOf, type ConditionPart } from './condition.ts';
import { EARNING_WORDS } from './earning-words.ts';
import type { Format } from './locale.ts';
import { describeMilestone } from './milestone.ts';

type Condition = ConditionPart & ConditionWords;

/** What multiplies a way's points while it is in force. */
export type BoostOffer = {
  boost: Boost;
  conditions: Condition[];
  /** Whether it multiplies what happens at this hour, given that its conditions hold. */
  isOpen: boolean;
};

/** A day of the customer's year on which the activity comes by itself. */
export type OccasionOffer = { occasion: Occasion; conditions: Condition[] };

/** An earning rule as a way to earn: in numbers, in words, and as ready sentences. */
export type RuleWay = {
  kind: 'RULE';
  rule: CompiledRule['rule'];
  activityType: ActivityType;
  currency: PointCurrency;
  conditions: Condition[];
  boosts: BoostOffer[];
  occasions: OccasionOffer[];
  sentence: string;
  /** Per cap, what this customer still has of it; null where nobody in particular asks. */
  left: BoundLeft[] | null;
};

/** A milestone as a way to earn. */
export type MilestoneWay = {
  kind: 'MILESTONE';
  milestone: Milestone;
  /** Null where it counts points, whatever they come from. */
  activityType: ActivityType | null;
  currency: PointCurrency;
  sentence: string;
};

/** One way to earn points, as it is live. */
export type EarningWay = RuleWay | MilestoneWay;

/**
 * What can be earned at `now` by the live set: every rule that is active and in its window, by priority, with what
 * multiplies it and the occasions on which it comes by itself; then every milestone that is not paused. `caps` tells what a
 * customer has used; null when the list is for everybody.
 */
export function listWaysToEarn(
  catalogue: Catalogue,
  now: Date,
  format: Format,
  caps: UsageLedger | null,
): EarningWay[] {
  const rules = [...catalogue.ruleSet.earning.byActivityType.values()].flatMap((group) => group.rules);
  const ways = rules
    .filter((compiled) => isOpen(compiled, now))
    .toSorted((a, b) => b.rule.priority - a.rule.priority || (a.rule.code < b.rule.code ? -1 : 1))
    .flatMap((compiled): EarningWay[] => {
      const activityType = catalogue.activityTypeByCode.get(compiled.rule.activityType);
      return activityType === undefined ? [] : [describeRule(catalogue, compiled, activityType, now, format, caps)];
    });
  const milestones = catalogue.ruleSet.milestones.filter(({ milestone }) => !milestone.paused);
  return [...ways, ...milestones.map((compiled) => describeMilestoneWay(catalogue, compiled, format))];
}

/** The rules that are ways to earn for an activity type at `now`: what is shown to everybody. */
export function openRules(catalogue: Catalogue, activityType: string, now: Date): readonly CompiledRule[] {
  const group = catalogue.ruleSet.earning.byActivityType.get(activityType);
  return group?.rules.filter((compiled) => isOpen(compiled, now)) ?? [];
}

/** Whether doing this is a way to earn at `now`: a rule listens to it, or a milestone counts it. */
export function isWayToEarn(catalogue: Catalogue, type: ActivityType, now: Date): boolean {
  const isCounted = ({ milestone, measure }: CompiledMilestone): boolean =>
    !milestone.paused && measure.kind !== 'POINTS' && measure.activityTypeId === type.id;
  return openRules(catalogue, type.code, now).length > 0 || catalogue.ruleSet.milestones.some(isCounted);
}

function isOpen({ rule, validFrom, validUntil }: CompiledRule, now: Date): boolean {
  if (rule.state !== 'ACTIVE') return false;
  return (validFrom === null || validFrom <= now) && (validUntil === null || now < validUntil);
}

function conditionsOf(condition: string, format: Format): Condition[] {
  return partsOf(condition).map((part) => ({ ...part, ...describePart(part, format) }));
}

function describeMilestoneWay(
  catalogue: Catalogue,
  { milestone, measure, currency }: CompiledMilestone,
  format: Format,
): MilestoneWay {
  return {
    kind: 'MILESTONE',
    milestone,
    activityType: measure.kind === 'POINTS' ? null : (catalogue.activityTypeById.get(measure.activityTypeId) ?? null),
    currency,
    sentence: describeMilestone(milestone, catalogue, format),
  };
}

function describeRule(
  catalogue: Catalogue,
  compiled: CompiledRule,
  activityType: ActivityType,
  now: Date,
  format: Format,
  caps: UsageLedger | null,
): RuleWay {
  const { rule, currency } = compiled;
  const way = {
    rule,
    activityType,
    currency,
    conditions: conditionsOf(rule.condition, format),
    boosts: compiled.boosts.flatMap((boost) => offerOf(boost, now, catalogue.program.timeZone, format)),
    occasions: catalogue.ruleSet.occasions
      .filter(({ occasion }) => !occasion.paused && occasion.activityType === activityType.code)
      .map(({ occasion }) => ({ occasion, conditions: conditionsOf(occasion.audience, format) })),
  };
  return {
    kind: 'RULE',
    ...way,
    sentence: sentencesOf(catalogue, compiled, way, format),
    left:
      caps === null
        ? null
        : rule.caps
            .filter((cap) => cap.per !== 'ACTIVITY')
            .map((cap) => boundLeft(rule.id, cap, caps, now, catalogue.program.timeZone)),
  };
}

/** A boost that is in its window; its hours may be others. */
function offerOf(
  { boost, validFrom, validUntil }: CompiledBoost,
  now: Date,
  timeZone: string,
  format: Format,
): BoostOffer[] {
  if ((validFrom !== null && now < validFrom) || (validUntil !== null && now >= validUntil)) return [];
  const isInHours = boost.hours.length === 0 || isWithinHours(boost.hours, now, timeZone);
  return [{ boost, conditions: conditionsOf(boost.condition, format), isOpen: isInHours }];
}

const textsOf = (conditions: readonly ConditionWords[]): string[] =>
  conditions.map(({ text, inWords }) => (inWords ? text : `“${text}”`));

function sentencesOf(
  catalogue: Catalogue,
  { rule, currency, validUntil }: CompiledRule,
  { activityType, conditions, boosts, occasions }: Omit<RuleWay, 'kind' | 'sentence' | 'left'>,
  format: Format,
): string {
  const words = EARNING_WORDS[format.language];
  const award = words.award(rule.award, currency.name, activityType.name, format);
  const first = conditions.length === 0 ? `${award}.` : `${award}, ${words.conditions(textsOf(conditions))}.`;
  const releasing =
    rule.pending?.kind === 'UNTIL_ACTIVITY' ? catalogue.activityTypeByCode.get(rule.pending.activityType) : undefined;
  const sentences = [
    first,
    ...occasions.map((offer) => words.occasion(offer.occasion, textsOf(offer.conditions))),
    ...boosts.map((offer) => words.boost(offer.boost, textsOf(offer.conditions), format)),
    ...rule.caps.map((cap) => words.cap(cap, currency.name, format)),
  ];
  if (rule.coolDownMinutes !== null) sentences.push(words.coolDown(rule.coolDownMinutes, format));
  if (rule.hours.length + rule.blackoutHours.length + rule.blackoutDays.length > 0) sentences.push(words.certainHours);
  if (rule.pending !== null) sentences.push(words.pending(rule.pending, releasing?.name ?? null));
  if (validUntil !== null) sentences.push(words.until(validUntil, format));
  return sentences.join(' ');
}
