import { Big } from 'big.js';

import { refusalOf } from '../earning/expression.ts';
import type { EarningFacts } from '../earning/facts.ts';
import { contributionOf, type MeasuredFact } from '../tier/measure.ts';
import type { CompiledStreak } from './compile.ts';

/** What conditions have come to in a period, by their keys; exact decimals. */
export type Amounts = Readonly<Record<string, string>>;

/** What an activity adds to a streak's conditions, by their keys; empty when it has nothing to do with them. */
export function contributionsOf(
  { conditions }: Pick<CompiledStreak, 'conditions'>,
  fact: MeasuredFact,
  seen: EarningFacts,
): Map<string, Big> {
  const added = new Map<string, Big>();
  for (const { measure, filter, key } of conditions) {
    const amount = contributionOf(measure, fact);
    if (amount === null) continue;
    if (filter !== null && refusalOf(filter.expression, filter.scope.values(seen)) !== null) continue;
    added.set(key, amount);
  }
  return added;
}

export function addAmounts(amounts: Amounts, added: ReadonlyMap<string, Big>): Record<string, string> {
  const sum = { ...amounts };
  for (const [key, amount] of added) sum[key] = amount.plus(sum[key] ?? 0).toFixed();
  return sum;
}

/** Whether a period with these amounts is met. */
export function isMet(
  { conditions, streak }: Pick<CompiledStreak, 'conditions' | 'streak'>,
  amounts: Amounts,
): boolean {
  const holds = ({ key, threshold }: CompiledStreak['conditions'][number]): boolean =>
    new Big(amounts[key] ?? 0).gte(threshold);
  return streak.match === 'ALL' ? conditions.every(holds) : conditions.some(holds);
}

/** Whether an activity of a type may count: a quick look before anything is worked out. */
export function concerns({ conditions }: Pick<CompiledStreak, 'conditions'>, activityTypeId: string): boolean {
  return conditions.some(({ measure }) => measure.kind === 'POINTS' || measure.activityTypeId === activityTypeId);
}
