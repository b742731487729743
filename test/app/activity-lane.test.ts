import { expect, test } from 'vitest';

import { createLane } from '#app/activity/lane.ts';
import { UnavailableError } from '#domain/errors.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('one flush is in flight, and what arrives meanwhile shares the next', async () => {
  const sizes: number[] = [];
  let running = 0;
  const lane = createLane<number, number>(async (calls) => {
    running += 1;
    expect(running).toBe(1);
    sizes.push(calls.length);
    await pause(20);
    running -= 1;
    return calls.map((call) => ({ value: call * 2 }));
  });
  const first = lane.submit(1, 1);
  await pause(5);
  const rest = [2, 3, 4].map((call) => lane.submit(call, 1));
  expect(await Promise.all([first, ...rest])).toEqual([2, 4, 6, 8]);
  expect(sizes).toEqual([1, 3]);
});

test('a call that makes its flush fail does not fail its neighbours', async () => {
  const lane = createLane<number, number>(async (calls) => {
    await pause(1);
    if (calls.includes(13)) throw new Error('unlucky');
    return calls.map((call) => ({ value: call }));
  });
  const outcomes = await Promise.allSettled([1, 13, 2].map((call) => lane.submit(call, 1)));
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('while the database is away every caller hears so at once, and no flush is repeated call by call', async () => {
  let flushes = 0;
  const lane = createLane<number, number>(async () => {
    flushes += 1;
    throw new UnavailableError('away');
  });
  const outcomes = await Promise.allSettled([1, 2, 3].map((call) => lane.submit(call, 1)));
  expect(outcomes.every((outcome) => outcome.status === 'rejected')).toBe(true);
  expect(flushes).toBe(1);
});

test('too much waiting work is turned away instead of growing the queue', async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const lane = createLane<number, number>(async (calls) => {
    await gate;
    return calls.map((call) => ({ value: call }));
  });
  const waiting = Array.from({ length: 50 }, (_, index) => lane.submit(index, 1_000));
  await expect(lane.submit(51, 1_000)).rejects.toBeInstanceOf(UnavailableError);
  release();
  expect(await Promise.all(waiting)).toHaveLength(50);
});
