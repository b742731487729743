import { Big } from 'big.js';

import type { RuleProblem } from '../rule-set/content.ts';
import type { Badge, BadgeCriterion } from './badge.ts';
import type { Problem } from './compile.ts';

/** Checks that each criterion says what every level asks for, and that levels rise. */
export function checkAmounts({ criteria }: Badge, levels: number, problem: Problem): void {
  const amounts = criteria.flatMap((criterion) => ('targets' in criterion ? [criterion] : []));
  for (const criterion of amounts) checkTargets(criterion, levels, problem);
  if (criteria.length === 0 && levels > 1) return;
  for (let level = 1; level < levels; level += 1) {
    const rises = amounts.some(({ targets }) => Number(targets[level] ?? 0) > Number(targets[level - 1] ?? 0));
    if (!rises) problem('levels', `Level ${level + 1} asks for nothing more than the one before: let a target rise.`);
  }
}

function checkTargets(
  { kind, targets }: Extract<BadgeCriterion, { targets: string[] }>,
  levels: number,
  problem: Problem,
): void {
  if (targets.length !== levels)
    problem('criteria', `${kind} has ${targets.length} targets for ${levels} levels: give one a level.`);
  let previous = new Big(0);
  for (const text of targets) {
    const target = new Big(text);
    if (target.lte(0)) problem('criteria', `${text} is not above 0, where everybody begins.`);
    if (kind !== 'SUM' && !target.round(0, Big.roundDown).eq(target))
      problem('criteria', `${kind} comes in whole numbers, ${text} is none.`);
    if (target.lt(previous)) problem('criteria', `${text} is below ${previous.toFixed()}: targets do not fall.`);
    previous = target;
  }
}

/** Checks that a badge for each so many has something to count, and does not count what it gives. */
export function checkRepeat({ repeat, criteria, match, levels, points }: Badge, problem: Problem): void {
  if (repeat.kind === 'ONCE') return;
  if (criteria.length === 0) problem('repeat', 'A badge without criteria is given by hand, as often as you like.');
  if (repeat.kind !== 'EACH') return;
  if (levels.length > 1) problem('repeat', 'A badge for each so many has one level.');
  const counted = criteria.filter((criterion) => 'targets' in criterion);
  if (counted.length === 0) problem('repeat', 'A badge for each so many counts something: COUNT, SUM, DAYS, POINTS.');
  if (match === 'ANY' && counted.length < criteria.length)
    problem('repeat', 'Under ANY, a tier, level or badge would award it without end: use ALL.');
  const gives = points > 0 || levels.some((level) => (level.points ?? 0) > 0);
  if (gives && criteria.some(({ kind }) => kind === 'POINTS'))
    problem('points', 'It would count the points that it gives: give none, or count something else.');
}

/** What a streak once was is not known after a reversal, so that it cannot be taken back. */
export function checkReversal({ revokeOnReversal, criteria }: Badge, problem: Problem): void {
  if (revokeOnReversal && criteria.some(({ kind }) => kind === 'STREAK'))
    problem('revokeOnReversal', 'The length of a streak is not judged again by a reversal: leave the award.');
}

/** Badges that ask for each other in a circle, each circle once. */
export function findCycles(badges: readonly Badge[]): RuleProblem[] {
  const byCode = new Map(badges.map((badge) => [badge.code, badge]));
  const done = new Set<string>();
  const problems: RuleProblem[] = [];
  const visit = (code: string, path: readonly string[]): void => {
    const place = path.indexOf(code);
    if (place >= 0) {
      const circle = [...path.slice(place), code].join(' → ');
      problems.push({ path: [code, 'criteria'], message: `Badges ask for each other in a circle: ${circle}.` });
      return;
    }
    if (done.has(code)) return;
    for (const criterion of byCode.get(code)?.criteria ?? [])
      if (criterion.kind === 'BADGE') visit(criterion.badge, [...path, code]);
    done.add(code);
  };
  for (const { code } of badges) visit(code, []);
  return problems;
}
