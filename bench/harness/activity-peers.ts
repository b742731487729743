// The limits and peers of the write goals, on the three tables that they share.
import { MEMBERS, onFreshTables } from './activity-tables.ts';
import { acceptData, httpTarget, type Bench, type StartedServer } from './bench.ts';
import { pgbenchTarget, PGBENCH_IS_HERE, processTarget } from './process-load.ts';
import type { Target } from './turns.ts';

export const GROUP_COMMIT = 'group commit in process';
export const FOUR_STATEMENTS = PGBENCH_IS_HERE ? "pgbench's four statements" : 'four statements from node-postgres';
export const YOGA_PRISMA = 'Yoga + Prisma interactive transaction';

/** As many callers as the fullest flush of the limit takes: fewer would leave the limit below what it can do. */
const WAITERS = 1_000;
const CLIENTS = 16;

/** The limit: one statement a flush, nothing around it. */
export function groupCommitTarget(bench: Bench, url: string, members = MEMBERS): Target {
  const env = { DATABASE_URL: url, WAITERS: String(WAITERS), MEMBERS: String(members) };
  const target = { name: GROUP_COMMIT, kind: 'limit' as const, ...onFreshTables(bench, url) };
  return processTarget(bench, target, 'peers/group-commit.ts', env);
}

/** One activity a transaction, by pgbench where it is installed and from Node where it is not. */
export function fourStatementsTarget(bench: Bench, url: string, members = MEMBERS): Target {
  const target = { name: FOUR_STATEMENTS, kind: 'peer' as const, ...onFreshTables(bench, url) };
  if (PGBENCH_IS_HERE) return pgbenchTarget(bench, target, { url, clients: CLIENTS, script: pgbenchScript(members) });
  const env = { DATABASE_URL: url, CLIENTS: String(CLIENTS), MEMBERS: String(members) };
  return processTarget(bench, target, 'peers/four-statements.ts', env);
}

/** The stock stack over HTTP; `server` runs peers/prisma/yoga-activity.mjs on the same database. */
export function yogaPrismaTarget(bench: Bench, url: string, server: StartedServer, connections: number): Target {
  let turn = 0;
  const fresh = onFreshTables(bench, url);
  const query =
    'mutation ($messageId: String!, $memberId: Int!) { track(messageId: $messageId, memberId: $memberId, points: 10) }';
  const body = (index: number): string => {
    const variables = { messageId: `${turn}-${index}`, memberId: 1 + ((index * 104_729) % MEMBERS) };
    return JSON.stringify({ query, variables });
  };
  return {
    ...httpTarget(bench, { name: YOGA_PRISMA, kind: 'peer' }, server, {
      path: '/graphql',
      headers: {},
      connections,
      body,
      accept: acceptData,
    }),
    ...fresh,
    prepare: async () => {
      turn += 1;
      await fresh.prepare();
    },
  };
}

function pgbenchScript(members: number): string {
  return `\\set member random(1, ${members})
begin;
insert into event values (gen_random_uuid()::text, :member, 'purchase', 10, now()) on conflict do nothing;
select points from balance where member_id = :member for update;
update balance set points = points + 10 where member_id = :member returning points \\gset after_
insert into entry (member_id, message_id, amount, balance_after) values (:member, 'pgbench', 10, :after_points);
end;
`;
}
