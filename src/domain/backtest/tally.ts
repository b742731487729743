import { addPoints } from '../points.ts';
import type { RecordedAward } from './facts.ts';

/** Points issued, less what was reversed: on record, and in both replays. */
export type Issued = { recorded: number; live: number; draft: number };
export type Replayed = keyof Issued;

export type RuleIssued = Issued & Omit<RecordedAward, 'points'>;

/** Points issued within the days that count: in total, by currency, rule and day. Amounts beyond 2^53 − 1 are refused. */
export class Tally {
  readonly total: Issued = nothing();
  readonly byCurrency = new Map<string, Issued>();
  readonly byRule = new Map<string, RuleIssued>();
  readonly byDay = new Map<string, Issued>();

  /** Adds, or with a negative number takes back, what a rule gave on a local day. */
  add(replayed: Replayed, award: RecordedAward, day: string, points: number): void {
    const { ruleId, ruleCode, ruleName, currencyId } = award;
    const name = `${ruleId} ${currencyId}`;
    let rule = this.byRule.get(name);
    if (rule === undefined) this.byRule.set(name, (rule = { ruleId, ruleCode, ruleName, currencyId, ...nothing() }));
    const sums = [this.total, found(this.byCurrency, currencyId), rule, found(this.byDay, day)];
    for (const sum of sums) sum[replayed] = addPoints(sum[replayed], points);
  }
}

function nothing(): Issued {
  return { recorded: 0, live: 0, draft: 0 };
}

function found(sums: Map<string, Issued>, name: string): Issued {
  let sum = sums.get(name);
  if (sum === undefined) sums.set(name, (sum = nothing()));
  return sum;
}
