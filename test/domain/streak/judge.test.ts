import { expect, test } from 'vitest';

import { dayAt, firstDayOf, periodOf, type CustomerClock } from '#domain/streak/calendar.ts';
import { beginRun, judge, type StreakFacts, type StreakLaw } from '#domain/streak/judge.ts';
import { pauseDays, resumedOn, standingOf } from '#domain/streak/standing.ts';

const NO_FREEZES = { initial: 0, max: 0, everyPeriods: null };
const at = (text: string): Date => new Date(text);
const days = (...texts: string[]): number[] => texts.map((text) => periodOf('DAY', text)).toSorted((a, b) => a - b);
const span = (first: string, count: number): number[] =>
  Array.from({ length: count }, (_, index) => periodOf('DAY', first) + index);
const clockOf = (zone: string): CustomerClock => ({ zone, moves: [] });

function facts(overrides: Partial<StreakFacts>): StreakFacts {
  return { clock: clockOf('UTC'), met: [], pauses: [], bridges: [], gifts: [], pins: new Map(), ...overrides };
}
type Law = StreakLaw & { atRiskHours: number | null };
function lawOf(overrides: Partial<Law> = {}): Law {
  return { cadence: 'DAY', freezes: NO_FREEZES, graceHours: 0, atRiskHours: null, ...overrides };
}
function look(law: Law, given: StreakFacts, now: Date) {
  const judged = judge(law, given, beginRun(law), now);
  return { ...judged, standing: standingOf(law, given, judged, now) };
}
const told = ({ marks }: Pick<ReturnType<typeof judge>, 'marks'>): string[] =>
  marks.map(({ kind, period, length }) => `${kind} ${firstDayOf('DAY', period)} ${length}`);

test('a streak grows with each day in a row and breaks at the local midnight that ends a missed one', () => {
  const given = facts({ clock: clockOf('Europe/Berlin'), met: days('2026-10-24', '2026-10-25') });
  const before = look(lawOf(), given, at('2026-10-26T22:59:59Z'));
  expect(before.run).toMatchObject({ length: 2, longest: 2 });
  expect(before.standing).toMatchObject({ state: 'ACTIVE', pending: { deadline: at('2026-10-26T23:00:00Z') } });
  const after = look(lawOf(), given, at('2026-10-26T23:00:00Z'));
  expect(after.run).toMatchObject({ length: 0, longest: 2 });
  expect(after.standing.state).toBe('BROKEN');
  expect(told(after)).toEqual(['BROKEN 2026-10-26 2']);
});

test('freezes bridge missed days as long as there are any, are earned by the run, and never exceed their maximum', () => {
  const law = lawOf({ freezes: { initial: 1, max: 2, everyPeriods: 3 } });
  const met = [...span('2026-05-01', 7), ...days('2026-05-10')];
  const { run, marks, standing } = look(law, facts({ met }), at('2026-05-10T12:00:00Z'));
  // Earned on the 3rd; that of the 6th found no room; the 8th and 9th are bridged.
  expect(run).toMatchObject({ length: 8, freezes: 0, startedOn: periodOf('DAY', '2026-05-01') });
  expect(told({ marks })).toEqual([
    'FREEZE_EARNED 2026-05-03 3',
    'FREEZE_USED 2026-05-08 7',
    'FREEZE_USED 2026-05-09 7',
  ]);
  expect(standing.state).toBe('ACTIVE');
  const later = look(law, facts({ met }), at('2026-05-12T00:00:00Z'));
  expect(told(later).at(-1)).toBe('BROKEN 2026-05-11 8');
});

test('after a freeze the streak is frozen until the next day is met', () => {
  const law = lawOf({ freezes: { initial: 1, max: 1, everyPeriods: null } });
  const given = facts({ met: days('2026-05-01') });
  expect(look(law, given, at('2026-05-03T09:00:00Z')).standing.state).toBe('FROZEN');
  const again = facts({ met: days('2026-05-01', '2026-05-03') });
  expect(look(law, again, at('2026-05-03T09:00:00Z'))).toMatchObject({
    run: { length: 2, freezes: 0 },
    standing: { state: 'ACTIVE' },
  });
});

test('an activity that comes late heals the break, and gives back the freeze that was used', () => {
  const law = lawOf({ freezes: { initial: 1, max: 1, everyPeriods: null } });
  const now = at('2026-05-05T12:00:00Z');
  const broken = look(law, facts({ met: days('2026-05-01', '2026-05-04', '2026-05-05') }), now);
  expect(broken.run).toMatchObject({ length: 2, freezes: 0 });
  const healed = look(law, facts({ met: days('2026-05-01', '2026-05-03', '2026-05-04', '2026-05-05') }), now);
  expect(healed.run).toMatchObject({ length: 4, freezes: 0 });
  const whole = look(law, facts({ met: span('2026-05-01', 5) }), now);
  expect(whole.run).toMatchObject({ length: 5, freezes: 1 });
});

