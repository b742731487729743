import { expect, it } from 'vitest';

import { decideRankNotices, type ToldRank } from '#domain/rank-notice/rank-notice.ts';

const MINUTE_MS = 60_000;
const PLAN = { first: 3, everyMinutes: 15 };
const at = (minutes: number): Date => new Date(minutes * MINUTE_MS);
const EVERYBODY = (): boolean => true;

/** Looks at boards one after another as the job does, and gives what each look told, as "customer: from > to". */
function looks(
  boards: readonly (readonly [minute: number, ranking: string])[],
  isListed: (customerId: string) => boolean = EVERYBODY,
): string[][] {
  const known = new Map<string, ToldRank>();
  return boards.map(([minute, ranking]) => {
    const ranks = new Map([...ranking].map((customerId, index) => [customerId, index + 1]));
    const decision = decideRankNotices([...known.values()], ranks, isListed, PLAN, at(minute));
    for (const one of decision.known) known.set(one.customerId, one);
    for (const customerId of decision.forgotten) known.delete(customerId);
    return decision.steps.map(({ customerId, from, to }) => `${customerId}: ${from} > ${to}`).toSorted();
  });
}

it('tells nobody at the first look, and afterwards everybody among the first whose rank changed', () => {
  expect(
    looks([
      [0, 'abc'],
      [1, 'abc'],
      [2, 'bac'],
    ]),
  ).toEqual([[], [], ['a: 1 > 2', 'b: 2 > 1']]);
});

it('tells who falls behind the first or comes among them', () => {
  expect(
    looks([
      [0, 'abc'],
      [1, 'abd'],
    ]),
  ).toEqual([[], ['c: 3 > null', 'd: null > 3']]);
});

it('tells each customer once in so many minutes, of all that has happened since', () => {
  const told = looks([
    [0, 'abc'],
    [1, 'bac'],
    [2, 'bca'],
    [15, 'cba'],
    [16, 'cba'],
    [17, 'cba'],
  ]);
  expect(told).toEqual([[], ['a: 1 > 2', 'b: 2 > 1'], ['c: 3 > 2'], [], ['a: 2 > 3', 'b: 1 > 2'], ['c: 2 > 1']]);
});

it('tells nothing of what has come to the same rank again by then', () => {
  expect(
    looks([
      [0, 'ab'],
      [1, 'ba'],
      [5, 'ab'],
      [14, 'ba'],
      [60, 'ba'],
    ]),
  ).toEqual([[], ['a: 1 > 2', 'b: 2 > 1'], [], [], []]);
});

it('tells nothing to who is on the board no more, and forgets who is behind the first for long', () => {
  expect(
    looks(
      [
        [0, 'abc'],
        [1, 'ab'],
      ],
      (customerId) => customerId !== 'c',
    ),
  ).toEqual([[], []]);
  const decision = decideRankNotices(
    [{ customerId: 'c', rank: null, toldAt: at(0) }],
    new Map([['a', 1]]),
    EVERYBODY,
    PLAN,
    at(15),
  );
  expect(decision.forgotten).toEqual(['c']);
});
