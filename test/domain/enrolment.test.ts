import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  ENROLMENT_STATES,
  ENROLMENT_VERBS,
  type EnrolmentInterval,
  type EnrolmentState,
  type EnrolmentVerb,
} from '#domain/enrolment/enrolment.ts';
import { applyTransition, decideTransition, stateOf, type RejoinPolicy } from '#domain/enrolment/transition.ts';

const OPEN: RejoinPolicy = { rejoinPolicy: 'ALLOWED', rejoinAfterDays: null, timeZone: 'Europe/Berlin' };
const NOW = new Date('2026-11-22T10:00:00Z');

/** A history from `[day, verb]` steps in November 2026, each at 09:00 UTC. */
function lived(...steps: [day: number, verb: EnrolmentVerb][]): readonly EnrolmentInterval[] {
  return steps.reduce<readonly EnrolmentInterval[]>((history, [day, verb]) => {
    const at = new Date(Date.UTC(2026, 10, day, 9));
    const decision = decideTransition(verb, at, history, OPEN, NOW);
    if (decision.kind !== 'CHANGE') throw new Error(`${verb} on day ${day}: ${decision.kind}`);
    return applyTransition(history, decision.to, decision.at);
  }, []);
}

const PATHS: Record<EnrolmentState, readonly EnrolmentInterval[]> = {
  NOT_ENROLLED: [],
  INVITED: lived([1, 'INVITE']),
  ENROLLED: lived([1, 'ENROL']),
  PAUSED: lived([1, 'ENROL'], [2, 'PAUSE']),
  LEFT: lived([1, 'ENROL'], [2, 'LEAVE']),
  BLOCKED: lived([1, 'ENROL'], [2, 'BLOCK']),
};

describe('the table of ways', () => {
  const LEADS: Record<EnrolmentState, Partial<Record<EnrolmentVerb, EnrolmentState>>> = {
    NOT_ENROLLED: { INVITE: 'INVITED', ENROL: 'ENROLLED', BLOCK: 'BLOCKED' },
    INVITED: { ENROL: 'ENROLLED', LEAVE: 'LEFT', BLOCK: 'BLOCKED' },
    ENROLLED: { PAUSE: 'PAUSED', LEAVE: 'LEFT', BLOCK: 'BLOCKED' },
    PAUSED: { RESUME: 'ENROLLED', LEAVE: 'LEFT', BLOCK: 'BLOCKED' },
    LEFT: { INVITE: 'INVITED', ENROL: 'ENROLLED', BLOCK: 'BLOCKED' },
    BLOCKED: { UNBLOCK: 'ENROLLED' },
  };

  it.each(ENROLMENT_STATES.flatMap((state) => ENROLMENT_VERBS.map((verb) => [state, verb] as const)))(
    'from %s, %s leads where the table says or nowhere',
    (state, verb) => {
      const decision = decideTransition(verb, null, PATHS[state], OPEN, NOW);
      const to = LEADS[state][verb];
      expect(decision).toEqual(
        to === undefined ? { kind: 'WRONG_STATE', state } : { kind: 'CHANGE', from: state, to, at: NOW },
      );
    },
  );

  it('unblocking gives back what blocking took', () => {
    for (const state of ENROLMENT_STATES.filter((one) => one !== 'BLOCKED')) {
      const blocked = applyTransition(PATHS[state], 'BLOCKED', new Date('2026-11-05T09:00:00Z'));
      expect(decideTransition('UNBLOCK', null, blocked, OPEN, NOW)).toMatchObject({ kind: 'CHANGE', to: state });
    }
  });
});

