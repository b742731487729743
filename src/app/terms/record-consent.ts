import { InvalidInputError, NotFoundError, StateConflictError } from '#domain/errors.ts';
import {
  acceptable,
  acceptedOf,
  instantOfConsent,
  type ConsentChannel,
  type ConsentEntry,
} from '#domain/terms/consent.ts';
import { lockCustomer } from '#storage/enrolment-store.ts';
import { findConsents, findTermsLanguages, insertConsent } from '#storage/terms-store.ts';

import { requireCustomers, type CustomerName } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';

type Recording = {
  customer: CustomerName;
  channel: ConsentChannel;
  /** When the customer said so; null is now. */
  at: Date | null;
  /** Whether the customer's own token asks. */
  byCustomer: boolean;
};

export type TermsAccept = Recording & { version: number; language: string };
export type TermsWithdraw = Recording;

export type ConsentRecorded = { customerId: string; version: number };

/**
 * Records that a customer agrees to a version of the terms. What is agreed to already stays as it was recorded first
 * (`wasAccepted`). Causes consent.changed. Throws NotFoundError, InvalidInputError for a version or language that there is
 * not or an instant that does not fit, StateConflictError for a version that was superseded.
 */
export function acceptTerms(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: TermsAccept,
): Promise<ConsentRecorded & { wasAccepted: boolean; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const { customerId, history } = await openHistory(tx, input.customer);
    const { terms } = await deps.catalogues.at(tx, tx.programId);
    const at = instantOfConsent(history, input.at, tx.now);
    const { number: version } = acceptable(terms, input.version, at);
    if (acceptedOf(history).some((entry) => entry.version === version))
      return { customerId, version, wasAccepted: true };
    const languages = (await findTermsLanguages(tx, tx.programId, [version])).get(version) ?? [];
    if (!languages.some(({ language }) => language === input.language))
      throw new InvalidInputError(
        `Version ${version} of the terms can be read in ${languages.map(({ language }) => language).join(', ')}.`,
        ['language'],
      );
    await addEntry(tx, customerId, history, { ...input, action: 'ACCEPTED', version, at });
    return { customerId, version, wasAccepted: false };
  });
}

/**
 * Records that a customer takes back all that they agreed to. Where they stand with the program stays as it is. Causes
 * consent.changed. Throws NotFoundError, InvalidInputError, and StateConflictError where there is nothing to take back.
 */
export function withdrawTerms(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: TermsWithdraw,
): Promise<ConsentRecorded & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const { customerId, history } = await openHistory(tx, input.customer);
    const accepted = acceptedOf(history);
    if (accepted.length === 0)
      throw new StateConflictError('The customer has agreed to nothing that could be taken back.', 'NOT_ACCEPTED', [
        'customerId',
      ]);
    const version = Math.max(...accepted.map((entry) => entry.version));
    const at = instantOfConsent(history, input.at, tx.now);
    await addEntry(tx, customerId, history, { ...input, action: 'WITHDRAWN', version, language: null, at });
    return { customerId, version };
  });
}

/** The customer's row is locked: two entries at once are decided one after the other, and so is an enrolment beside them. */
async function openHistory(
  tx: Tx,
  customer: CustomerName,
): Promise<{ customerId: string; history: readonly ConsentEntry[] }> {
  const [customerId = ''] = await requireCustomers(tx, [{ ...customer, path: ['customerId'] }]);
  if ((await lockCustomer(tx, tx.programId, customerId)) === null) throw new NotFoundError('customer', ['customerId']);
  return { customerId, history: (await findConsents(tx, tx.programId, [customerId])).get(customerId) ?? [] };
}

type Added = Pick<ConsentEntry, 'action' | 'version' | 'channel' | 'language' | 'at' | 'byCustomer'>;

async function addEntry(
  tx: Tx,
  customerId: string,
  history: readonly ConsentEntry[],
  { action, version, channel, language, at, byCustomer }: Added,
): Promise<void> {
  await insertConsent(tx, tx.programId, customerId, {
    ...{ sequence: (history.at(-1)?.sequence ?? 0) + 1, action, version, channel, language, at, byCustomer },
    ...{ recordedAt: tx.now, recordedBy: tx.actor },
  });
  tx.emit({ type: 'consent.changed', customerId, action, version });
}
