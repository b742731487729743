import { amountsOf } from '../badge/person.ts';
import type { RuleSet } from '../rule-set/rule-set.ts';
import { measureName, type Measure, contributionOf, type MeasuredFact } from './measure.ts';

/**
 * Everything that ladders, levels, milestones and badges of these rule sets count, by name. Those that wait for their time are among them: what
 * they count must be there when they take over.
 */
export function countedBy(ruleSets: readonly RuleSet[]): Map<string, Measure> {
  const measures = new Map<string, Measure>();
  for (const { ladders, levels, milestones, badges } of ruleSets) {
    for (const { counts, measure } of [...ladders, ...milestones]) measures.set(counts, measure);
    // What has a condition is counted by badges themselves.
    for (const { counts, measure, condition } of amountsOf(badges.live).values())
      if (condition === null) measures.set(counts, measure);
    if (levels.currencyId === null) continue;
    const measure: Measure = { kind: 'POINTS', currencyId: levels.currencyId };
    measures.set(measureName(measure), measure);
  }
  return measures;
}

/** Whether what an activity did touches a measure, and so its day has to be counted anew when it is taken back. */
export function touches(measure: Measure, fact: MeasuredFact): boolean {
  return contributionOf(measure, fact) !== null;
}
