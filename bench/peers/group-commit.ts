// The limit of the write goals: group commit with nothing around it. Callers in this process await a function; whatever
// has gathered while one statement was under way goes into the next. Event, ledger entry and balance are written by one
// unnamed statement, as PostgreSQL plans it for the true number of rows; a named one would be planned for ten.
import process from 'node:process';

import { Client } from 'pg';

import { given, loadThroughWindow } from './self-load.ts';

const BATCH_MAX = 1_000;
const FLUSH = `
  with fresh as (
    insert into event (message_id, member_id, type, points, occurred_at)
    select message_id, member_id, 'purchase', points, now()
      from unnest($1::text[], $2::integer[], $3::integer[]) as given (message_id, member_id, points)
    on conflict do nothing
    returning message_id, member_id, points
  ), sums as materialized (
    select member_id, sum(points) as total from fresh group by member_id order by member_id
  ), changed as (
    update balance set points = balance.points + sums.total from sums where balance.member_id = sums.member_id
    returning balance.member_id, balance.points, sums.total
  )
  insert into entry (member_id, message_id, amount, balance_after)
  select member_id, message_id, fresh.points,
         changed.points - total + sum(fresh.points) over (partition by member_id order by message_id)
    from fresh join changed using (member_id)`;

type Waiting = { messageId: string; memberId: number; points: number; done: () => void };

const client = new Client({ connectionString: process.env.DATABASE_URL });
let waiting: Waiting[] = [];
let flushing = false;

function commit(messageId: string, memberId: number, points: number): Promise<void> {
  return new Promise((done) => {
    waiting.push({ messageId, memberId, points, done });
    if (!flushing) void flush();
  });
}

async function flush(): Promise<void> {
  flushing = true;
  // One turn of the event loop lets all callers that the last flush woke come in.
  await new Promise((resolve) => setImmediate(resolve));
  while (waiting.length > 0) {
    const batch = waiting.slice(0, BATCH_MAX);
    waiting = waiting.slice(BATCH_MAX);
    await client.query(FLUSH, [
      batch.map(({ messageId }) => messageId),
      batch.map(({ memberId }) => memberId),
      batch.map(({ points }) => points),
    ]);
    for (const { done } of batch) done();
    await new Promise((resolve) => setImmediate(resolve));
  }
  flushing = false;
}

await client.connect();
const members = given('MEMBERS');
const run = `${process.pid}-${Date.now()}`;
await loadThroughWindow(given('WAITERS'), async (waiter, count) => {
  await commit(`${run}-${waiter}-${count}`, 1 + ((waiter * 7_919 + count * 104_729) % members), 10);
  return 1;
});
await client.end();
