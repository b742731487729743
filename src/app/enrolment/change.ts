import { normalisedText } from '#domain/customer/identity.ts';
import { earlier } from '#domain/customer/upsert.ts';
import type { EnrolmentState, EnrolmentVerb } from '#domain/enrolment/enrolment.ts';
import { applyTransition, decideTransition, type TransitionDecision } from '#domain/enrolment/transition.ts';
import {
  ConsentRequiredError,
  InvalidInputError,
  NotFoundError,
  RejoinRefusedError,
  StateConflictError,
  type UserError,
} from '#domain/errors.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import {
  closeEnrolments,
  findEnrolments,
  lockCustomer,
  openEnrolments,
  saveEnrolmentState,
} from '#storage/enrolment-store.ts';

import { placeCustomers } from '../leaderboard/place.ts';
import { mutate, type Command } from '../mutation.ts';
import { findMissingConsent } from '../terms/missing-consent.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';

const REASON_LENGTH_MAX = 500;

export type EnrolmentChange = {
  customerId: string;
  /** Since when it counts; null is now. */
  at: Date | null;
  reason: string | null;
};

export type EnrolmentChanged = { customerId: string; from: EnrolmentState; to: EnrolmentState; at: string };

/**
 * Moves one customer along the enrolment table. The customer's row is locked, so that two changes at once are decided
 * one after the other. Causes enrolment.changed, and caller.revoked for one who is blocked. Throws NotFoundError, StateConflictError for a way that the table does
 * not have, RejoinRefusedError, ConsentRequiredError where the program asks who joins for consent to its terms, and
 * InvalidInputError for an instant ahead of now or inside the history.
 */
export function changeEnrolment(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  verb: EnrolmentVerb,
  input: EnrolmentChange,
): Promise<EnrolmentChanged & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const { customerId } = input;
    const reason = checkReason(input.reason);
    const customer = await lockCustomer(tx, tx.programId, customerId);
    if (customer === null) throw new NotFoundError('customer', ['customerId']);
    const history = (await findEnrolments(tx, tx.programId, [customerId])).get(customerId) ?? [];
    const catalogue = await deps.catalogues.at(tx, tx.programId);
    const decision = decideTransition(verb, input.at, history, catalogue.program, tx.now);
    if (decision.kind !== 'CHANGE') throw refusalOf(decision, verb);
    if (verb === 'ENROL') await assertConsent(tx, catalogue, customerId);
    const { from, to, at } = decision;
    await closeEnrolments(tx, tx.programId, from === 'NOT_ENROLLED' ? [] : [{ customerId, toAt: at }]);
    const opened = applyTransition(history, to, at).slice(history.length);
    await openEnrolments(
      tx,
      opened.map(({ state, fromAt }) => ({ id: deps.newId(), customerId, state, fromAt, reason })),
    );
    const takesPart = to === 'INVITED' || to === 'ENROLLED';
    await saveEnrolmentState(
      tx,
      customerId,
      to,
      takesPart ? earlier(customer.eligibleSince, at) : customer.eligibleSince,
    );
    await placeCustomers(tx, catalogue, [customerId]);
    tx.emit({ type: 'enrolment.changed', customerId, state: to });
    // The tokens of a blocked customer are refused anyway; this ends the sockets that one of them has opened.
    if (to === 'BLOCKED') tx.emit({ type: 'caller.revoked', customerId });
    return { customerId, from, to, at: at.toISOString() };
  });
}

/** Whoever joins has agreed to the terms by now, whatever instant the enrolment counts from. */
async function assertConsent(tx: Tx, catalogue: Catalogue, customerId: string): Promise<void> {
  const missing = await findMissingConsent(tx, catalogue, 'ENROLMENT', [customerId], tx.now);
  const demand = missing.get(customerId);
  if (demand !== undefined) throw new ConsentRequiredError(demand.version, ['customerId']);
}

function checkReason(given: string | null): string | null {
  const reason = given === null ? null : normalisedText(given, REASON_LENGTH_MAX);
  if (reason === null && given !== null)
    throw new InvalidInputError(`A reason has 1 to ${REASON_LENGTH_MAX} characters.`, ['reason']);
  return reason;
}

const PARTICIPLES: Record<EnrolmentVerb, string> = {
  INVITE: 'invited',
  ENROL: 'enrolled',
  PAUSE: 'paused',
  RESUME: 'resumed',
  LEAVE: 'taken out',
  BLOCK: 'blocked',
  UNBLOCK: 'unblocked',
};

function refusalOf(decision: Exclude<TransitionDecision, { kind: 'CHANGE' }>, verb: EnrolmentVerb): UserError {
  switch (decision.kind) {
    case 'WRONG_STATE':
      return new StateConflictError(
        `A customer who is ${decision.state} cannot be ${PARTICIPLES[verb]}.`,
        decision.state,
        ['customerId'],
      );
    case 'REJOIN_REFUSED':
      return new RejoinRefusedError(decision.until, ['customerId']);
    case 'IN_FUTURE':
      return new InvalidInputError('A change cannot count from an instant ahead of now.', ['at']);
    case 'OVERLAPS':
      return new InvalidInputError(
        `The history reaches until ${decision.since.toISOString()}; a change cannot count from before.`,
        ['at'],
      );
  }
}
