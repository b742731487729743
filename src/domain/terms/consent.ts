import { InvalidInputError, StateConflictError } from '../errors.ts';
import { stateOfTerms, versionInForce, type TermsVersion } from './version.ts';

/** How a customer said yes, or took it back. */
export const CONSENT_CHANNELS = ['WEB', 'APP', 'EMAIL', 'PHONE', 'IN_PERSON', 'PAPER'] as const;
export type ConsentChannel = (typeof CONSENT_CHANNELS)[number];

export const CONSENT_ACTIONS = ['ACCEPTED', 'WITHDRAWN'] as const;
export type ConsentAction = (typeof CONSENT_ACTIONS)[number];

/** One line of a customer's history with the terms. It holds no words of the customer's and never changes. */
export type ConsentEntry = {
  /** 1, 2, 3… of this customer. */
  sequence: number;
  action: ConsentAction;
  /** The version accepted; of a withdrawal, the newest one that it takes back. */
  version: number;
  channel: ConsentChannel;
  /** In which the terms were read; null of a withdrawal. */
  language: string | null;
  /** When the customer said so. */
  at: Date;
  recordedAt: Date;
  recordedBy: string;
  byCustomer: boolean;
};

/** What consent is asked for: to `version`, where any from `atLeast` on will do, since `since`. */
export type ConsentDemand = { version: number; atLeast: number; since: Date };

/**
 * What is asked of every customer at an instant; null where there are no terms. Any version will do from the last one that
 * asked for consent anew to the one in force: an editorial change between asks nobody. The first version always asks; one
 * that asks anew does so also where a later one took its place before it began.
 */
export function demandAt(versions: readonly TermsVersion[], now: Date): ConsentDemand | null {
  const inForce = versionInForce(versions, now);
  if (inForce === null) return null;
  const known = versions.filter(({ number }) => number <= inForce.number);
  const atLeast = known.findLast(({ renewsConsent }) => renewsConsent)?.number ?? known[0]?.number ?? inForce.number;
  const starts = known.filter(({ number }) => number >= atLeast).map(({ effectiveFrom }) => effectiveFrom);
  const since = starts.reduce((first, start) => (start < first ? start : first), inForce.effectiveFrom);
  return { version: inForce.number, atLeast, since };
}

/** What a history leaves accepted: all since the last withdrawal, which takes everything back. Oldest first. */
export function acceptedOf(history: readonly ConsentEntry[]): readonly ConsentEntry[] {
  return history.slice(history.findLastIndex(({ action }) => action === 'WITHDRAWN') + 1);
}

/** Whether one of the accepted versions is enough. Accepting what comes into force later does not make up for now. */
export function isMet(demand: ConsentDemand, accepted: readonly number[]): boolean {
  return accepted.some((version) => version >= demand.atLeast && version <= demand.version);
}

/** Where a customer stands with the terms. */
export type ConsentStanding = {
  /** The newest version accepted of those that are or were in force, or that come; null when there is none. */
  accepted: ConsentEntry | null;
  /** What is to be accepted; null when nothing is missing. */
  missing: ConsentDemand | null;
};

/** Where a customer stands at an instant. `missing.since` is when the terms asked for it, or when consent was withdrawn. */
export function standingOf(
  versions: readonly TermsVersion[],
  history: readonly ConsentEntry[],
  now: Date,
): ConsentStanding {
  const accepted = acceptedOf(history);
  const demand = demandAt(versions, now);
  const newest = accepted.toSorted((a, b) => b.version - a.version)[0] ?? null;
  const isMissing =
    demand !== null &&
    !isMet(
      demand,
      accepted.map(({ version }) => version),
    );
  if (!isMissing) return { accepted: newest, missing: null };
  const withdrawn = history.findLast(({ action }) => action === 'WITHDRAWN')?.at ?? null;
  const since = withdrawn !== null && withdrawn > demand.since ? withdrawn : demand.since;
  return { accepted: newest, missing: { ...demand, since } };
}

/** When a customer accepted or withdrew: now, or as told of them. The history only grows at its end. */
export function instantOfConsent(history: readonly ConsentEntry[], wanted: Date | null, now: Date): Date {
  const last = history.at(-1)?.at ?? null;
  if (wanted === null) return last !== null && last > now ? last : now;
  if (wanted > now) throw new InvalidInputError('Nobody agrees or withdraws ahead of now.', ['at']);
  if (last !== null && wanted < last)
    throw new InvalidInputError(`The history reaches until ${last.toISOString()}; nothing is added before.`, ['at']);
  return wanted;
}

/**
 * The version that a customer may accept at an instant: the one then in force, or one that was to come. Throws InvalidInputError for a number that was
 * never published, StateConflictError for one that has been superseded.
 */
export function acceptable(versions: readonly TermsVersion[], number: number, now: Date): TermsVersion {
  const version = versions.find((one) => one.number === number);
  if (version === undefined) throw new InvalidInputError(`There is no version ${number} of the terms.`, ['version']);
  if (stateOfTerms(versions, version, now) === 'SUPERSEDED')
    throw new StateConflictError('A later version of the terms has taken its place.', 'SUPERSEDED', ['version']);
  return version;
}