describe('a back-dated change', () => {
  it('counts from its instant and may touch the start of the present state', () => {
    const enrolled = lived([10, 'ENROL']);
    for (const at of ['2026-11-10T09:00:00Z', '2026-11-11T00:00:00Z']) {
      expect(decideTransition('PAUSE', new Date(at), enrolled, OPEN, NOW)).toMatchObject({
        kind: 'CHANGE',
        at: new Date(at),
      });
    }
  });

  it('is refused when it reaches into the history, also into a closed part of it', () => {
    const since = new Date('2026-11-10T09:00:00Z');
    const early = new Date('2026-11-10T08:59:59Z');
    expect(decideTransition('PAUSE', early, lived([10, 'ENROL']), OPEN, NOW)).toEqual({ kind: 'OVERLAPS', since });
    const unblocked = lived([9, 'BLOCK'], [10, 'UNBLOCK']);
    expect(stateOf(unblocked)).toBe('NOT_ENROLLED');
    expect(decideTransition('ENROL', early, unblocked, OPEN, NOW)).toEqual({ kind: 'OVERLAPS', since });
  });

  it('never lies ahead of now', () => {
    const ahead = new Date(NOW.getTime() + 1);
    expect(decideTransition('ENROL', ahead, [], OPEN, NOW)).toEqual({ kind: 'IN_FUTURE' });
  });
});

describe('joining again', () => {
  const after = (days: number): RejoinPolicy => ({ ...OPEN, rejoinPolicy: 'AFTER_DAYS', rejoinAfterDays: days });
  const never: RejoinPolicy = { ...OPEN, rejoinPolicy: 'NEVER' };
  const left = lived([1, 'ENROL'], [2, 'LEAVE']);

  it('waits until the local day that lies so many days after leaving begins', () => {
    // Left on 2 November in Berlin: 5 days later is the 7th, which begins at 23:00 UTC on the 6th.
    const until = new Date('2026-11-06T23:00:00Z');
    for (const verb of ['ENROL', 'INVITE'] as const) {
      const early = new Date(until.getTime() - 1);
      expect(decideTransition(verb, early, left, after(5), NOW)).toEqual({ kind: 'REJOIN_REFUSED', until });
      expect(decideTransition(verb, until, left, after(5), NOW)).toMatchObject({ kind: 'CHANGE' });
    }
    expect(decideTransition('ENROL', new Date('2026-11-02T09:00:00Z'), left, after(0), NOW)).toMatchObject({
      kind: 'CHANGE',
    });
  });

  it('is refused for ever where the rule says so', () => {
    expect(decideTransition('ENROL', null, left, never, NOW)).toEqual({ kind: 'REJOIN_REFUSED', until: null });
  });

  it('the rule does not bind who never took part: declining an invitation is not leaving', () => {
    const declined = lived([1, 'INVITE'], [2, 'LEAVE']);
    expect(decideTransition('ENROL', null, declined, never, NOW)).toMatchObject({ kind: 'CHANGE' });
  });

  it('being blocked, or asked again in vain, does not start the wait anew', () => {
    const detour = lived([1, 'ENROL'], [2, 'LEAVE'], [10, 'BLOCK'], [20, 'UNBLOCK']);
    expect(decideTransition('ENROL', null, detour, after(5), NOW)).toMatchObject({ kind: 'CHANGE' });
    const asked = lived([1, 'ENROL'], [2, 'LEAVE'], [10, 'INVITE'], [20, 'LEAVE']);
    expect(decideTransition('ENROL', null, asked, after(5), NOW)).toMatchObject({ kind: 'CHANGE' });
    expect(decideTransition('ENROL', null, asked, never, NOW)).toMatchObject({ kind: 'REJOIN_REFUSED' });
  });
});

it('any life keeps its intervals in order, without overlap, with one open at most', () => {
  const step = fc.record({ verb: fc.constantFrom(...ENROLMENT_VERBS), day: fc.integer({ min: 1, max: 21 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let history: readonly EnrolmentInterval[] = [];
      for (const { verb, day } of steps) {
        const decision = decideTransition(verb, new Date(Date.UTC(2026, 10, day)), history, OPEN, NOW);
        if (decision.kind !== 'CHANGE') continue;
        history = applyTransition(history, decision.to, decision.at);
        expect(stateOf(history)).toBe(decision.to);
      }
      for (const [index, interval] of history.entries()) {
        const next = history[index + 1];
        if (next === undefined) continue;
        expect(interval.toAt).not.toBeNull();
        expect(interval.toAt?.getTime()).toBeGreaterThanOrEqual(interval.fromAt.getTime());
        expect(next.fromAt.getTime()).toBeGreaterThanOrEqual(interval.toAt?.getTime() ?? Infinity);
      }
    }),
  );
});