test('the grace puts the verdict off, and what happens in it does not count for the day before', () => {
  const law = lawOf({ graceHours: 6 });
  const given = facts({ met: days('2026-05-01', '2026-05-03') });
  const inGrace = look(law, given, at('2026-05-03T05:59:59Z'));
  expect(inGrace.run.length).toBe(2);
  expect(inGrace.standing).toMatchObject({ state: 'AT_RISK', nextAt: at('2026-05-03T06:00:00Z') });
  expect(look(law, given, at('2026-05-03T06:00:00Z')).run.length).toBe(1);
});

test('a day in a pause breaks nothing and extends nothing', () => {
  const pauses = [{ from: '2026-05-03', to: '2026-05-06' }];
  const met = days('2026-05-01', '2026-05-02', '2026-05-04', '2026-05-06');
  const soFar = met.slice(0, 3);
  expect(look(lawOf(), facts({ met: soFar, pauses }), at('2026-05-05T12:00:00Z'))).toMatchObject({
    run: { length: 2 },
    standing: { state: 'PAUSED', pending: { period: periodOf('DAY', '2026-05-06') } },
  });
  expect(look(lawOf(), facts({ met, pauses }), at('2026-05-06T12:00:00Z')).run.length).toBe(3);
});

test('a week that a pause touches is not broken, extends when it is met, and does not when all of it is paused', () => {
  const law = lawOf({ cadence: 'WEEK' });
  const week = (day: string): number => periodOf('WEEK', day);
  const given = (met: number[], from: string, to: string) => facts({ met, pauses: [{ from, to }] });
  const now = at('2027-01-12T00:00:00Z');
  const first = [week('2026-12-21')];
  // The 53rd week of 2026 goes until 3 January 2027.
  expect(look(law, given(first, '2027-01-03', '2027-01-11'), now).run.length).toBe(1);
  expect(look(law, given([...first, week('2026-12-31')], '2027-01-03', '2027-01-11'), now).run.length).toBe(2);
  expect(look(law, given([...first, week('2026-12-31')], '2026-12-28', '2027-01-11'), now).run.length).toBe(1);
});

test('a pause does not start in the past, and begins tomorrow where today is met already', () => {
  const now = at('2026-05-03T01:00:00Z');
  const honolulu = facts({ clock: clockOf('Pacific/Honolulu'), met: days('2026-05-01') });
  expect(pauseDays(lawOf(), honolulu, now, { from: '2026-05-01', to: '2026-05-09' })).toBeNull();
  expect(pauseDays(lawOf(), honolulu, now, { from: null, to: '2026-05-09' })?.from).toBe('2026-05-02');
  const met = facts({ ...honolulu, met: days('2026-05-02') });
  expect(pauseDays(lawOf(), met, now, { from: null, to: '2026-05-09' })?.from).toBe('2026-05-03');
  const running = [
    { from: '2026-05-01', to: '2026-05-09' },
    { from: '2026-06-01', to: '2026-06-02' },
  ];
  expect(resumedOn(running, '2026-05-04')).toEqual([{ from: '2026-05-01', to: '2026-05-04' }]);
});

test('a restore goes on from the lost length', () => {
  const met = [...span('2026-05-01', 20), ...days('2026-05-23')];
  const now = at('2026-05-23T12:00:00Z');
  expect(look(lawOf(), facts({ met }), now).run).toMatchObject({ length: 1, broke: { length: 20 } });
  const bridges = [{ from: periodOf('DAY', '2026-05-21'), to: periodOf('DAY', '2026-05-23') }];
  expect(look(lawOf(), facts({ met, bridges }), now).run).toMatchObject({ length: 21, broke: null });
});

test('freezes given by hand count from when they were given: not for a day that was over', () => {
  const law = lawOf({ freezes: { initial: 0, max: 1, everyPeriods: null } });
  const met = days('2026-05-01');
  const given = (text: string) => facts({ met, gifts: [{ at: at(text), count: 1 }] });
  const now = at('2026-05-03T12:00:00Z');
  expect(look(law, given('2026-05-02T23:59:59Z'), now).run).toMatchObject({ length: 1, freezes: 0 });
  expect(look(law, given('2026-05-03T00:00:00Z'), now).run).toMatchObject({ length: 0, freezes: 1 });
});

