import type { ActivityType, PropertyDeclaration } from '../program/program.ts';
import { createAudienceCompiler, type Audience } from '../reward/audience.ts';
import type { RuleProblem } from '../rule-set/content.ts';
import type { Occasion } from './occasion.ts';

/** An occasion ready to look for celebrants. */
export type CompiledOccasion = {
  occasion: Occasion;
  /** Null lets everybody celebrate. */
  audience: Audience | null;
  /** Whether its activity type takes how many years it is. */
  tellsYears: boolean;
};

/** What occasions are compiled against. */
export type OccasionSurroundings = {
  activityTypes: readonly ActivityType[];
  attributes: readonly PropertyDeclaration[];
};

/** Checks and compiles occasions. Returns every problem found. */
export function compileOccasions(
  occasions: readonly Occasion[],
  surroundings: OccasionSurroundings,
): { occasions: readonly CompiledOccasion[] } | { problems: RuleProblem[] } {
  const compileAudience = createAudienceCompiler(surroundings.attributes);
  const problems: RuleProblem[] = [];
  const compiled: CompiledOccasion[] = [];
  for (const occasion of occasions) {
    const problem = (field: string, message: string): void =>
      void problems.push({ path: [occasion.code, field], message });
    const type = surroundings.activityTypes.find((known) => known.code === occasion.activityType && !known.archived);
    if (type === undefined) problem('activityType', `There is no activity type ${occasion.activityType}.`);
    for (const { name, required } of type?.properties ?? []) {
      if (required && name !== 'years')
        problem('activityType', `${occasion.activityType} needs the property ${name}, which an occasion cannot give.`);
    }
    const years = type?.properties.find(({ name }) => name === 'years');
    if (years !== undefined && years.type !== 'INTEGER')
      problem('activityType', `The property years of ${occasion.activityType} must be INTEGER.`);
    const { date } = occasion;
    if (date.kind === 'ATTRIBUTE') {
      const attribute = surroundings.attributes.find(({ name }) => name === date.attribute);
      if (attribute?.type !== 'DATE') problem('date', `There is no DATE attribute ${date.attribute}.`);
    }
    const audience = occasion.audience.trim() === '' ? null : compileAudience(occasion.audience);
    if (audience !== null && 'problem' in audience) problem('audience', audience.problem);
    else compiled.push({ occasion, audience, tellsYears: years !== undefined });
  }
  return problems.length > 0 ? { problems } : { occasions: compiled };
}
