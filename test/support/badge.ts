// Badges for tests, each with what the test does not care about filled in.
import { BadgeSchema, type Badge } from '#domain/badge/badge.ts';
import { compileBadges, type BadgeSurroundings, type CompiledBadges } from '#domain/badge/compile.ts';
import type { ItemInput } from '#domain/rule-set/content.ts';

import { SURROUNDINGS } from './earning.ts';

export type BadgeInput = ItemInput<'badges'>;

/** For the third purchase, unless told otherwise. */
export function aBadge(overrides: Partial<BadgeInput> = {}): BadgeInput {
  return {
    code: 'regular',
    texts: { en: { name: 'Regular', description: 'Bought three times.' }, de: { name: 'Stammkundin' } },
    criteria: [{ kind: 'COUNT', activityType: 'purchase', targets: ['3'] }],
    ...overrides,
  };
}

const ENVIRONMENT: BadgeSurroundings = { ...SURROUNDINGS, ladders: [], levels: [], streaks: new Set(['daily']) };

function parsed(input: BadgeInput, place: number): Badge {
  return BadgeSchema.parse({ ...input, id: `00000000-0000-7000-b000-${String(place).padStart(12, '0')}` });
}

/** Badges that must compile. */
export function compiledBadges(inputs: readonly BadgeInput[], surroundings = ENVIRONMENT): CompiledBadges {
  const compiled = compileBadges(inputs.map(parsed), surroundings);
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
  return compiled.badges;
}

/** What is wrong with badges that must not compile. */
export function badgeProblems(inputs: readonly Partial<BadgeInput>[], surroundings = ENVIRONMENT): string[] {
  const compiled = compileBadges(
    inputs.map((input, place) => parsed(aBadge({ code: `badge_${place}`, ...input }), place)),
    surroundings,
  );
  return 'problems' in compiled ? compiled.problems.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
}
