import type { UsageLedger } from '../earning/bound.ts';
import type { CompiledRule } from '../earning/compile.ts';
import type { Catalogue } from '../program/catalogue.ts';
import type { ActivityType, PointCurrency } from '../program/program.ts';
import { boundLeft, type BoundLeft } from './bound-left.ts';
import { describePart, type ConditionWords } from './condition-words.ts';
import { partsOf, type ConditionPart } from './condition.ts';
import { EARNING_WORDS } from './earning-words.ts';
import type { Format } from './locale.ts';

/** One way to earn points, as it is live: in numbers, in words, and as one ready sentence. */
export type EarningWay = {
  rule: CompiledRule['rule'];
  activityType: ActivityType;
  currency: PointCurrency;
  conditions: (ConditionPart & ConditionWords)[];
  sentence: string;
  /** Per cap, what this customer still has of it; null where nobody in particular asks. */
  left: BoundLeft[] | null;
};

/**
 * What can be earned at `now`: every rule of the live set that is active and in its window, by priority. `caps` tells what
 * a customer has used; null when the list is for everybody.
 */
export function listWaysToEarn(
  catalogue: Catalogue,
  now: Date,
  format: Format,
  caps: UsageLedger | null,
): EarningWay[] {
  const rules = [...catalogue.ruleSet.earning.byActivityType.values()].flatMap((group) => group.rules);
  return rules
    .filter((compiled) => isOpen(compiled, now))
    .toSorted((a, b) => b.rule.priority - a.rule.priority || (a.rule.code < b.rule.code ? -1 : 1))
    .flatMap((compiled) => {
      const activityType = catalogue.activityTypeByCode.get(compiled.rule.activityType);
      return activityType === undefined ? [] : [describeWay(catalogue, compiled, activityType, now, format, caps)];
    });
}

function isOpen({ rule, validFrom, validUntil }: CompiledRule, now: Date): boolean {
  if (rule.state !== 'ACTIVE') return false;
  return (validFrom === null || validFrom <= now) && (validUntil === null || now < validUntil);
}

function describeWay(
  catalogue: Catalogue,
  compiled: CompiledRule,
  activityType: ActivityType,
  now: Date,
  format: Format,
  caps: UsageLedger | null,
): EarningWay {
  const { rule, currency } = compiled;
  const conditions = partsOf(rule.condition).map((part) => ({ ...part, ...describePart(part, format) }));
  return {
    rule,
    activityType,
    currency,
    conditions,
    sentence: sentenceOf(catalogue, compiled, activityType, conditions, format),
    left:
      caps === null
        ? null
        : rule.caps
            .filter((cap) => cap.per !== 'ACTIVITY')
            .map((cap) => boundLeft(rule.id, cap, caps, now, catalogue.program.timeZone)),
  };
}

function sentenceOf(
  catalogue: Catalogue,
  { rule, currency, validUntil }: CompiledRule,
  activityType: ActivityType,
  conditions: readonly ConditionWords[],
  format: Format,
): string {
  const words = EARNING_WORDS[format.language];
  const award = words.award(rule.award, currency.name, activityType.name, format);
  const first =
    conditions.length === 0
      ? `${award}.`
      : `${award}, ${words.conditions(conditions.map(({ text, inWords }) => (inWords ? text : `“${text}”`)))}.`;
  const releasing =
    rule.pending?.kind === 'UNTIL_ACTIVITY' ? catalogue.activityTypeByCode.get(rule.pending.activityType) : undefined;
  const sentences = [first, ...rule.caps.map((cap) => words.cap(cap, currency.name, format))];
  if (rule.coolDownMinutes !== null) sentences.push(words.coolDown(rule.coolDownMinutes, format));
  if (rule.hours.length + rule.blackoutHours.length + rule.blackoutDays.length > 0) sentences.push(words.certainHours);
  if (rule.pending !== null) sentences.push(words.pending(rule.pending, releasing?.name ?? null));
  if (validUntil !== null) sentences.push(words.until(validUntil, format));
  return sentences.join(' ');
}
