// One activity a mutation, durable when it is answered.
import { createActivityTables, MEMBERS, onFreshTables } from '../harness/activity-tables.ts';
import { acceptData, httpTarget, startServer, stopServers, type Bench } from '../harness/bench.ts';
import { atLeast, outcomeNamed, type Goal, type GoalResult } from '../harness/goal.ts';
import { PGBENCH_IS_HERE, pgbenchTarget, processTarget } from '../harness/process-load.ts';
import { takeTurns, type Target } from '../harness/turns.ts';

async function run(bench: Bench): Promise<GoalResult> {
  const url = await createActivityTables(bench, 'activity_peers');
  const fresh = onFreshTables(bench, url);
  const stock = await startServer(bench, { name: 'yoga-prisma-activity', script: 'peers/prisma/yoga-activity.mjs', env: { DATABASE_URL: url } });
  const targets: Target[] = [
    processTarget(bench, { name: 'limit', kind: 'limit', ...fresh }, 'peers/group-commit.ts', { DATABASE_URL: url, WAITERS: '1000', MEMBERS: String(MEMBERS) }),
    { ...httpTarget(bench, {name: 'prisma', kind: 'peer'}, stock, { path: '/graphql', headers: {}, connections: 128, body: (n) => JSON.stringify({ query: 'mutation ($m: String!, $i: Int!) { track(messageId: $m, memberId: $i, points: 10) }', variables: { m: `${Date.now()}-${n}`, i: 1 + (n * 104729) % MEMBERS } }), accept: acceptData }), ...fresh },
    pgbenchTarget(bench, { name: 'pgbench', kind: 'peer', ...fresh }, { url, clients: 16, script: `
\\set member random(1, ${MEMBERS})
begin;
insert into event values (gen_random_uuid()::text, :member, 'purchase', 10, now()) on conflict do nothing;
select points from balance where member_id = :member for update;
update balance set points = points + 10 where member_id = :member returning points \\gset after_
insert into entry (member_id, message_id, amount, balance_after) values (:member, 'm', 10, :after_points);
end;
` }),
    processTarget(bench, { name: 'four', kind: 'peer', ...fresh }, 'peers/four-statements.ts', { DATABASE_URL: url, CLIENTS: '16', MEMBERS: String(MEMBERS) }),
  ];
  const outcomes = await takeTurns(targets, bench.options.timing, bench.progress);
  await stopServers(bench, [stock]);
  return { unit: 'activities', asked: 'x', outcomes, claims: [atLeast('x', 1, outcomeNamed(outcomes, 'limit').perSecond)], notes: [String(PGBENCH_IS_HERE)] };
}

export const activity: Goal = { name: 'activity', title: 'One activity a mutation', run };
