import fc from 'fast-check';
import { expect, it } from 'vitest';

import { daysToTell } from '#domain/expiry-notice/expiry-notice.ts';
import { addDays } from '#domain/time.ts';

it.each([
  ['begins with today', null, { from: '2026-12-02', to: '2026-12-02' }],
  ['goes on behind the last day', '2026-11-24', { from: '2026-12-02', to: '2026-12-02' }],
  ['makes up for days on which nobody looked', '2026-11-21', { from: '2026-11-29', to: '2026-12-02' }],
  ['leaves out days that are over', '2026-11-01', { from: '2026-11-25', to: '2026-12-02' }],
  ['has nothing more to do today', '2026-11-25', null],
  ['begins again with a clock that was set back', '2026-12-24', { from: '2026-12-02', to: '2026-12-02' }],
])('looking for notices %s', (_title, through, wanted) => {
  expect(daysToTell('2026-11-25', 7, through)).toEqual(wanted);
});

it('whatever days nobody looked, each day of expiry is looked for once, unless it was over by then', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), fc.array(fc.integer({ min: 0, max: 9 })), (days, waits) => {
      const begin = '2026-01-01';
      const looked = new Map<string, number>();
      let through: string | null = null;
      let today = begin;
      for (const wait of waits) {
        today = addDays(today, wait);
        const wanted = daysToTell(today, days, through);
        for (let day = wanted?.from ?? '9'; day <= (wanted?.to ?? ''); day = addDays(day, 1)) {
          expect(day >= today).toBe(true);
          looked.set(day, (looked.get(day) ?? 0) + 1);
        }
        through = today;
      }
      const since = addDays(begin, days + (waits[0] ?? 0));
      expect([...looked.values()].every((times) => times === 1)).toBe(true);
      for (let day = since; waits.length > 0 && day <= addDays(today, days); day = addDays(day, 1))
        expect(looked.has(day) || day < today).toBe(true);
    }),
  );
});
