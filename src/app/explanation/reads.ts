import { formatFor, languageOf, type Format } from '#domain/explanation/locale.ts';
import { surroundingsOf, type Catalogue } from '#domain/program/catalogue.ts';
import type { PointCurrency } from '#domain/program/program.ts';
import { compileRuleSet, type RuleSet } from '#domain/rule-set/rule-set.ts';
import type { Statements } from '#storage/postgres.ts';
import { readRevision } from '#storage/rule-set-store.ts';

import type { Catalogues } from '../program/catalogues.ts';

/** What explaining needs; it writes nothing. */
export type ExplanationReads = { reads: Statements; catalogues: Catalogues; clock: () => Date };

/** How a text is written: in the language of the locale, with the program's days. */
export function formatOf(catalogue: Catalogue, locale: string | null): Format {
  return formatFor(languageOf(locale), catalogue.program.timeZone);
}

/** A currency that the ledger names: it is never deleted. */
export function currencyIn(catalogue: Catalogue, id: string): PointCurrency {
  const currency = catalogue.currencyById.get(id);
  if (currency === undefined) throw new Error(`point currency ${id} is gone`);
  return currency;
}

/** The rules of a revision; null where they do not fit what the program has now. */
export async function ruleSetOf(
  { reads }: ExplanationReads,
  catalogue: Catalogue,
  revision: number,
): Promise<RuleSet | null> {
  if (revision === catalogue.ruleSet.revision) return catalogue.ruleSet;
  const stored = await readRevision(reads, catalogue.program.id, revision);
  const compiled = compileRuleSet(revision, stored?.content ?? {}, surroundingsOf(catalogue));
  return 'ruleSet' in compiled ? compiled.ruleSet : null;
}
