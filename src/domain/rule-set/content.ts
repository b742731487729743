import { z } from 'zod';

import { BADGES_MAX, BadgeSchema } from '../badge/badge.ts';
import { CHALLENGES_MAX, ChallengeSchema } from '../challenge/challenge.ts';
import { DRAWS_MAX, DrawSchema } from '../draw/draw.ts';
import { DUEL_KINDS_MAX, DuelKindSchema } from '../duel/duel-kind.ts';
import { BoostSchema } from '../earning/boost.ts';
import { BudgetSchema } from '../earning/budget.ts';
import { EarningRuleSchema } from '../earning/rule.ts';
import { LEVELS_MAX, LevelSchema } from '../level/level.ts';
import { MILESTONES_MAX, MilestoneSchema } from '../milestone/milestone.ts';
import { OccasionSchema } from '../occasion/occasion.ts';
import { RewardSchema } from '../reward/reward.ts';
import { STREAKS_MAX, StreakSchema } from '../streak/streak.ts';
import { LADDERS_MAX, LadderSchema } from '../tier/ladder.ts';

/** One part of a rule set: items of one noun, each with a code that is unique in its section and an id that never changes. */
type Section = {
  /** As people say it, for refusals. */
  noun: string;
  /** What an item may contain; what it means is checked by the compiler. */
  schema: z.ZodObject<{ id: z.ZodType<string>; code: z.ZodType<string> }>;
  /** Bounds what one decision can cost. */
  max: number;
};

/**
 * Everything of a program that goes live together as one revision. A new kind of configuration is a line here, a step in
 * `compileRuleSet`, and nothing in the store.
 */
export const SECTIONS = {
  earningRules: { noun: 'earning rule', schema: EarningRuleSchema, max: 500 },
  rewards: { noun: 'reward', schema: RewardSchema, max: 500 },
  draws: { noun: 'prize draw', schema: DrawSchema, max: DRAWS_MAX },
  boosts: { noun: 'boost', schema: BoostSchema, max: 100 },
  budgets: { noun: 'budget', schema: BudgetSchema, max: 100 },
  occasions: { noun: 'occasion', schema: OccasionSchema, max: 50 },
  milestones: { noun: 'milestone', schema: MilestoneSchema, max: MILESTONES_MAX },
  challenges: { noun: 'challenge', schema: ChallengeSchema, max: CHALLENGES_MAX },
  duelKinds: { noun: 'duel kind', schema: DuelKindSchema, max: DUEL_KINDS_MAX },
  ladders: { noun: 'ladder', schema: LadderSchema, max: LADDERS_MAX },
  levels: { noun: 'level', schema: LevelSchema, max: LEVELS_MAX },
  streaks: { noun: 'streak', schema: StreakSchema, max: STREAKS_MAX },
  badges: { noun: 'badge', schema: BadgeSchema, max: BADGES_MAX },
} satisfies Record<string, Section>;

export type SectionName = keyof typeof SECTIONS;
export type ItemOf<Name extends SectionName> = z.infer<(typeof SECTIONS)[Name]['schema']>;
export type RuleSetContent = { [Name in SectionName]: ItemOf<Name>[] };

/** An item as an editor sends it: the draft gives it its id, by its code, and what is left out has its default. */
export type ItemInput<Name extends SectionName> = Omit<z.input<(typeof SECTIONS)[Name]['schema']>, 'id'>;
/** A whole rule set as a file has it; a section that is left out is empty. */
export type RuleSetInput = { [Name in SectionName]?: readonly ItemInput<Name>[] };

export const SECTION_NAMES = Object.keys(SECTIONS) as SectionName[];

/** A rule set with nothing in it. */
export function emptyContent(): RuleSetContent {
  return Object.fromEntries(SECTION_NAMES.map((name) => [name, [] as unknown[]])) as unknown as RuleSetContent;
}

export type RuleProblem = { path: readonly string[]; message: string };

const Content = z.strictObject(
  Object.fromEntries(
    SECTION_NAMES.map((name) => [name, z.array(SECTIONS[name].schema).max(SECTIONS[name].max).default([])]),
  ),
);

/**
 * Checks the form of a rule set: fields, types, lengths, and that no two items of a section share a code. Revisions from
 * before a section existed have it empty. Returns every problem found.
 */
export function parseContent(content: unknown): { content: RuleSetContent } | { problems: RuleProblem[] } {
  const parsed = Content.safeParse(content);
  if (!parsed.success)
    return { problems: parsed.error.issues.map((issue) => ({ path: issue.path.map(String), message: issue.message })) };
  const read = parsed.data as RuleSetContent;
  const problems = SECTION_NAMES.flatMap((name) => findDuplicates(read[name]));
  return problems.length > 0 ? { problems } : { content: read };
}

function findDuplicates(items: readonly { id: string; code: string }[]): RuleProblem[] {
  const seen = new Set<string>();
  const problems: RuleProblem[] = [];
  for (const item of items) {
    for (const name of [item.code, item.id]) {
      if (seen.has(name)) problems.push({ path: [item.code], message: `${name} is used twice.` });
      seen.add(name);
    }
  }
  return problems;
}
