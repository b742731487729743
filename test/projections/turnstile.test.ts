import { setTimeout as sleep } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { UnavailableError } from '#domain/errors.ts';
import { createTurnstile } from '#src/projections/turnstile.ts';

it('lets so many run at once, the others in order, and refuses who would wait too long', async () => {
  const turnstile = createTurnstile(2, 150);
  const order: number[] = [];
  let [running, most] = [0, 0];
  const work = (number: number, ms: number) =>
    turnstile(async () => {
      running += 1;
      most = Math.max(most, running);
      order.push(number);
      await sleep(ms);
      running -= 1;
      if (number === 1) throw new Error('a failure gives its place back');
      return number;
    });
  const outcomes = await Promise.allSettled([work(1, 60), work(2, 300), work(3, 60), work(4, 300), work(5, 10)]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual([
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
  ]);
  expect(outcomes[4]).toMatchObject({ reason: expect.any(UnavailableError) as unknown });
  expect([most, order]).toEqual([2, [1, 2, 3, 4]]);
  expect(await work(6, 1)).toBe(6);
});
