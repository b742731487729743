import type { Program } from '../program/program.ts';
import { endOfDayAfter } from '../time.ts';
import { TRANSITIONS, type EnrolmentInterval, type EnrolmentState, type EnrolmentVerb } from './enrolment.ts';

export type RejoinPolicy = Pick<Program, 'rejoinPolicy' | 'rejoinAfterDays' | 'timeZone'>;

export type TransitionDecision =
  | { kind: 'CHANGE'; from: EnrolmentState; to: EnrolmentState; at: Date }
  /** The table has no such way. */
  | { kind: 'WRONG_STATE'; state: EnrolmentState }
  /** The person was enrolled before and may not join again: before `until`, or ever when it is null. */
  | { kind: 'REJOIN_REFUSED'; until: Date | null }
  /** The wanted instant lies ahead of now. */
  | { kind: 'IN_FUTURE' }
  /** The wanted instant lies before `since`, when the present state began. */
  | { kind: 'OVERLAPS'; since: Date };

/** The state that a history leads to: that of its open interval. */
export function stateOf(history: readonly EnrolmentInterval[]): EnrolmentState {
  return history.findLast((interval) => interval.toAt === null)?.state ?? 'NOT_ENROLLED';
}

/**
 * Whether a person may make this step, and when it counts. `at` null means now; an earlier instant is taken as long as it
 * does not reach into the history, which is given oldest first. The rejoin rule binds those who were enrolled before and
 * left: declining an invitation is not leaving.
 */
export function decideTransition(
  verb: EnrolmentVerb,
  at: Date | null,
  history: readonly EnrolmentInterval[],
  policy: RejoinPolicy,
  now: Date,
): TransitionDecision {
  const state = stateOf(history);
  const transition = TRANSITIONS[verb];
  if (!transition.from.includes(state)) return { kind: 'WRONG_STATE', state };
  const wanted = at ?? now;
  if (wanted > now) return { kind: 'IN_FUTURE' };
  const since = lastInstant(history);
  // A clock that stepped back between two calls must not refuse a change that is meant for now.
  const effective = at === null && since !== null && since > wanted ? since : wanted;
  if (since !== null && effective < since) return { kind: 'OVERLAPS', since };
  if (transition.joins) {
    const refusal = rejoinRefusal(history, policy, effective);
    if (refusal !== null) return refusal;
  }
  const to = transition.to === 'BEFORE' ? stateBefore(history) : transition.to;
  return { kind: 'CHANGE', from: state, to, at: effective };
}

function lastInstant(history: readonly EnrolmentInterval[]): Date | null {
  const last = history.at(-1);
  return last === undefined ? null : (last.toAt ?? last.fromAt);
}

function rejoinRefusal(
  history: readonly EnrolmentInterval[],
  policy: RejoinPolicy,
  at: Date,
): Extract<TransitionDecision, { kind: 'REJOIN_REFUSED' }> | null {
  const lastEnrolled = history.findLastIndex((interval) => interval.state === 'ENROLLED');
  // The first leaving counts: being blocked, or declining an invitation since, does not start the wait anew.
  const left =
    lastEnrolled === -1 ? undefined : history.slice(lastEnrolled).find((interval) => interval.state === 'LEFT');
  if (left === undefined) return null;
  switch (policy.rejoinPolicy) {
    case 'ALLOWED':
      return null;
    case 'NEVER':
      return { kind: 'REJOIN_REFUSED', until: null };
    case 'AFTER_DAYS': {
      const until = endOfDayAfter(left.fromAt, policy.timeZone, { days: (policy.rejoinAfterDays ?? 0) - 1 });
      return at < until ? { kind: 'REJOIN_REFUSED', until } : null;
    }
  }
}

/** The history after a decided change: the open interval ends, and the next begins where the state is one of record. */
export function applyTransition(
  history: readonly EnrolmentInterval[],
  to: EnrolmentState,
  at: Date,
): readonly EnrolmentInterval[] {
  const closed = history.map((interval) => (interval.toAt === null ? { ...interval, toAt: at } : interval));
  return to === 'NOT_ENROLLED' ? closed : [...closed, { state: to, fromAt: at, toAt: null }];
}

/** What the open interval replaced, or NOT_ENROLLED where it began a history or followed a gap. */
function stateBefore(history: readonly EnrolmentInterval[]): EnrolmentState {
  const open = history.at(-1);
  const before = history.at(-2);
  const touches = open !== undefined && before?.toAt?.getTime() === open.fromAt.getTime();
  return touches && before !== undefined ? before.state : 'NOT_ENROLLED';
}
