import { expect, test } from 'vitest';

import { parseOccurredAt } from '../../src/import/occurred-at.ts';

const london = { column: 'at', format: 'LOCAL', zone: 'Europe/London' } as const;

test.each([
  ['a summer hour', '2011-06-01 08:26:00', '2011-06-01T07:26:00.000Z'],
  ['a winter hour', '2010-12-01 08:26', '2010-12-01T08:26:00.000Z'],
  ['the earlier of an hour that the clock shows twice', '2011-10-30 01:30:00', '2011-10-30T00:30:00.000Z'],
  ['an hour that the clock skips, moved forward', '2011-03-27 01:30:00', '2011-03-27T01:30:00.000Z'],
])('local time: %s', (_, text, instant) => {
  expect(parseOccurredAt(text, london, 'UTC')?.toISOString()).toBe(instant);
});

test('a day stands at its stated hour in the program’s zone', () => {
  const day = { column: 'day', format: 'DAY', zone: 'PROGRAM', at: '12:00' } as const;
  expect(parseOccurredAt('19970118', day, 'America/New_York')?.toISOString()).toBe('1997-01-18T17:00:00.000Z');
  expect(parseOccurredAt('1997-01-18', day, 'UTC')?.toISOString()).toBe('1997-01-18T12:00:00.000Z');
});

test.each(['', '19970230', '2011-02-29 08:00', '2011-13-01 08:00', '08:00', '2010-12-01 24:30', 'tomorrow'])(
  '%j is no time',
  (text) => {
    const day = { column: 'day', format: 'DAY', zone: 'UTC', at: '12:00' } as const;
    expect(parseOccurredAt(text, london, 'UTC')).toBeNull();
    expect(parseOccurredAt(text, day, 'UTC')).toBeNull();
    expect(parseOccurredAt(text, { column: 'at', format: 'INSTANT' }, 'UTC')).toBeNull();
  },
);
