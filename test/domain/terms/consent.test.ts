import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { InvalidInputError } from '#domain/errors.ts';
import { demandAt, isMet, standingOf, type ConsentEntry } from '#domain/terms/consent.ts';
import { readTexts, startOfVersion, stateOfTerms, versionInForce, type TermsVersion } from '#domain/terms/version.ts';

const day = (number: number): Date => new Date(Date.UTC(2026, 0, number));
const version = (number: number, from: number, renewsConsent = true): TermsVersion => ({
  number,
  effectiveFrom: day(from),
  renewsConsent,
});
const said = (sequence: number, action: ConsentEntry['action'], number: number, on: number): ConsentEntry => ({
  ...{ sequence, action, version: number, channel: 'WEB', language: action === 'ACCEPTED' ? 'en' : null },
  ...{ at: day(on), recordedAt: day(on), recordedBy: 'test', byCustomer: true },
});

/** Versions as they may follow each other, with starts in any order. */
const someVersions = fc
  .array(fc.record({ from: fc.integer({ min: 1, max: 20 }), renews: fc.boolean() }), { maxLength: 8 })
  .map((all) => all.map(({ from, renews }, index) => version(index + 1, from, renews)));

describe('the version in force', () => {
  test('is the highest of those whose time has come, so that a later one overtakes one that has not begun', () => {
    const versions = [version(1, 1), version(2, 20), version(3, 10)];
    expect([5, 10, 25].map((on) => versionInForce(versions, day(on))?.number)).toEqual([1, 3, 3]);
    expect(versions.map((one) => stateOfTerms(versions, one, day(5)))).toEqual(['IN_FORCE', 'SUPERSEDED', 'SCHEDULED']);
    expect(versionInForce(versions, new Date(day(1).getTime() - 1))).toBeNull();
  });

  test('is one at most at every instant, and its number never falls', () => {
    fc.assert(
      fc.property(someVersions, (versions) => {
        let before = 0;
        const gone = new Set<number>();
        for (let on = 0; on <= 22; on += 1) {
          const states = versions.map((one) => stateOfTerms(versions, one, day(on)));
          const inForce = versionInForce(versions, day(on))?.number ?? 0;
          expect(states.filter((state) => state === 'IN_FORCE')).toHaveLength(inForce === 0 ? 0 : 1);
          expect(inForce).toBeGreaterThanOrEqual(before);
          // What has been superseded never comes into force afterwards.
          const over = states.flatMap((state, index) => (state === 'SUPERSEDED' ? [index + 1] : []));
          expect(over.filter((number) => gone.has(number)).length).toBe(gone.size);
          for (const number of over) gone.add(number);
          expect(gone.has(inForce)).toBe(false);
          before = inForce;
        }
      }),
    );
  });

  test('never begins before the one that is in force', () => {
    const versions = [version(1, 5)];
    expect(startOfVersion(versions, null, day(9))).toEqual(day(9));
    expect(startOfVersion(versions, day(6), day(9))).toEqual(day(6));
    expect(() => startOfVersion(versions, day(4), day(9))).toThrow(/cannot begin before/);
    expect(startOfVersion([], day(1), day(9))).toEqual(day(1));
  });
});

describe('consent', () => {
  test('is asked to the version in force, and given by any since the last one that asked anew', () => {
    const versions = [version(1, 1), version(2, 5, false), version(3, 10), version(4, 15, false)];
    expect(demandAt(versions, day(6))).toEqual({ version: 2, atLeast: 1, since: day(1) });
    expect(demandAt(versions, day(16))).toEqual({ version: 4, atLeast: 3, since: day(10) });
    const history = [said(1, 'ACCEPTED', 1, 2)];
    expect(standingOf(versions, history, day(9)).missing).toBeNull();
    expect(standingOf(versions, history, day(10)).missing).toMatchObject({ version: 3, since: day(10) });
  });

  test('to what comes later does not make up for what is in force', () => {
    const versions = [version(1, 1), version(2, 10)];
    const history = [said(1, 'ACCEPTED', 2, 3)];
    expect(standingOf(versions, history, day(9)).missing).toMatchObject({ version: 1 });
    expect(standingOf(versions, history, day(10)).missing).toBeNull();
  });

  test('that was withdrawn is missing from then on, whatever was accepted before', () => {
    const versions = [version(1, 1)];
    const history = [said(1, 'ACCEPTED', 1, 2), said(2, 'WITHDRAWN', 1, 7)];
    expect(standingOf(versions, history, day(8))).toEqual({
      accepted: null,
      missing: { version: 1, atLeast: 1, since: day(7) },
    });
    const anew = [...history, said(3, 'ACCEPTED', 1, 9)];
    expect(standingOf(versions, anew, day(9))).toMatchObject({ accepted: { sequence: 3 }, missing: null });
  });

  test('to the version in force is always enough, and is missing of everybody who said nothing', () => {
    fc.assert(
      fc.property(someVersions, fc.integer({ min: 0, max: 22 }), (versions, on) => {
        const demand = demandAt(versions, day(on));
        if (demand === null) {
          expect(versionInForce(versions, day(on))).toBeNull();
          return;
        }
        expect(isMet(demand, [demand.version])).toBe(true);
        expect(isMet(demand, [])).toBe(false);
        expect(demand.atLeast).toBeLessThanOrEqual(demand.version);
        expect(demand.since <= day(on)).toBe(true);
      }),
    );
  });
});

describe('a text', () => {
  const text = { language: 'en', title: 'Terms', markdown: 'Be fair.', url: null };

  test('is Markdown or an https address, one a language', () => {
    expect(readTexts([text, { ...text, language: 'de-AT', markdown: null, url: 'https://example.com/agb' }])).toEqual({
      en: { title: 'Terms', markdown: 'Be fair.', url: null },
      'de-AT': { title: 'Terms', markdown: null, url: 'https://example.com/agb' },
    });
  });

  test.each([
    ['nothing at all', []],
    ['no language', [{ ...text, language: 'english please' }]],
    ['a language twice', [text, { ...text, language: 'EN' }]],
    [
      'a language twice in other letters',
      [
        { ...text, language: 'de-AT' },
        { ...text, language: 'de-at' },
      ],
    ],
    ['both', [{ ...text, url: 'https://example.com' }]],
    ['neither', [{ ...text, markdown: null }]],
    ['an empty text', [{ ...text, markdown: '  ' }]],
    ['a text without end', [{ ...text, markdown: 'x'.repeat(100_001) }]],
    [
      'texts without end together',
      ['en', 'de', 'fr', 'es', 'it'].map((language) => ({ ...text, language, markdown: 'x'.repeat(90_000) })),
    ],
    ['a script for an address', [{ ...text, markdown: null, url: 'javascript:alert(1)' }]],
    ['an address in the clear', [{ ...text, markdown: null, url: 'http://example.com' }]],
    ['an address with a password', [{ ...text, markdown: null, url: 'https://a:b@example.com' }]],
    ['no title', [{ ...text, title: ' ' }]],
  ])('is refused: %s', (_name, texts) => {
    expect(() => readTexts(texts)).toThrow(InvalidInputError);
  });
});
