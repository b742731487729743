import { NotFoundError } from '#domain/errors.ts';
import { assertMayUsePoints } from '#domain/ledger/policy.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { PointCurrency } from '#domain/program/program.ts';

import type { Tx } from '../transaction.ts';

/** The point currency of a code; null takes the program's default. Throws NotFoundError. */
export function findCurrency(catalogue: Catalogue, code: string | null): PointCurrency {
  if (code === null) return catalogue.defaultCurrency;
  const currency = catalogue.currencyByCode.get(code);
  if (currency === undefined) throw new NotFoundError('point currency', ['currency']);
  return currency;
}

/** A customer by UUID, and the input field that named it. Null stands for an id that was malformed. */
export type Party = { customerId: string | null; path: readonly string[] };

/** The parties' UUIDs. Throws NotFoundError for the first that this program does not have. */
export async function requireCustomers(tx: Tx, parties: readonly Party[]): Promise<string[]> {
  const found = await readStates(tx, parties);
  return parties.map((party) => {
    if (party.customerId === null || !found.has(party.customerId)) throw new NotFoundError('customer', party.path);
    return party.customerId;
  });
}

/** As `requireCustomers`; throws StateConflictError, too, for one who has left or is blocked. */
export async function requireUsers(tx: Tx, parties: readonly Party[]): Promise<string[]> {
  const found = await readStates(tx, parties);
  return parties.map((party) => {
    const state = party.customerId === null ? undefined : found.get(party.customerId);
    if (party.customerId === null || state === undefined) throw new NotFoundError('customer', party.path);
    assertMayUsePoints(state, party.path);
    return party.customerId;
  });
}

async function readStates(tx: Tx, parties: readonly Party[]): Promise<Map<string, string>> {
  const rows = await tx.query<{ id: string; enrolment_state: string }>(
    '/* read-enrolment-states */ select id, enrolment_state from customer where program_id = $1 and id = any($2::uuid[])',
    [tx.programId, parties.flatMap((party) => party.customerId ?? [])],
  );
  return new Map(rows.map((row) => [row.id, row.enrolment_state]));
}
