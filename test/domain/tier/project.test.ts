import { describe, expect, it } from 'vitest';

import { progressOf } from '#domain/tier/progress.ts';
import { outlookOf } from '#domain/tier/project.ts';
import { NO_STANDING, type Standing } from '#domain/tier/standing.ts';

import { aCompiledLadder, aTier } from '../../support/tier.ts';

const at = (now: string, joinedOn = '2025-01-01') => ({ now: new Date(now), timeZone: 'UTC', joinedOn });
const codesOf = (ladder: ReturnType<typeof aCompiledLadder>, place: number) => ladder.tiers[place]?.tier.code ?? null;

const silver = (ladder: ReturnType<typeof aCompiledLadder>, periodFrom: string): Standing => ({
  ...NO_STANDING,
  earned: 'silver',
  tier: 'silver',
  since: new Date('2025-06-01T00:00:00Z'),
  periodFrom,
  shape: ladder.shape,
});

describe('the outlook', () => {
  it('goes on at the pace of the period and names the day on which the next tier is reached', () => {
    const ladder = aCompiledLadder();
    const outlook = outlookOf(ladder, NO_STANDING, progressOf([['2026-01-05', 100]]), at('2026-01-10T20:00:00Z'));
    expect(outlook.toNext?.missing.toFixed()).toBe('900');
    expect(outlook.toStay).toBeNull();
    // 100 in ten days: 3,650 in the year, and 1,000 ninety days from today.
    expect(outlook.projected.progress.toFixed()).toBe('3650');
    expect(codesOf(ladder, outlook.projected.place)).toBe('silver');
    expect(outlook.projected.at).toEqual(new Date('2026-04-10T00:00:00Z'));
  });

  it('names the review at which a tier would be lost', () => {
    const ladder = aCompiledLadder({ graceDays: 5 });
    const outlook = outlookOf(
      ladder,
      silver(ladder, '2026-01-01'),
      progressOf([['2026-03-01', 100]]),
      at('2026-07-01T00:00:00Z'),
    );
    expect(outlook.toStay?.toFixed()).toBe('900');
    expect(outlook.reviewAt).toEqual(new Date('2027-01-06T00:00:00Z'));
    expect([codesOf(ladder, outlook.projected.place), outlook.projected.at]).toEqual([
      'bronze',
      new Date('2027-01-06T00:00:00Z'),
    ]);
  });

  it('within the grace asks for what the ended period lacked, which the new one may bring', () => {
    const ladder = aCompiledLadder({ graceDays: 31 });
    const progress = progressOf([
      ['2025-05-01', 400],
      ['2026-01-10', 700],
    ]);
    const outlook = outlookOf(ladder, silver(ladder, '2025-01-01'), progress, at('2026-01-15T00:00:00Z'));
    expect(outlook.progress.toFixed()).toBe('700');
    expect(outlook.endsOn).toBe('2026-01-01');
    expect(outlook.toStay?.toFixed()).toBe('300');
  });

  it('of a lifetime has no end, and counts the pace since joining', () => {
    const ladder = aCompiledLadder({
      period: { kind: 'LIFETIME' },
      tiers: [aTier('bronze', '0'), aTier('silver', '1000')],
    });
    const outlook = outlookOf(ladder, NO_STANDING, progressOf([['2025-01-01', 500]]), at('2025-01-10T00:00:00Z'));
    expect(outlook.window).toEqual({ from: null, to: null });
    expect(outlook.projected.at).toEqual(new Date('2025-01-20T00:00:00Z'));
  });

  it('promises nothing to who has done nothing', () => {
    const ladder = aCompiledLadder();
    const outlook = outlookOf(ladder, NO_STANDING, progressOf([]), at('2026-07-01T00:00:00Z'));
    expect([outlook.projected.place, outlook.projected.at, outlook.projected.progress.toFixed()]).toEqual([
      0,
      null,
      '0',
    ]);
  });

  it('keeps a tier that was given until its end', () => {
    const ladder = aCompiledLadder();
    const given: Standing = {
      ...silver(ladder, '2026-01-01'),
      tier: 'gold',
      assigned: { tier: 'gold', kind: 'MANUAL', until: new Date('2028-01-01T00:00:00Z') },
    };
    const outlook = outlookOf(ladder, given, progressOf([]), at('2026-07-01T00:00:00Z'));
    expect([codesOf(ladder, outlook.place), codesOf(ladder, outlook.projected.place)]).toEqual(['gold', 'gold']);
    expect(outlook.toNext).toBeNull();
  });
});
