import { expect } from 'vitest';

// A leaderboard as a client of the API sees it, held against what is known to be right.
import { publicId, uuidOf } from '#domain/ids.ts';

import { dataOf } from '../support/graph-client.ts';
import { until, type TestBoard } from '../support/leaderboard.ts';
import type { Order } from './history.ts';

export type BoardReading = {
  state: 'LIVE' | 'STALE' | 'REBUILDING';
  asOf: string;
  entryCount: number;
  top: { customerId: string; rank: number; score: string }[];
};

const READ = '{ leaderboard(id: $id) { state asOf entryCount top(first: 100) { customerId rank score } } }';
const CHECK = 'query ($id: ID!) { leaderboardCheck(id: $id) { drift state recordedCount cachedCount } }';
/** Ten seconds are promised on a machine of one's own; here what is looked for is that it heals at all. */
const HEALED_WITHIN_MS = 45_000;

export async function readBoard(url: string, bearer: string, board: TestBoard): Promise<BoardReading> {
  const variables = { id: board.publicId };
  return (await dataOf<{ leaderboard: BoardReading }>(url, bearer, `query ($id: ID!) ${READ}`, variables)).leaderboard;
}

/** Where a reading shows less than was answered by then, more than was sent, or a rank that its scores do not give. */
export function wrongsOf(reading: BoardReading, readAt: number, orders: readonly Order[]): string[] {
  const asOf = new Date(reading.asOf).getTime();
  const shown = new Map(reading.top.map((row) => [uuidOf('Customer', row.customerId), Number(row.score)]));
  const bounds = new Map<string, { least: number; most: number }>();
  for (const order of orders) {
    const bound = bounds.get(order.customerId) ?? { least: 0, most: 0 };
    if (order.answeredAt < asOf) bound.least += order.amount;
    if (order.sentAt > 0 && order.sentAt <= readAt) bound.most += order.amount;
    bounds.set(order.customerId, bound);
  }
  const wrong: string[] = [];
  for (const [customerId, { least, most }] of bounds) {
    const score = shown.get(customerId) ?? 0;
    if (score < least || score > most) wrong.push(`${reading.state}: ${score} is not within ${least}..${most}`);
  }
  for (const row of reading.top) {
    const better = reading.top.filter((other) => Number(other.score) > Number(row.score)).length;
    if (row.rank !== better + 1) wrong.push(`${reading.state}: rank ${row.rank} of ${row.score}`);
  }
  return wrong;
}

/** Within ten seconds the board is live and shows the sums of all orders, and the check finds nothing. */
export async function expectHealed(
  url: string,
  bearer: string,
  board: TestBoard,
  orders: readonly Order[],
): Promise<void> {
  const sums = new Map<string, number>();
  for (const { customerId, amount } of orders) sums.set(customerId, (sums.get(customerId) ?? 0) + amount);
  const wanted = [...sums].map(([id, sum]) => `${publicId('Customer', id)} ${sum}`).toSorted();
  await until(
    () => readBoard(url, bearer, board),
    ({ state, top }) =>
      state === 'LIVE' &&
      JSON.stringify(top.map((row) => `${row.customerId} ${row.score}`).toSorted()) === JSON.stringify(wanted),
    HEALED_WITHIN_MS,
  );
  const { leaderboardCheck } = await dataOf<{ leaderboardCheck: object }>(url, bearer, CHECK, { id: board.publicId });
  expect(leaderboardCheck).toEqual({ drift: 0, state: 'LIVE', recordedCount: sums.size, cachedCount: sums.size });
}
