import { expect, it } from 'vitest';

import { compileLevels, levelAt, type Level } from '#domain/level/level.ts';

import { POINTS } from '../../support/earning.ts';

const level = (code: string, points: number): Level => ({
  id: `00000000-0000-7000-8000-00000000000${code}`,
  code: `l${code}`,
  name: code,
  points,
});

it('a level is reached at its points exactly, and the next is told with what is missing', () => {
  const compiled = compileLevels([level('2', 100), level('1', 10), level('3', 1000)], [POINTS]);
  if ('problems' in compiled) throw new Error('these compile');
  const at = (points: number) => {
    const { level: reached, number, next, toNext } = levelAt(compiled.levels, points);
    return [reached?.code ?? null, number, next?.code ?? null, toNext];
  };
  expect([9, 10, 99, 100, 1000].map(at)).toEqual([
    [null, 0, 'l1', 1],
    ['l1', 1, 'l2', 90],
    ['l1', 1, 'l2', 1],
    ['l2', 2, 'l3', 900],
    ['l3', 3, null, null],
  ]);
});

it('two levels that begin at the same are refused', () => {
  expect(compileLevels([level('1', 10), level('2', 10)], [POINTS])).toEqual({
    problems: [{ path: ['l2', 'points'], message: 'l2 and l1 both begin at 10.' }],
  });
});
