import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import { readReason } from '#domain/ledger/policy.ts';
import { readTexts, startOfVersion, VERSIONS_MAX, type TermsText } from '#domain/terms/version.ts';
import { lockProgram } from '#storage/program-store.ts';
import { insertTerms } from '#storage/terms-store.ts';

import { mutate, type Command } from '../mutation.ts';
import { announceCatalogueChange } from '../program/announce-change.ts';
import type { AppDeps, Scope } from '../transaction.ts';

export type TermsPublish = {
  texts: readonly ({ language: string } & TermsText)[];
  /** Null is now. */
  effectiveFrom: Date | null;
  renewsConsent: boolean;
  note: string | null;
};

/**
 * Publishes the next version of the programme's terms, which never changes again. Numbers rise by one. Causes
 * terms.published and catalogue.changed. Throws InvalidInputError.
 */
export function publishTerms(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: TermsPublish,
): Promise<{ version: number; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const texts = readTexts(input.texts);
    const note = readReason(input.note);
    // The program's row keeps two publications from taking one number.
    if ((await lockProgram(tx, tx.programId)) === null) throw new NotFoundError('program');
    const { terms } = await deps.catalogues.at(tx, tx.programId);
    if (terms.length >= VERSIONS_MAX)
      throw new InvalidInputError(`A program has at most ${VERSIONS_MAX} versions of its terms.`);
    const number = (terms.at(-1)?.number ?? 0) + 1;
    const effectiveFrom = startOfVersion(terms, input.effectiveFrom, tx.now);
    const { renewsConsent } = input;
    await insertTerms(tx, tx.programId, {
      ...{ number, texts, effectiveFrom, renewsConsent, note },
      ...{ publishedAt: tx.now, publishedBy: tx.actor },
    });
    await announceCatalogueChange(tx);
    tx.emit({ type: 'terms.published', version: number, effectiveFrom: effectiveFrom.toISOString(), renewsConsent });
    tx.audit({
      action: 'terms.published',
      subject: `terms:${number}`,
      after: { effectiveFrom: effectiveFrom.toISOString(), renewsConsent, languages: Object.keys(texts), note },
    });
    return { version: number };
  });
}
