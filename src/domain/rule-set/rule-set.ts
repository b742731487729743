import { compileBadges, NO_BADGES, type CompiledBadges } from '../badge/compile.ts';
import { compileChallenges, type CompiledChallenge } from '../challenge/compile.ts';
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
  /** In the order of the section: the first one is `tier` to earning rules. */
  ladders: readonly CompiledLadder[];
  levels: CompiledLevels;
  occasions: readonly CompiledOccasion[];
  milestones: readonly CompiledMilestone[];
  /** In the order in which they are shown. */
  challenges: readonly CompiledChallenge[];
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
  ladders: [],
  levels: NO_LEVELS,
  occasions: [],
  milestones: [],
  challenges: [],
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
  const earning = compileEarning(content, surroundings);
  const tierCodes = new Set(content.ladders.flatMap(({ tiers }) => tiers.map((tier) => tier.code)));
  const rewards = compileRewards(content.rewards, { ...surroundings, tierCodes });
  const ladders = compileLadders(content.ladders, surroundings);
  const levels = compileLevels(content.levels, surroundings.currencies);
  const occasions = compileOccasions(content.occasions, surroundings);
  const milestones = compileMilestones(content.milestones, surroundings);
  const challenges = compileChallenges(content.challenges, { ...surroundings, tierCodes });
  const streaks = compileStreaks(content.streaks, surroundings);
  const badges = compileBadges(content.badges, {
    ...surroundings,
    ladders: content.ladders,
    levels: content.levels,
    streaks: new Set(content.streaks.map(({ code }) => code)),
  });
  if (
    'problems' in earning ||
    'problems' in rewards ||
    'problems' in ladders ||
    'problems' in levels ||
    'problems' in occasions ||
    'problems' in milestones ||
    'problems' in challenges ||
    'problems' in streaks ||
    'problems' in badges
  ) {
    const parts = [earning, rewards, ladders, levels, occasions, milestones, challenges, streaks, badges];
    return { problems: parts.flatMap((part) => ('problems' in part ? part.problems : [])) };
  }
  return {
    ruleSet: {
      revision,
      content,
      earning: earning.earning,
      rewards: rewards.rewards,
      ladders: ladders.ladders,
      levels: levels.levels,
      occasions: occasions.occasions,
      milestones: milestones.milestones,
      challenges: challenges.challenges,
      streaks: streaks.streaks,
      badges: badges.badges,
    },
  };
}
