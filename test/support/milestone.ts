// Milestones for tests, each with what the test does not care about filled in.
import { Big } from 'big.js';

import { compileMilestones, type CompiledMilestone } from '#domain/milestone/compile.ts';
import { MilestoneSchema, type Milestone } from '#domain/milestone/milestone.ts';
import type { ItemInput } from '#domain/rule-set/content.ts';

import { SURROUNDINGS } from './earning.ts';

/** A hundred points for the third purchase and for the tenth, unless told otherwise. */
export function aMilestone(overrides: Partial<ItemInput<'milestones'>> = {}): ItemInput<'milestones'> {
  const every = overrides.every ?? null;
  return {
    code: 'regular',
    name: 'Regular',
    measure: { kind: 'COUNT', activityType: 'purchase' },
    thresholds: every === null ? ['3', '10'] : [],
    points: 100,
    ...overrides,
  };
}

function parsed(input: ItemInput<'milestones'>, place: number): Milestone {
  return MilestoneSchema.parse({ ...input, id: `00000000-0000-7000-b000-${String(place).padStart(12, '0')}` });
}

/** A milestone that must compile. */
export function aCompiledMilestone(overrides: Partial<ItemInput<'milestones'>> = {}): CompiledMilestone {
  const compiled = compileMilestones([parsed(aMilestone(overrides), 0)], SURROUNDINGS);
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
  const [only] = compiled.milestones;
  if (only === undefined) throw new Error('one milestone gives one');
  return only;
}

/** What is wrong with milestones that must not compile. */
export function milestoneProblems(...milestones: Partial<ItemInput<'milestones'>>[]): string[] {
  const compiled = compileMilestones(
    milestones.map((milestone, place) => parsed(aMilestone(milestone), place)),
    SURROUNDINGS,
  );
  return 'problems' in compiled ? compiled.problems.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
}

export const big = (text: string | number): Big => new Big(text);
