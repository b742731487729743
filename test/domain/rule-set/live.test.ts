import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { pickLive, stateOf, type RevisionTiming } from '#domain/rule-set/live.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));
const revision = (number: number, published: number, scheduled: number | null = null): RevisionTiming => ({
  revision: number,
  publishedAt: at(published),
  scheduledFor: scheduled === null ? null : at(scheduled),
});
const liveAt = (revisions: readonly RevisionTiming[], minute: number): number =>
  pickLive(revisions, at(minute))?.revision ?? 0;

describe('the live revision', () => {
  test('is none before the first has started', () => {
    expect(liveAt([], 0)).toBe(0);
    expect(liveAt([revision(1, 0, 5)], 4)).toBe(0);
  });

  test('changes at the very instant of a scheduled start', () => {
    const revisions = [revision(1, 0), revision(2, 1, 5)];
    expect(pickLive(revisions, new Date(at(5).getTime() - 1))?.revision).toBe(1);
    expect(pickLive(revisions, at(5))?.revision).toBe(2);
  });

  test('is, of several that have started, the one with the latest start, and of equal starts the higher number', () => {
    const revisions = [revision(1, 0), revision(2, 1, 9), revision(3, 2, 5), revision(4, 2, 9)];
    expect([4, 5, 8, 9].map((minute) => liveAt(revisions, minute))).toEqual([1, 3, 3, 4]);
  });

  test('published at once replaces what has started, and is replaced by what is scheduled for later', () => {
    const revisions = [revision(1, 0), revision(2, 1, 5), revision(3, 1, 9), revision(4, 7)];
    expect([4, 5].map((minute) => liveAt(revisions.slice(0, 3), minute))).toEqual([1, 2]);
    expect([7, 8, 9].map((minute) => liveAt(revisions, minute))).toEqual([4, 4, 3]);
  });

  test('published at once counts from then on also where the clock was turned back', () => {
    expect(liveAt([revision(1, 50), revision(2, 3)], 4)).toBe(2);
    expect(liveAt([revision(1, 50), revision(2, 3, 6)], 5)).toBe(1);
    expect(liveAt([revision(1, 50), revision(2, 3, 6)], 6)).toBe(2);
  });
});

test('a revision goes from scheduled to live to superseded, or is cancelled', () => {
  const subject = { ...revision(2, 1, 5), cancelledAt: null };
  expect(stateOf(subject, 1, at(4))).toBe('SCHEDULED');
  expect(stateOf(subject, 2, at(5))).toBe('LIVE');
  expect(stateOf(subject, 3, at(9))).toBe('SUPERSEDED');
  expect(stateOf({ ...subject, cancelledAt: at(2) }, 1, at(9))).toBe('CANCELLED');
});

/** A history as it comes about: published one after the other, each at once or for later. */
const history = fc
  .array(fc.record({ wait: fc.nat(4), lead: fc.option(fc.integer({ min: 1, max: 12 })) }), { maxLength: 8 })
  .map((steps) => {
    let minute = 0;
    return steps.map(({ wait, lead }, index) => {
      minute += wait;
      return revision(index + 1, minute, lead === null ? null : minute + lead);
    });
  });

test('law: at every instant the started revision with the greatest (start, number) is live', () => {
  fc.assert(
    fc.property(history, fc.nat(40), (revisions, minute) => {
      const now = at(minute);
      const start = (one: RevisionTiming): number => (one.scheduledFor ?? one.publishedAt).getTime();
      const [expected] = revisions
        .filter((one) => one.publishedAt <= now && start(one) <= now.getTime())
        .toSorted((a, b) => start(b) - start(a) || b.revision - a.revision);
      const known = revisions.filter((one) => one.publishedAt <= now);
      expect(pickLive(known, now)?.revision).toBe(expected?.revision);
    }),
  );
});
