// A hundred activities a mutation.
import { GROUP_COMMIT, groupCommitTarget } from '../harness/activity-peers.ts';
import { createActivityTables, MEMBERS } from '../harness/activity-tables.ts';
import { stopServers, type Bench } from '../harness/bench.ts';
import { atLeast, holds, outcomeNamed, type Goal, type GoalResult } from '../harness/goal.ts';
import { profileShortfall } from '../harness/laurel-profile.ts';
import { createTrackingWorld, NOTHING_LOST, trackingTarget } from '../harness/tracking.ts';
import { takeTurns } from '../harness/turns.ts';

const CONNECTIONS = 16;
const BATCH = 100;
const LAUREL = 'Laurel';
/** RudderStack's gateway on two cores, as its own guide for administrators puts it. */
const RUDDERSTACK_PER_SECOND = 1_700;

async function run(bench: Bench): Promise<GoalResult> {
  const url = await createActivityTables(bench, 'activity_batch_peers');
  const { world, server } = await createTrackingWorld(bench, 'activity_batch', 4);
  const load = { name: LAUREL, connections: CONNECTIONS, batch: BATCH, customers: MEMBERS };
  const targets = [groupCommitTarget(bench, url), trackingTarget(bench, world, server, load)];
  const outcomes = await takeTurns(targets, bench.options.timing, bench.progress);
  await stopServers(bench, [server]);

  const laurel = outcomeNamed(outcomes, LAUREL).perSecond;
  const claims = [
    atLeast('activities/s against the unnest limit', 0.7, laurel / outcomeNamed(outcomes, GROUP_COMMIT).perSecond),
    atLeast("activities/s against RudderStack's published 1,700 on two cores", 10, laurel / RUDDERSTACK_PER_SECOND),
    holds(NOTHING_LOST, true, 'after every turn'),
  ];
  return {
    unit: 'activities',
    asked: `${CONNECTIONS} connections, ${BATCH} activities a mutation, spread over ${MEMBERS.toLocaleString('en-GB')} customers, fsync on, tables empty before each turn.`,
    outcomes,
    claims,
    notes: ['RudderStack was not run here; its figure is its own and of another machine.'],
    profile: await profileShortfall(bench, claims, world, (profiled) => trackingTarget(bench, world, profiled, load)),
  };
}

export const activityBatch: Goal = { name: 'activity-batch', title: 'A hundred activities a mutation', run };
