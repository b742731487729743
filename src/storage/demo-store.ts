import type { Statements } from './postgres.ts';

/** A key under which the demo page's tokens are minted: the oldest owner key that still holds. */
export async function findDemoKey(statements: Statements, programId: string): Promise<string | null> {
  const [row] = await statements.query<{ id: string }>(
    `/* find-demo-key */ select id from api_key
    where program_id = $1 and role = 'OWNER' and revoked_at is null and (expires_at is null or expires_at > now())
    order by created_at limit 1`,
    [programId],
  );
  return row?.id ?? null;
}

export type DemoCustomer = { externalId: string; displayName: string | null };

/** Enrolled customers whom the demo page offers: those with the most points, and some from the middle. */
export async function findDemoCustomers(
  statements: Statements,
  programId: string,
  count: number,
): Promise<DemoCustomer[]> {
  return statements.query<DemoCustomer>(
    `/* find-demo-customers */
    with ranked as (
      select c.external_id as "externalId", c.display_name as "displayName",
        row_number() over (order by a.available desc, c.id) as place, count(*) over () as total
      from ledger_account a
      join point_currency p on p.program_id = a.program_id and p.id = a.currency_id and p.is_default
      join customer c on c.program_id = a.program_id and c.id = a.customer_id
      where a.program_id = $1 and c.enrolment_state = 'ENROLLED'
    )
    select "externalId", "displayName" from ranked
    where place <= $2 / 2 or place % greatest(1, total / ($2 / 2)) = 0
    order by place limit $2`,
    [programId, count],
  );
}
