// What rules cost: the same activities in a program with one rule, and in one with fifty, three tiers and caps.
import { MEMBERS } from '../harness/activity-tables.ts';
import { stopServers, type Bench } from '../harness/bench.ts';
import { atMost, holds, outcomeNamed, stackCpuUs, type Claim, type Goal, type GoalResult } from '../harness/goal.ts';
import { profileShortfall } from '../harness/laurel-profile.ts';
import type { World } from '../harness/laurel.ts';
import { createRuleWorlds, purchaseProperties } from '../harness/rules-world.ts';
import { trackingTarget } from '../harness/tracking.ts';
import { takeTurns, type Outcome } from '../harness/turns.ts';

const LOADS = [
  { what: 'a hundred a mutation', connections: 4, batch: 100 },
  { what: 'one a mutation', connections: 128, batch: 1 },
] as const;
/** Most that fifty rules may cost of what one rule costs. */
const RATIO_MAX = 2;
const KEPT = 'ledger sums = balances = board scores, activities = accepted, every law of the record, board ranks = SQL';

async function run(bench: Bench): Promise<GoalResult> {
  const { one, fifty, server } = await createRuleWorlds(bench, 'rules', 6);
  const shared = { customers: MEMBERS, properties: purchaseProperties, pointsEach: null };
  const name = (rules: string, what: string): string => `${rules}, ${what}`;
  const targets = LOADS.flatMap(({ what, ...load }) =>
    (
      [
        ['1 rule', one],
        ['50 rules', fifty],
      ] as [string, World][]
    ).map(([rules, world]) => trackingTarget(bench, world, server, { ...shared, ...load, name: name(rules, what) })),
  );
  const outcomes = await takeTurns(targets, bench.options.timing, bench.progress);
  await stopServers(bench, [server]);

  const costs = (what: string): Claim =>
    atMost(
      `CPU an activity with 50 rules against 1 rule, ${what}`,
      RATIO_MAX,
      stackCpuUs(outcomeNamed(outcomes, name('50 rules', what))) /
        stackCpuUs(outcomeNamed(outcomes, name('1 rule', what))),
    );
  const claims = [...LOADS.map(({ what }) => costs(what)), holds(KEPT, true, 'after every turn')];
  return {
    unit: 'activities',
    asked: `The same purchases, spread over ${MEMBERS.toLocaleString('en-GB')} customers, to two programs of one server. The second has 50 rules for them with conditions over properties, attributes and tiers, 31 of them capped, a ladder of three tiers, a boost and a budget; two or three rules fire for each. CPU is Node, PostgreSQL and Redis together, and so includes writing what the rules give.`,
    outcomes,
    claims,
    notes: LOADS.map(({ what }) => partsOf(outcomes, name('1 rule', what), name('50 rules', what), what)),
    profile: await profileShortfall(bench, claims, one, (profiled) =>
      trackingTarget(bench, fifty, profiled, { ...shared, ...LOADS[0], name: '50 rules' }),
    ),
  };
}

/** How the ratio falls to Node and to PostgreSQL. */
function partsOf(outcomes: readonly Outcome[], few: string, many: string, what: string): string {
  const [a, b] = [outcomeNamed(outcomes, few).cpuUs, outcomeNamed(outcomes, many).cpuUs];
  const ratio = (part: 'server' | 'postgres'): string => (b[part] / a[part]).toFixed(2);
  return `Of ${what}, Node alone takes ${ratio('server')} times as much, PostgreSQL ${ratio('postgres')} times.`;
}

export const rules: Goal = { name: 'rules', title: 'Fifty rules against one', run };
