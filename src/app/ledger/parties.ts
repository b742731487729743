import { normaliseExternalId } from '#domain/customer/identity.ts';
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

/** A customer as an input names one: by UUID or by the tenant's own id. A malformed id is null and names nobody. */
export type CustomerName = { id: string | null; externalId: string | null };
/** A named customer, and the input field to blame. */
export type Party = CustomerName & { path: readonly string[] };

/** The parties' UUIDs. Throws NotFoundError for the first that this program does not have, or has erased. */
export async function requireCustomers(tx: Tx, parties: readonly Party[]): Promise<string[]> {
  return (await readParties(tx, parties)).map((customer) => customer.id);
}

/** As `requireCustomers`; throws StateConflictError, too, for one who has left or is blocked. */
export async function requireUsers(tx: Tx, parties: readonly Party[]): Promise<string[]> {
  const customers = await readParties(tx, parties);
  for (const [index, customer] of customers.entries()) assertMayUsePoints(customer.state, parties[index]?.path ?? []);
  return customers.map((customer) => customer.id);
}

/** What calls on one customer take turns by. */
export function turnOf(name: CustomerName): string | null {
  return name.id ?? name.externalId;
}

type PartyRow = { id: string; externalId: string; state: string };

async function readParties(tx: Tx, parties: readonly Party[]): Promise<PartyRow[]> {
  const names = parties.map((party) => ({
    ...party,
    externalId: party.externalId === null ? null : normaliseExternalId(party.externalId),
  }));
  const rows = await tx.query<PartyRow>(
    `/* read-parties */
    select id, external_id as "externalId", enrolment_state as state from customer
    where program_id = $1 and (id = any($2::uuid[]) or external_id = any($3::text[])) and erased_at is null`,
    [tx.programId, names.flatMap((name) => name.id ?? []), names.flatMap((name) => name.externalId ?? [])],
  );
  return names.map((name) => {
    const row = rows.find((one) => one.id === name.id || one.externalId === name.externalId);
    if (row === undefined) throw new NotFoundError('customer', name.path);
    return row;
  });
}
