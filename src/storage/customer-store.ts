import type { Customer } from '#domain/customer/customer.ts';
import type { PropertyDeclaration } from '#domain/program/program.ts';
import type { DeclarationRisk } from '#domain/property/declare.ts';

import type { Statements } from './postgres.ts';

const COLUMN_OF: Record<keyof Customer, string> = {
  id: 'c.id',
  externalId: 'c.external_id',
  displayName: 'c.display_name',
  email: 'c.email',
  locale: 'c.locale',
  timeZone: 'c.time_zone',
  birthday: 'c.birthday',
  // Text until somebody asks for a value of it.
  attributes: 'c.attributes::text',
  accountId: 'c.account_id',
  enrolmentState: 'c.enrolment_state',
  eligibleSince: 'c.eligible_since',
  createdAt: 'c.created_at',
  updatedAt: 'c.updated_at',
  erasedAt: 'c.erased_at',
};

/** The columns of `customer c` as the domain names them: all, or those of the wanted fields beside the two ids. */
export function customerColumns(wanted: ReadonlySet<string> | null): string {
  return Object.entries(COLUMN_OF)
    .filter(([name]) => wanted === null || name === 'id' || name === 'accountId' || wanted.has(name))
    .map(([name, column]) => `${column} as "${name}"`)
    .join(', ');
}

const CUSTOMER_COLUMNS = customerColumns(null);

/** Customers by their ids, without balances; ids of nothing are left out. */
export async function findCustomers(
  statements: Statements,
  programId: string,
  ids: readonly string[],
): Promise<Customer[]> {
  return statements.query<Customer>(
    `/* find-customers */ select ${CUSTOMER_COLUMNS} from customer c
     where c.program_id = $1 and c.id = any($2::uuid[])`,
    [programId, ids],
  );
}

/** The customer of an external id in its kept form, or null. */
export async function findCustomerByExternalId(
  statements: Statements,
  programId: string,
  externalId: string,
): Promise<Customer | null> {
  const [row] = await statements.query<Customer>(
    `/* find-customer */ select ${CUSTOMER_COLUMNS} from customer c
     where c.program_id = $1 and c.external_id = $2`,
    [programId, externalId],
  );
  return row ?? null;
}

/** Keeps the declarations of attributes from changing until the transaction ends. */
export async function lockAttributeSchema(tx: Statements, programId: string): Promise<void> {
  await tx.query('/* lock-attribute-schema */ select from program where id = $1 for share', [programId]);
}

/** Writes the declarations of attributes; the caller holds the program's row and announces the change. */
export async function saveAttributeSchema(
  tx: Statements,
  programId: string,
  declarations: readonly PropertyDeclaration[],
): Promise<void> {
  await tx.query('/* save-attribute-schema */ update program set attribute_schema = $2 where id = $1', [
    programId,
    JSON.stringify(declarations),
  ]);
}

/** Whether any customer has a value that a change of declarations would contradict. */
export async function hasContradiction(tx: Statements, programId: string, risk: DeclarationRisk): Promise<boolean> {
  const allowed = risk.kind === 'NARROWED' ? risk.oneOf : null;
  const [row] = await tx.query<{ found: boolean }>(
    `/* attribute-in-use */
    select exists (select from customer where program_id = $1 and attributes ? $2
      and ($3::text[] is null or attributes ->> $2 <> all ($3::text[]))) as found`,
    [programId, risk.name, allowed],
  );
  return row?.found === true;
}

/** Which of these customers are enrolled. */
export async function readEnrolled(
  statements: Statements,
  programId: string,
  customerIds: readonly string[],
): Promise<Set<string>> {
  const rows = await statements.query<{ id: string }>(
    `/* read-enrolled */ select id from customer
     where program_id = $1 and id = any($2::uuid[]) and enrolment_state = 'ENROLLED'`,
    [programId, customerIds],
  );
  return new Set(rows.map(({ id }) => id));
}
