import { NotFoundError } from '#domain/errors.ts';
import type { RuleSetContent } from '#domain/rule-set/content.ts';
import type { Statements } from '#storage/postgres.ts';
import { readDraft, readRevision } from '#storage/rule-set-store.ts';

import type { Catalogues } from '../program/catalogues.ts';

/** Which rule set is meant: the live one, the draft, or a revision by its number. */
export type RuleSetChoice = 'LIVE' | 'DRAFT' | number;

/** What a rule set contains, and its number; the draft has none. Throws NotFoundError. */
export async function findRevisionContent(
  deps: { reads: Statements; catalogues: Catalogues },
  programId: string,
  choice: RuleSetChoice,
): Promise<{ revision: number | null; content: RuleSetContent }> {
  if (choice === 'DRAFT') return { revision: null, content: (await readDraft(deps.reads, programId)).content };
  if (choice === 'LIVE') return (await deps.catalogues.at(deps.reads, programId)).ruleSet;
  const revision = await readRevision(deps.reads, programId, choice);
  if (revision === null) throw new NotFoundError('revision', ['revision']);
  return revision;
}
