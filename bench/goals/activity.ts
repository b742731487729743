// One activity a mutation, durable when it is answered.
import {
  FOUR_STATEMENTS,
  fourStatementsTarget,
  GROUP_COMMIT,
  groupCommitTarget,
  YOGA_PRISMA,
  yogaPrismaTarget,
} from '../harness/activity-peers.ts';
import { createActivityTables, MEMBERS } from '../harness/activity-tables.ts';
import { startServer, stopServers, type Bench } from '../harness/bench.ts';
import { atLeast, holds, outcomeNamed, type Goal, type GoalResult } from '../harness/goal.ts';
import { profileShortfall } from '../harness/laurel-profile.ts';
import { createTrackingWorld, NOTHING_LOST, trackingTarget } from '../harness/tracking.ts';
import { takeTurns } from '../harness/turns.ts';

const CONNECTIONS = 128;
const LAUREL = 'Laurel';

async function run(bench: Bench): Promise<GoalResult> {
  const url = await createActivityTables(bench, 'activity_peers');
  const { world, server } = await createTrackingWorld(bench, 'activity', 3);
  const stock = await startServer(bench, {
    name: 'yoga-activity',
    script: 'peers/prisma/yoga-activity.mjs',
    env: { DATABASE_URL: url },
  });
  const load = { name: LAUREL, connections: CONNECTIONS, batch: 1, customers: MEMBERS };
  const targets = [
    groupCommitTarget(bench, url),
    trackingTarget(bench, world, server, load),
    yogaPrismaTarget(bench, url, stock, CONNECTIONS),
    fourStatementsTarget(bench, url),
  ];
  const outcomes = await takeTurns(targets, bench.options.timing, bench.progress);
  await stopServers(bench, [stock, server]);

  const against = (name: string): number =>
    outcomeNamed(outcomes, LAUREL).perSecond / outcomeNamed(outcomes, name).perSecond;
  const claims = [
    atLeast('activities/s against group commit in process', 0.4, against(GROUP_COMMIT)),
    atLeast('activities/s against Yoga and an interactive Prisma transaction', 25, against(YOGA_PRISMA)),
    atLeast(`activities/s against ${FOUR_STATEMENTS}`, 3.5, against(FOUR_STATEMENTS)),
    holds(NOTHING_LOST, true, 'after every turn'),
  ];
  return {
    unit: 'activities',
    asked: `${CONNECTIONS} connections, one activity a mutation, spread over ${MEMBERS.toLocaleString('en-GB')} customers, fsync on, tables empty before each turn. Limit and peers keep event, ledger entry and balance; Laurel also evaluates rules and keeps double entries, lots, the board, the stored outcome and the events for the relay.`,
    outcomes,
    claims,
    notes: [],
    profile: await profileShortfall(bench, claims, world, (profiled) => trackingTarget(bench, world, profiled, load)),
  };
}

export const activity: Goal = { name: 'activity', title: 'One activity a mutation', run };
