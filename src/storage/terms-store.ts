import type { ConsentEntry } from '#domain/terms/consent.ts';
import type { TermsText, TermsTexts, TermsVersion } from '#domain/terms/version.ts';

import type { Statements } from './postgres.ts';

/** A version as it was published. */
export type TermsRecord = TermsVersion & {
  texts: TermsTexts;
  note: string | null;
  publishedAt: Date;
  publishedBy: string;
};

/** Writes a version, which never changes again. */
export async function insertTerms(tx: Statements, programId: string, terms: TermsRecord): Promise<void> {
  await tx.query(
    `/* insert-terms */ insert into terms_version (program_id, number, texts, effective_from, renews_consent, note, published_at, published_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      programId,
      terms.number,
      JSON.stringify(terms.texts),
      terms.effectiveFrom,
      terms.renewsConsent,
      terms.note,
      terms.publishedAt,
      terms.publishedBy,
    ],
  );
}

/** Versions by their numbers, without their texts; numbers of none are left out. */
export async function findTerms(
  reads: Statements,
  programId: string,
  numbers: readonly number[],
): Promise<Omit<TermsRecord, 'texts'>[]> {
  return reads.query<Omit<TermsRecord, 'texts'>>(
    `/* find-terms */ select number, effective_from as "effectiveFrom", renews_consent as "renewsConsent", note,
       published_at as "publishedAt", published_by as "publishedBy"
     from terms_version where program_id = $1 and number = any($2::int[])`,
    [programId, numbers],
  );
}

/** The languages of versions, each with its title: what to pick a text by. */
export async function findTermsLanguages(
  reads: Statements,
  programId: string,
  numbers: readonly number[],
): Promise<Map<number, { language: string; title: string }[]>> {
  const rows = await reads.query<{ number: number; language: string; title: string }>(
    `/* find-terms-languages */ select t.number, one.key as language, one.value ->> 'title' as title
     from terms_version t cross join lateral jsonb_each(t.texts) one
     where t.program_id = $1 and t.number = any($2::int[]) order by t.number, one.key`,
    [programId, numbers],
  );
  return Map.groupBy(rows, ({ number }) => number);
}

export type TermsTextKey = { number: number; language: string };

/** Texts of versions in one language each. */
export async function findTermsTexts(
  reads: Statements,
  programId: string,
  keys: readonly TermsTextKey[],
): Promise<(TermsTextKey & TermsText)[]> {
  const rows = await reads.query<TermsTextKey & { text: TermsText }>(
    `/* find-terms-texts */ select t.number, key.language, t.texts -> key.language as text
     from unnest($2::int[], $3::text[]) as key (number, language)
     join terms_version t on t.program_id = $1 and t.number = key.number and t.texts ? key.language`,
    [programId, keys.map(({ number }) => number), keys.map(({ language }) => language)],
  );
  return rows.map(({ number, language, text }) => ({ number, language, ...text }));
}

/** The histories of these customers with the terms, each oldest first. */
export async function findConsents(
  statements: Statements,
  programId: string,
  customerIds: readonly string[],
): Promise<Map<string, (ConsentEntry & { customerId: string })[]>> {
  if (customerIds.length === 0) return new Map();
  const rows = await statements.query<ConsentEntry & { customerId: string }>(
    `/* find-consents */ select customer_id as "customerId", sequence, action, version, channel, language, at,
       recorded_at as "recordedAt", recorded_by as "recordedBy", by_customer as "byCustomer"
     from terms_consent where program_id = $1 and customer_id = any($2::uuid[]) order by customer_id, sequence`,
    [programId, customerIds],
  );
  return Map.groupBy(rows, ({ customerId }) => customerId);
}

/** Adds a line to the history of a customer whose row is locked. */
export async function insertConsent(
  tx: Statements,
  programId: string,
  customerId: string,
  entry: ConsentEntry,
): Promise<void> {
  await tx.query(
    `/* insert-consent */ insert into terms_consent
       (program_id, customer_id, sequence, action, version, channel, language, at, recorded_at, recorded_by, by_customer)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      programId,
      customerId,
      entry.sequence,
      entry.action,
      entry.version,
      entry.channel,
      entry.language,
      entry.at,
      entry.recordedAt,
      entry.recordedBy,
      entry.byCustomer,
    ],
  );
}
