import DataLoader from 'dataloader';

import type { ConsentEntry } from '#domain/terms/consent.ts';
import type { TermsText } from '#domain/terms/version.ts';
import type { Deps } from '#src/deps.ts';
import {
  findConsents,
  findTerms,
  findTermsLanguages,
  findTermsTexts,
  type TermsRecord,
  type TermsTextKey,
} from '#storage/terms-store.ts';

/** How versions of the terms were published, by their numbers. */
export function createTermsLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<number, Omit<TermsRecord, 'texts'> | null> {
  return new DataLoader(async (numbers) => {
    const rows = programId === null ? [] : await findTerms(deps.reads, programId, numbers);
    return numbers.map((number) => rows.find((row) => row.number === number) ?? null);
  });
}

/** In which languages versions can be read. */
export function createTermsLanguagesLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<number, readonly { language: string; title: string }[]> {
  return new DataLoader(async (numbers) => {
    const languages =
      programId === null ? new Map<number, never>() : await findTermsLanguages(deps.reads, programId, numbers);
    return numbers.map((number) => languages.get(number) ?? []);
  });
}

/** The texts of versions, a language each. */
export function createTermsTextLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<TermsTextKey, (TermsTextKey & TermsText) | null, string> {
  const nameOf = ({ number, language }: TermsTextKey): string => `${number} ${language}`;
  return new DataLoader(
    async (keys) => {
      const rows = programId === null ? [] : await findTermsTexts(deps.reads, programId, keys);
      const byName = new Map(rows.map((row) => [nameOf(row), row]));
      return keys.map((key) => byName.get(nameOf(key)) ?? null);
    },
    { cacheKeyFn: nameOf },
  );
}

/** What customers said to the terms, oldest first. Nothing is remembered: after a mutation the next read is new. */
export function createConsentsLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<string, readonly ConsentEntry[]> {
  return new DataLoader(
    async (customerIds) => {
      const histories =
        programId === null ? new Map<string, never>() : await findConsents(deps.reads, programId, customerIds);
      return customerIds.map((id) => histories.get(id) ?? []);
    },
    { cache: false },
  );
}
