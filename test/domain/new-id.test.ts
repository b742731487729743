import { validate, version } from 'uuid';
import { expect, test } from 'vitest';

import { createIdSource } from '#src/new-id.ts';

test('ids are valid UUIDv7, ascend and never repeat, also when one millisecond needs more than its counter holds', () => {
  const newId = createIdSource(() => 1_795_000_000_000);
  const ids = Array.from({ length: 20_000 }, () => newId());
  expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});

test('an id carries the millisecond in which it was made, and a clock that goes back does not make ids go back', () => {
  let now = 1_795_000_000_123;
  const newId = createIdSource(() => now);
  const first = newId();
  expect(Number.parseInt(first.replaceAll('-', '').slice(0, 12), 16)).toBe(now);
  now -= 5_000;
  expect(newId() > first).toBe(true);
});

test('two sources of one millisecond do not meet', () => {
  const sources = [createIdSource(() => 1_795_000_000_000), createIdSource(() => 1_795_000_000_000)];
  const ids = sources.flatMap((newId) => Array.from({ length: 5_000 }, () => newId()));
  expect(new Set(ids).size).toBe(ids.length);
});
