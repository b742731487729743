import { compileBadges, NO_BADGES, type CompiledBadges } from '../badge/compile.ts';
import { compileChallenges, type CompiledChallenge } from '../challenge/compile.ts';
import { compileDraws, type CompiledDraw } from '../draw/compile.ts';
import { compileDuelKinds, type CompiledDuelKind } from '../duel/compile.ts';
import { compileEarning, NO_EARNING, type CompiledEarning, type EarningSurroundings } from '../earning/compile.ts';
import { compileLevels, NO_LEVELS, type CompiledLevels } from '../level/level.ts';
import { compileMilestones, type CompiledMilestone } from '../milestone/compile.ts';
import { compileOccasions, type CompiledOccasion } from '../occasion/compile.ts';
import { compileRewards, NO_REWARDS, type CompiledRewards } from '../reward/compile.ts';
import { compileStreaks, type CompiledStreak } from '../streak/compile.ts';
import { compileLadders, type CompiledLadder } from '../tier/compile.ts';
import { emptyContent, parseContent, type RuleProblem, type RuleSetContent } from './content.ts';

/** A revision ready to decide by: what was published, and each section compiled. */
export type RuleSet = {
  /** 0 while nothing is published. */
  revision: number;
  content: RuleSetContent;
  earning: CompiledEarning;
  rewards: CompiledRewards;
  /** In the order in which they are shown. */
  draws: readonly CompiledDraw[];
  /** In the order of the section: the first one is `tier` to earning rules. */
  ladders: readonly CompiledLadder[];
  levels: CompiledLevels;
  occasions: readonly CompiledOccasion[];
  milestones: readonly CompiledMilestone[];
  /** In the order in which they are shown. */
  challenges: readonly CompiledChallenge[];
  /** In the order in which they are shown. */
  duelKinds: readonly CompiledDuelKind[];
  streaks: readonly CompiledStreak[];
  badges: CompiledBadges;
};

/** What rule sets are compiled against. */
export type RuleSetSurroundings = EarningSurroundings;

export const EMPTY_RULE_SET: RuleSet = {
  revision: 0,
  content: emptyContent(),
  earning: NO_EARNING,
  rewards: NO_REWARDS,
  draws: [],
  ladders: [],
  levels: NO_LEVELS,
  occasions: [],
  milestones: [],
  challenges: [],
  duelKinds: [],
  streaks: [],
  badges: NO_BADGES,
};

/**
 * Parses, type-checks and compiles a whole rule set. Returns every problem found, so that a draft is refused when it is
 * published and never when it is evaluated.
 */
export function compileRuleSet(
  revision: number,
  stored: unknown,
  surroundings: RuleSetSurroundings,
): { ruleSet: RuleSet } | { problems: RuleProblem[] } {
  const parsed = parseContent(stored);
  if ('problems' in parsed) return parsed;
  const { content } = parsed;
  const tierCodes = new Set(content.ladders.flatMap(({ tiers }) => tiers.map((tier) => tier.code)));
  const streakCodes = new Set(content.streaks.map(({ code }) => code));
  const problems: RuleProblem[] = [];
  // A section with problems stands in as an empty one, until all sections have told theirs.
  const section = <Part extends Partial<RuleSet>>(part: Part | { problems: RuleProblem[] }): Part | RuleSet => {
    if (!('problems' in part)) return part;
    problems.push(...part.problems);
    return EMPTY_RULE_SET;
  };
  const ruleSet: RuleSet = {
    revision,
    content,
    earning: section(compileEarning(content, surroundings)).earning,
    rewards: section(compileRewards(content.rewards, { ...surroundings, tierCodes })).rewards,
    draws: section(compileDraws(content.draws, { ...surroundings, tierCodes, rewards: content.rewards })).draws,
    ladders: section(compileLadders(content.ladders, surroundings)).ladders,
    levels: section(compileLevels(content.levels, surroundings.currencies)).levels,
    occasions: section(compileOccasions(content.occasions, surroundings)).occasions,
    milestones: section(compileMilestones(content.milestones, surroundings)).milestones,
    challenges: section(compileChallenges(content.challenges, { ...surroundings, tierCodes })).challenges,
    duelKinds: section(compileDuelKinds(content.duelKinds, { ...surroundings, tierCodes })).duelKinds,
    streaks: section(compileStreaks(content.streaks, surroundings)).streaks,
    badges: section(
      compileBadges(content.badges, {
        ...surroundings,
        ladders: content.ladders,
        levels: content.levels,
        streaks: streakCodes,
      }),
    ).badges,
  };
  return problems.length > 0 ? { problems } : { ruleSet };
}
