// All activities on one customer: the case in which row locks make a line of everybody.
import { FOUR_STATEMENTS, fourStatementsTarget, groupCommitTarget } from '../harness/activity-peers.ts';
import { createActivityTables, MEMBERS } from '../harness/activity-tables.ts';
import { stopServers, type Bench } from '../harness/bench.ts';
import { atLeast, holds, outcomeNamed, type Goal, type GoalResult } from '../harness/goal.ts';
import { profileShortfall } from '../harness/laurel-profile.ts';
import { createTrackingWorld, NOTHING_LOST, trackingTarget } from '../harness/tracking.ts';
import { takeTurns } from '../harness/turns.ts';

const CONNECTIONS = 128;
const HOT = 'Laurel, one customer';
const SPREAD = 'Laurel, spread';

async function run(bench: Bench): Promise<GoalResult> {
  const url = await createActivityTables(bench, 'hot_customer_peers');
  const { world, server } = await createTrackingWorld(bench, 'hot_customer', 5);
  const load = { connections: CONNECTIONS, batch: 1 };
  const hot = { ...load, name: HOT, customers: 1 };
  const targets = [
    groupCommitTarget(bench, url, 1),
    trackingTarget(bench, world, server, hot),
    trackingTarget(bench, world, server, { ...load, name: SPREAD, customers: MEMBERS }),
    fourStatementsTarget(bench, url, 1),
  ];
  const outcomes = await takeTurns(targets, bench.options.timing, bench.progress);
  await stopServers(bench, [server]);

  const against = (name: string): number =>
    outcomeNamed(outcomes, HOT).perSecond / outcomeNamed(outcomes, name).perSecond;
  const claims = [
    atLeast('activities/s against the spread case', 1, against(SPREAD)),
    atLeast(`activities/s against ${FOUR_STATEMENTS}, all on one member too`, 20, against(FOUR_STATEMENTS)),
    holds(NOTHING_LOST, true, 'after every turn'),
  ];
  return {
    unit: 'activities',
    asked: `${CONNECTIONS} connections, one activity a mutation, all of one customer; the limit and pgbench likewise. The spread case takes ${MEMBERS.toLocaleString('en-GB')} customers.`,
    outcomes,
    claims,
    notes: [],
    profile: await profileShortfall(bench, claims, world, (profiled) => trackingTarget(bench, world, profiled, hot)),
  };
}

export const hotCustomer: Goal = { name: 'hot-customer', title: 'All activities on one customer', run };
