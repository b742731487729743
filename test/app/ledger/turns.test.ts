import { setImmediate as tick } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { createTurns } from '#app/ledger/turns.ts';

/** Work that ends when told, and notes its beginning and its end. */
function work(log: string[], name: string) {
  const gate = Promise.withResolvers<void>();
  const run = async (): Promise<string> => {
    log.push(`${name} begins`);
    await gate.promise;
    log.push(`${name} ends`);
    return name;
  };
  return { run, end: gate.resolve, fail: gate.reject };
}

test('calls on one customer run one after another, and calls on another customer meanwhile', async () => {
  const turns = createTurns();
  const log: string[] = [];
  const [first, second, other] = [work(log, 'first'), work(log, 'second'), work(log, 'other')];
  const calls = [turns.take(['ann'], first.run), turns.take(['ann'], second.run), turns.take(['bob'], other.run)];
  await tick();
  expect(log).toEqual(['first begins', 'other begins']);
  first.end();
  await tick();
  expect(log.slice(2)).toEqual(['first ends', 'second begins']);
  second.end();
  other.end();
  expect(await Promise.all(calls)).toEqual(['first', 'second', 'other']);
});

test('calls on two customers each wait for both, and crossing ones never wait for each other', async () => {
  const turns = createTurns();
  const log: string[] = [];
  const [there, back] = [work(log, 'there'), work(log, 'back')];
  const calls = [turns.take(['ann', 'bob'], there.run), turns.take(['bob', 'ann'], back.run)];
  await tick();
  expect(log).toEqual(['there begins']);
  there.end();
  back.end();
  expect(await Promise.all(calls)).toEqual(['there', 'back']);
});

test('a call that fails lets the next one go', async () => {
  const turns = createTurns();
  const log: string[] = [];
  const [first, second] = [work(log, 'first'), work(log, 'second')];
  const failing = turns.take(['ann'], first.run);
  const following = turns.take(['ann'], second.run);
  first.fail(new Error('broken'));
  second.end();
  await expect(failing).rejects.toThrow('broken');
  expect(await following).toBe('second');
});

test('a customer for whom 2,000 calls wait takes no more, and others are served', async () => {
  const turns = createTurns();
  const first = work([], 'first');
  const calls = Array.from({ length: 2_000 }, () => turns.take(['ann'], first.run));
  await expect(turns.take(['ann'], first.run)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  first.end();
  await Promise.all(calls);
  expect(await turns.take(['ann'], () => Promise.resolve('served'))).toBe('served');
});
