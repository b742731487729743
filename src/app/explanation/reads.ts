import { formatFor, languageOf, type Format } from '#domain/explanation/locale.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { PointCurrency } from '#domain/program/program.ts';
import type { Statements } from '#storage/postgres.ts';

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