test('no day is missed at the date line, which Samoa crossed on 30 December 2011', () => {
  const given = facts({ clock: clockOf('Pacific/Apia'), met: days('2011-12-28', '2011-12-29', '2011-12-31') });
  expect(look(lawOf(), given, at('2012-01-01T00:00:00Z')).run.length).toBe(3);
});

test('moving from Kiritimati to Honolulu and back loses no day and counts none twice', () => {
  const moved = { at: at('2026-01-01T22:00:00Z'), from: 'Pacific/Kiritimati' };
  const there: CustomerClock = { zone: 'Pacific/Honolulu', moves: [moved] };
  // Met on the 1st and 2nd in Kiritimati; in Honolulu it is the 1st once more, then the 2nd.
  const met = days('2026-01-01', '2026-01-02');
  expect(look(lawOf(), facts({ clock: there, met }), at('2026-01-03T09:59:59Z'))).toMatchObject({
    run: { length: 2 },
    standing: { state: 'ACTIVE', isMet: true, pending: { period: periodOf('DAY', '2026-01-03') } },
  });
  // Back east at 23:00 on the 3rd, to 23:00 on the 4th: one hour of the 4th is not asked for.
  const back: CustomerClock = {
    zone: 'Pacific/Kiritimati',
    moves: [moved, { at: at('2026-01-04T09:00:00Z'), from: 'Pacific/Honolulu' }],
  };
  const three = facts({ clock: back, met: [...met, ...days('2026-01-03')] });
  expect(look(lawOf(), three, at('2026-01-05T09:59:59Z'))).toMatchObject({ run: { length: 3 } });
  expect(look(lawOf(), three, at('2026-01-05T10:00:00Z'))).toMatchObject({ run: { length: 0 } });
});

test('a day that a move shows again is open again: the break over it is taken back until it ends for good', () => {
  const given = (clock: CustomerClock) => facts({ clock, met: days('2025-12-31') });
  const now = at('2026-01-01T23:00:00Z');
  expect(look(lawOf(), given(clockOf('Pacific/Kiritimati')), now).run.length).toBe(0);
  const moved = { zone: 'Pacific/Honolulu', moves: [{ at: at('2026-01-01T22:00:00Z'), from: 'Pacific/Kiritimati' }] };
  expect(dayAt(moved, now)).toBe('2026-01-01');
  expect(look(lawOf(), given(moved), now).run.length).toBe(1);
});

test('the leap day is a day, and a month lasts until its last', () => {
  expect(look(lawOf(), facts({ met: days('2028-02-28', '2028-03-01') }), at('2028-03-01T12:00:00Z')).run.length).toBe(
    1,
  );
  expect(look(lawOf(), facts({ met: span('2028-02-28', 3) }), at('2028-03-01T12:00:00Z')).run.length).toBe(3);
  const law = lawOf({ cadence: 'MONTH' });
  const met = [periodOf('MONTH', '2028-01-31')];
  expect(look(law, facts({ met }), at('2028-02-29T23:59:59Z')).run.length).toBe(1);
  expect(look(law, facts({ met }), at('2028-03-01T00:00:00Z')).run.length).toBe(0);
});

test('at risk begins so many hours before the deadline, of 23 and 25 hour days, too', () => {
  const law = lawOf({ atRiskHours: 4 });
  const given = facts({ clock: clockOf('Europe/Berlin'), met: days('2026-03-28') });
  expect(look(law, given, at('2026-03-29T17:59:59Z')).standing).toMatchObject({
    state: 'ACTIVE',
    nextAt: at('2026-03-29T18:00:00Z'),
  });
  expect(look(law, given, at('2026-03-29T18:00:00Z')).standing).toMatchObject({
    state: 'AT_RISK',
    nextAt: at('2026-03-29T22:00:00Z'),
  });
});

test('verdicts of an earlier shape stand, and a met day takes them back', () => {
  const pins = new Map([
    [periodOf('DAY', '2026-05-02'), 'FREEZE_USED' as const],
    [periodOf('DAY', '2026-05-04'), 'BROKEN' as const],
  ]);
  const law = lawOf({ freezes: { initial: 0, max: 0, everyPeriods: null } });
  const now = at('2026-05-05T12:00:00Z');
  const pinned = look(law, facts({ met: days('2026-05-01', '2026-05-03', '2026-05-05'), pins }), now);
  expect(told(pinned)).toEqual(['FREEZE_USED 2026-05-02 1', 'BROKEN 2026-05-04 2']);
  expect(look(law, facts({ met: span('2026-05-01', 5), pins }), now).run.length).toBe(5);
});
