import type { DrawRefusal, DrawRefusalCode } from './draw/refusal.ts';
import { drawRefusalText } from './explanation/draw-words.ts';
import type { Format } from './explanation/locale.ts';
import { refusalText } from './explanation/refusal-texts.ts';
import type { RedemptionRefusal, RefusalCode } from './reward/refusal.ts';

/**
 * Every refusal a caller can meet, as a named class with the data that tells what to do about it. The schema registers
 * each once (schema/errors.ts); anything thrown that is not one of these is masked and logged.
 */
export abstract class UserError extends Error {
  /** Stable, machine-readable; never reworded. */
  abstract readonly code: string;
  /** Where in the input, for instance `['items', '3', 'occurredAt']`; empty when the input as a whole is meant. */
  readonly path: readonly string[];

  constructor(message: string, path: readonly string[] = []) {
    super(message);
    this.path = path;
  }
}

/** The input breaks a stated rule: length, format, range, an unknown property. */
export class InvalidInputError extends UserError {
  readonly code = 'INVALID_INPUT';
}

/** Nothing of that id in this program. An id of another program answers the same. */
export class NotFoundError extends UserError {
  readonly code = 'NOT_FOUND';
  readonly subject: string;

  constructor(subject: string, path: readonly string[] = []) {
    super(`No ${subject} of that id in this program.`, path);
    this.subject = subject;
  }
}

/** The thing exists, but its state forbids this: a closed hold, an archived program, a customer who has left. */
export class StateConflictError extends UserError {
  readonly code = 'STATE_CONFLICT';
  readonly state: string;

  constructor(message: string, state: string, path: readonly string[] = []) {
    super(message, path);
    this.state = state;
  }
}

/** The customer left and may not join again: before `until`, or ever where the program's rule says so. */
export class RejoinRefusedError extends UserError {
  readonly code = 'REJOIN_REFUSED';
  /** When joining again is allowed; null when it never is. */
  readonly until: Date | null;

  constructor(until: Date | null, path: readonly string[] = []) {
    const message =
      until === null
        ? 'Who has left this program cannot join again.'
        : `Joining again is allowed from ${until.toISOString()}.`;
    super(message, path);
    this.until = until;
  }
}

/** The program asks for consent to its terms first, and the customer has not given it. */
export class ConsentRequiredError extends UserError {
  readonly code = 'CONSENT_REQUIRED';
  /** The version in force, which is to be accepted. */
  readonly version: number;

  constructor(version: number, path: readonly string[] = []) {
    super(`Consent to version ${version} of the programme's terms is needed first: termsAccept.`, path);
    this.version = version;
  }
}

/** The caller's view is older than the record, for instance a draft somebody else has saved since. */
export class StaleVersionError extends UserError {
  readonly code = 'STALE_VERSION';
  readonly currentVersion: number;

  constructor(message: string, currentVersion: number, path: readonly string[] = []) {
    super(message, path);
    this.currentVersion = currentVersion;
  }
}

/** The customer has fewer available points than asked for. */
export class InsufficientPointsError extends UserError {
  readonly code = 'INSUFFICIENT_POINTS';
  readonly needed: number;
  readonly available: number;

  constructor(needed: number, available: number, path: readonly string[] = []) {
    super(`${needed} points are needed, ${available} are available.`, path);
    this.needed = needed;
    this.available = available;
  }
}

/** An amount, or the balance it would lead to, lies outside ±(2^53−1). */
export class PointsOutOfRangeError extends UserError {
  readonly code = 'POINTS_OUT_OF_RANGE';

  constructor(path: readonly string[] = []) {
    super('Points must stay within ±9007199254740991.', path);
  }
}

/** A stated limit is reached: an adjustment above the key's allowance, a balance above its cap. */
export class LimitExceededError extends UserError {
  readonly code = 'LIMIT_EXCEEDED';
  readonly limit: number;
  /** When the limit counts anew; null when it never does. */
  readonly until: Date | null;

  constructor(message: string, limit: number, until: Date | null = null, path: readonly string[] = []) {
    super(message, path);
    this.limit = limit;
    this.until = until;
  }
}

/** A redemption that must not be: every reason as data, the weightiest first. */
export class RedemptionRefusedError extends UserError {
  readonly code: RefusalCode;
  readonly refusals: readonly RedemptionRefusal[];
  /** Under which the attempt is filed, so that it can be explained; null when it could not be filed. */
  readonly refusalId: string | null;

  /** `format` is that of the messages of all errors: English, in the program's zone. */
  constructor(refusals: readonly RedemptionRefusal[], refusalId: string | null, format: Format) {
    const [first] = refusals;
    if (first === undefined) throw new Error('a refusal without a reason');
    super(refusalText(first, format));
    this.code = first.code;
    this.refusals = refusals;
    this.refusalId = refusalId;
  }
}

/** A prize draw that cannot be played: every reason as data, the weightiest first. */
export class DrawRefusedError extends UserError {
  readonly code: DrawRefusalCode;
  readonly refusals: readonly DrawRefusal[];

  /** `format` is that of the messages of all errors: English, in the program's zone. */
  constructor(refusals: readonly DrawRefusal[], format: Format) {
    const [first] = refusals;
    if (first === undefined) throw new Error('a refusal without a reason');
    super(drawRefusalText(first, format));
    this.code = first.code;
    this.refusals = refusals;
  }
}

/** The idempotency key was used before with other input. Take a new key. */
export class IdempotencyMismatchError extends UserError {
  readonly code = 'IDEMPOTENCY_MISMATCH';

  constructor() {
    super('This idempotency key was used before with other input. Take a new key.', ['idempotencyKey']);
  }
}

/** The first call with this idempotency key is still running. Send the same call again in a moment. */
export class IdempotencyInProgressError extends UserError {
  readonly code = 'IDEMPOTENCY_IN_PROGRESS';

  constructor() {
    super('The first call with this idempotency key is still running. Send it again in a moment.', ['idempotencyKey']);
  }
}

/** A rule set that must not go live: every problem found, with its place. */
export class InvalidRuleError extends UserError {
  readonly code = 'INVALID_RULE';
  readonly problems: readonly { path: readonly string[]; message: string }[];

  constructor(problems: readonly { path: readonly string[]; message: string }[]) {
    super(problems[0]?.message ?? 'The rule is not valid.', problems[0]?.path ?? []);
    this.problems = problems;
  }
}

/** Publishing takes a second person here, and this is the first one. */
export class SecondPersonError extends UserError {
  readonly code = 'SECOND_PERSON_NEEDED';
  readonly proposedBy: string;

  constructor(proposedBy: string, path: readonly string[] = []) {
    super('Somebody else has to decide on what you proposed.', path);
    this.proposedBy = proposedBy;
  }
}

/** The caller proved no identity, or one that is expired or revoked. A top-level error, never a member of a result. */
export class UnauthenticatedError extends Error {
  readonly code = 'UNAUTHENTICATED';
}

/** The caller is known and may not do this. A top-level error. */
export class ForbiddenError extends Error {
  readonly code = 'FORBIDDEN';
}

/** A store is away; nothing was written, or the outcome is unknown and the same key tells it. Retry. A top-level error. */
export class UnavailableError extends Error {
  readonly code = 'UNAVAILABLE';
}
