import type { Catalogue } from '#domain/program/catalogue.ts';
import type { ConsentGate } from '#domain/program/program.ts';
import { standingOf, type ConsentDemand } from '#domain/terms/consent.ts';
import type { Statements } from '#storage/postgres.ts';
import { findConsents } from '#storage/terms-store.ts';

/**
 * What customers have to accept before something that the program lets through with consent only; customers of whom nothing
 * is asked are left out. One statement for all of them, and none where the program asks nothing or has no terms.
 */
export async function findMissingConsent(
  statements: Statements,
  { program, terms }: Pick<Catalogue, 'program' | 'terms'>,
  gate: ConsentGate,
  customerIds: readonly string[],
  now: Date,
): Promise<Map<string, ConsentDemand>> {
  if (!program.consentNeededFor.includes(gate) || terms.length === 0) return new Map();
  const histories = await findConsents(statements, program.id, customerIds);
  return new Map(
    customerIds.flatMap((customerId) => {
      const { missing } = standingOf(terms, histories.get(customerId) ?? [], now);
      return missing === null ? [] : [[customerId, missing] as const];
    }),
  );
}
