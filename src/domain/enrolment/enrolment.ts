/**
 * Where a person stands with the program.
 *
 * NOT_ENROLLED: known, perhaps eligible, never asked or never joined; no interval is open.
 * INVITED: asked, has not answered. ENROLLED: takes part. PAUSED: takes part again later, by a call.
 * LEFT: has gone; may come back as the program's rejoin rule says. BLOCKED: shut out by the team until unblocked.
 *
 * Time in a state is a half-open interval [from, to) of which at most one is open. Intervals never overlap; a gap means
 * NOT_ENROLLED. An empty interval (from = to) is one that the next change replaced in the same instant.
 */
export const ENROLMENT_STATES = ['NOT_ENROLLED', 'INVITED', 'ENROLLED', 'PAUSED', 'LEFT', 'BLOCKED'] as const;
export type EnrolmentState = (typeof ENROLMENT_STATES)[number];
/** The states that an interval can have. */
export type RecordedState = Exclude<EnrolmentState, 'NOT_ENROLLED'>;

export const ENROLMENT_VERBS = ['INVITE', 'ENROL', 'PAUSE', 'RESUME', 'LEAVE', 'BLOCK', 'UNBLOCK'] as const;
export type EnrolmentVerb = (typeof ENROLMENT_VERBS)[number];

export type EnrolmentInterval = { state: RecordedState; fromAt: Date; toAt: Date | null };

/**
 * From where each verb may start, and where it leads. BEFORE is the state that the open interval replaced: unblocking
 * gives back what blocking took, which may be NOT_ENROLLED.
 */
export const TRANSITIONS: Record<
  EnrolmentVerb,
  { from: readonly EnrolmentState[]; to: RecordedState | 'BEFORE'; joins: boolean }
> = {
  INVITE: { from: ['NOT_ENROLLED', 'LEFT'], to: 'INVITED', joins: true },
  ENROL: { from: ['NOT_ENROLLED', 'INVITED', 'LEFT'], to: 'ENROLLED', joins: true },
  PAUSE: { from: ['ENROLLED'], to: 'PAUSED', joins: false },
  RESUME: { from: ['PAUSED'], to: 'ENROLLED', joins: false },
  LEAVE: { from: ['INVITED', 'ENROLLED', 'PAUSED'], to: 'LEFT', joins: false },
  BLOCK: { from: ['NOT_ENROLLED', 'INVITED', 'ENROLLED', 'PAUSED', 'LEFT'], to: 'BLOCKED', joins: false },
  UNBLOCK: { from: ['BLOCKED'], to: 'BEFORE', joins: false },
};
