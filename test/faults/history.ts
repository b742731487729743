// The history rule: what clients wrote down about each call must agree with the record, whatever broke meanwhile.
import { randomUUID } from 'node:crypto';

import { expect } from 'vitest';

import { publicId } from '#domain/ids.ts';
import type { Deps } from '#src/deps.ts';

import { askGraph } from '../support/graph-client.ts';
import type { TestProgram } from '../support/program.ts';

/** One purchase that a client wants on record, with what it knows of it. */
export type Order = {
  key: string;
  messageId: string;
  customerId: string;
  /** Whole units, and so points. */
  amount: number;
  /** ISO 8601; left out, when it is sent. */
  occurredAt?: string;
  /** `unknown`: no answer, or one that says to try again. */
  outcome: 'unsent' | 'ok' | 'unknown';
  sentAt: number;
  answeredAt: number;
};

const TRACK = `mutation ($input: ActivityTrackInput!) {
  activityTrack(input: $input) {
    __typename
    ... on ActivityTrackPayload { activity { messageId } effects { ... on PointsEarned { points } } }
    ... on UserError { code }
  }
}`;

type Tracked = {
  activityTrack: {
    __typename: string;
    code?: string;
    activity?: { messageId: string };
    effects?: { points?: number }[];
  };
};

/** Orders of 1 to 9 units, spread over the customers in turn. */
export function someOrders(customers: readonly string[], count: number): Order[] {
  return Array.from({ length: count }, (_order, index) => ({
    key: randomUUID(),
    messageId: `message-${randomUUID()}`,
    customerId: customers[index % customers.length]!,
    amount: 1 + (index % 9),
    outcome: 'unsent',
    sentAt: 0,
    answeredAt: Infinity,
  }));
}

/** Sends an order and writes down what came of it. Gives what no client may ever be told, or null. */
export async function sendOrder(url: string, bearer: string, order: Order): Promise<string | null> {
  const { key, messageId, customerId, amount, occurredAt } = order;
  const input = {
    idempotencyKey: key,
    messageId,
    type: 'purchase',
    customerId: publicId('Customer', customerId),
    properties: { amount: String(amount) },
    ...(occurredAt === undefined ? {} : { occurredAt }),
  };
  if (order.outcome === 'unsent') order.sentAt = Date.now();
  order.outcome = 'unknown';
  const reply = await askGraph<Tracked>(url, bearer, TRACK, { input }).catch(() => null);
  if (reply === null) return null;
  const tracked = reply.data?.activityTrack;
  if (tracked === undefined) {
    const isRetryable = reply.errors?.length === 1 && reply.errors[0]?.extensions.retryable === true;
    return isRetryable ? null : reply.text;
  }
  if (tracked.code === 'IDEMPOTENCY_IN_PROGRESS') return null;
  const earned = tracked.effects?.reduce((sum, effect) => sum + (effect.points ?? 0), 0);
  if (tracked.activity?.messageId !== messageId || earned !== amount) return reply.text;
  order.outcome = 'ok';
  order.answeredAt = Date.now();
  return null;
}

/** Lets `clients` of them work through the orders at once. Gives what no client may ever be told. */
export async function sendOrders(
  orders: readonly Order[],
  clients: number,
  send: (order: Order) => Promise<string | null>,
): Promise<string[]> {
  const wrong: string[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < orders.length) {
      const order = orders[next++]!;
      const complaint = await send(order);
      if (complaint !== null) wrong.push(complaint);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return wrong;
}

/** How often each message is on record. */
export async function timesOnRecord(deps: Deps, program: TestProgram): Promise<Map<string, number>> {
  const rows = await deps.reads.query<{ message_id: string; times: number }>(
    'select message_id, count(*)::int as times from activity where program_id = $1 group by 1',
    [program.programId],
  );
  return new Map(rows.map((row) => [row.message_id, row.times]));
}

/** Every order is on record exactly once, with its points, and nothing else is. */
export async function expectAllOnce(deps: Deps, program: TestProgram, orders: readonly Order[]): Promise<void> {
  const times = await timesOnRecord(deps, program);
  expect(times.size).toBe(orders.length);
  expect(orders.filter((order) => times.get(order.messageId) !== 1)).toEqual([]);
  const wanted = new Map<string, number>();
  for (const { customerId, amount } of orders) wanted.set(customerId, (wanted.get(customerId) ?? 0) + amount);
  const rows = await deps.reads.query<{ customer_id: string; available: number; entries: number }>(
    `select account.customer_id, account.available, sum(entry.amount)::bigint as entries
     from ledger_account account join ledger_entry entry on entry.program_id = account.program_id and entry.account_id = account.id
     where account.program_id = $1 and account.kind = 'CUSTOMER' group by 1, 2`,
    [program.programId],
  );
  expect(new Map(rows.map((row) => [row.customer_id, row.available]))).toEqual(wanted);
  expect(new Map(rows.map((row) => [row.customer_id, row.entries]))).toEqual(wanted);
}
