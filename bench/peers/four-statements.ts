// What pgbench runs for the write goals, and what stands in for it where it is not installed: one activity a
// transaction of four statements, from sixteen connections.
import process from 'node:process';

import { Client } from 'pg';

import { given, loadThroughWindow } from './self-load.ts';

const INSERT_EVENT = {
  name: 'insert-event',
  text: "insert into event values ($1, $2, 'purchase', 10, now()) on conflict do nothing",
};
const LOCK_BALANCE = { name: 'lock-balance', text: 'select points from balance where member_id = $1 for update' };
const ADD_POINTS = {
  name: 'add-points',
  text: 'update balance set points = points + 10 where member_id = $1 returning points',
};
const INSERT_ENTRY = {
  name: 'insert-entry',
  text: 'insert into entry (member_id, message_id, amount, balance_after) values ($1, $2, 10, $3)',
};

async function track(client: Client, messageId: string, memberId: number): Promise<void> {
  await client.query('begin');
  await client.query({ ...INSERT_EVENT, values: [messageId, memberId] });
  await client.query({ ...LOCK_BALANCE, values: [memberId] });
  const { rows } = await client.query<{ points: string }>({ ...ADD_POINTS, values: [memberId] });
  await client.query({ ...INSERT_ENTRY, values: [memberId, messageId, rows[0]?.points] });
  await client.query('commit');
}

const clients = await Promise.all(
  Array.from({ length: given('CLIENTS') }, async () => {
    const client = new Client({ connectionString: process.env.DATABASE_URL });
    await client.connect();
    return client;
  }),
);
const members = given('MEMBERS');
const run = `${process.pid}-${Date.now()}`;
await loadThroughWindow(clients.length, async (lane, count) => {
  const client = clients[lane];
  if (client === undefined) throw new Error('a lane has no connection');
  await track(client, `${run}-${lane}-${count}`, 1 + ((lane * 7_919 + count * 104_729) % members));
  return 1;
});
await Promise.all(clients.map((client) => client.end()));
