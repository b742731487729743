// A program with many customers, written by set-based statements: what lists are read from.
import { inWorld, type World } from './laurel.ts';

/** Ids are time-ordered like the service's own; the second group tells what kind of row it is. */
function numberedId(kind: number, n: string): string {
  return `('018f0000-${kind.toString(16).padStart(4, '0')}-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
}

/** The UUID of the n-th customer that addCustomers makes, from 1. */
export function customerId(n: number): string {
  return `018f0000-0002-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** The external id of the n-th customer. */
export function customerExternalId(n: number): string {
  return `customer-${n}`;
}

/**
 * Adds enrolled customers, two in three of them of a company, each with a ledger account of the program's currency.
 * `available` is its balance in SQL over `n`, the customer's number; what it says is not in the ledger's entries, so a
 * program whose laws are checked begins at nought.
 */
export async function addCustomers(world: World, count: number, available = '(n * 7919) % 100000'): Promise<void> {
  const { programId, currencyId } = world;
  const companies = Math.max(1, Math.floor(count / 50));
  const createdAt = `timestamptz '2026-01-01' + n * interval '1 second'`;
  await inWorld(
    world,
    // The rows are right by construction; checking every reference would take most of the time.
    'set session_replication_role = replica',
    `insert into account (program_id, id, external_id, name)
     select '${programId}', ${numberedId(1, 'n')}, 'company-' || n, 'Company ' || n from generate_series(0, ${companies - 1}) as n`,
    `insert into customer (program_id, id, external_id, account_id, display_name, enrolment_state, created_at)
     select '${programId}', ${numberedId(2, 'n')}, 'customer-' || n, case when n % 3 > 0 then ${numberedId(1, `n % ${companies}`)} end,
            'Customer ' || n, 'ENROLLED', ${createdAt} from generate_series(1, ${count}) as n`,
    `insert into ledger_account (program_id, id, currency_id, kind, customer_id, available)
     select '${programId}', ${numberedId(3, 'n')}, '${currencyId}', 'CUSTOMER', ${numberedId(2, 'n')}, ${available}
       from generate_series(1, ${count}) as n`,
    'vacuum analyze customer',
    'vacuum analyze account',
    'vacuum analyze ledger_account',
  );
}

/** The positions (created at, id) of every hundredth customer, in the order of the list. */
export function customerPositions(world: World, count: number): Promise<{ createdAt: string; id: string }[]> {
  return inWorld(
    world,
    `select created_at::text as "createdAt", id from (
       select created_at, id, row_number() over (order by created_at, id) as place from customer where program_id = '${world.programId}'
     ) as numbered where place % 100 = 0 order by place limit ${count}`,
  );
}
