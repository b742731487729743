import type { EnrolmentInterval } from '../enrolment/enrolment.ts';
import { applyTransition, decideTransition, stateOf, type RejoinPolicy } from '../enrolment/transition.ts';
import { ConsentRequiredError, InvalidInputError } from '../errors.ts';
import type { PropertyDeclaration } from '../program/program.ts';
import { applyProfileChange, EMPTY_PROFILE, type ProfileChange } from './change.ts';
import type { CustomerProfile } from './customer.ts';

/** What one item of an upsert says of one person. */
export type CustomerUpsert = ProfileChange & {
  externalId: string;
  /** True records that the person could join, since the first time that it was said; false takes it back. */
  eligible?: boolean | null | undefined;
  /** True enrols whoever is NOT_ENROLLED or INVITED, and leaves everybody else as they are. */
  enrol?: boolean | null | undefined;
  /** Since when, if not now. */
  enrolledAt?: Date | null | undefined;
};

/** All of a person that an upsert decides from and about. */
export type Person = {
  profile: CustomerProfile;
  eligibleSince: Date | null;
  /** Oldest first. */
  history: readonly EnrolmentInterval[];
  /** The version of the terms that they have to accept before they join; null when nothing is asked, or nothing missing. */
  missingConsent: number | null;
};

export const UNKNOWN_PERSON: Person = {
  profile: EMPTY_PROFILE,
  eligibleSince: null,
  history: [],
  missingConsent: null,
};

export type UpsertFacts = {
  declarations: readonly PropertyDeclaration[];
  policy: RejoinPolicy;
  /** The program's local day. */
  today: string;
  now: Date;
};

/** Why an item of an upsert is not taken. */
export type UpsertRefusal = InvalidInputError | ConsentRequiredError;

/** The person after one item, or why the item is refused; a path leads into the item. */
export function decideUpsert(person: Person, item: CustomerUpsert, facts: UpsertFacts): Person | UpsertRefusal {
  const profile = applyProfileChange(person.profile, item, facts.declarations, facts.today);
  if (profile instanceof InvalidInputError) return profile;
  const next = { ...person, profile, eligibleSince: eligibleSince(person, item, facts.now) };
  if (item.enrol === true) return enrol(next, item.enrolledAt ?? null, facts);
  if (item.enrolledAt === null || item.enrolledAt === undefined) return next;
  return new InvalidInputError('enrolledAt goes with enrol: true.', ['enrolledAt']);
}

function eligibleSince(person: Person, item: CustomerUpsert, now: Date): Date | null {
  if (item.eligible === true) return person.eligibleSince ?? now;
  return item.eligible === false ? null : person.eligibleSince;
}

function enrol(person: Person, at: Date | null, { policy, now }: UpsertFacts): Person | UpsertRefusal {
  const state = stateOf(person.history);
  if (state !== 'NOT_ENROLLED' && state !== 'INVITED') return person;
  const decision = decideTransition('ENROL', at, person.history, policy, now);
  switch (decision.kind) {
    case 'CHANGE':
      if (person.missingConsent !== null) return new ConsentRequiredError(person.missingConsent, ['enrol']);
      return {
        ...person,
        history: applyTransition(person.history, decision.to, decision.at),
        eligibleSince: earlier(person.eligibleSince, decision.at),
      };
    case 'IN_FUTURE':
      return new InvalidInputError('Nobody can be enrolled from an instant ahead of now.', ['enrolledAt']);
    case 'OVERLAPS':
      return new InvalidInputError(`The history reaches until ${decision.since.toISOString()}.`, ['enrolledAt']);
    case 'REJOIN_REFUSED':
    case 'WRONG_STATE':
      return person;
  }
}

/** Whoever takes part could join at that instant at the latest. */
export function earlier(known: Date | null, at: Date): Date {
  return known === null || at < known ? at : known;
}
