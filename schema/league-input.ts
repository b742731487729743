import type { LeaguePlan, Zone } from '#domain/league/plan.ts';

import { builder } from './builder.ts';

export const LeagueZoneKindEnum = builder.enumType('LeagueZoneKind', {
  description: 'How a zone of a cohort is measured.',
  subGraphs: ['Public'],
  values: {
    COUNT: { description: 'So many customers.' },
    PERCENT: { description: 'A share of the cohort in percent, rounded down.' },
  } satisfies Record<Zone['kind'], object>,
});

const LeagueZoneInput = builder.inputType('LeagueZoneInput', {
  description: 'The first or last of a cohort.',
  fields: (t) => ({
    kind: t.field({ type: LeagueZoneKindEnum, required: true, description: 'How it is measured.' }),
    value: t.int({ required: true, description: 'How many, or what share; 0 for nobody.' }),
  }),
});

export const LeagueInput = builder.inputType('LeagueInput', {
  description: 'How a league is played.',
  fields: (t) => ({
    levels: t.stringList({ required: true, description: 'Codes from the lowest level to the highest, 2 to 20.' }),
    cohortSize: t.int({ required: true, description: 'Most customers of a cohort, 2 to 1,000.' }),
    promote: t.field({ type: LeagueZoneInput, required: true, description: 'The first, who go up a level.' }),
    relegate: t.field({ type: LeagueZoneInput, required: true, description: 'The last, who go down a level.' }),
    idleDropMax: t.int({
      required: true,
      defaultValue: 0,
      description: 'Most levels that seasons in a row without scoring cost, one each; 0, the default, costs none.',
    }),
  }),
});

/** The plan that an input means. */
export function leagueOf(input: typeof LeagueInput.$inferInput): LeaguePlan {
  const { levels, cohortSize, promote, relegate, idleDropMax } = input;
  return { levels, cohortSize, promote, relegate, idleDropMax };
}
