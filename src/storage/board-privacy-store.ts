import type { BoardAppearance } from '#domain/appearance/appearance.ts';

import type { Statements } from './postgres.ts';

/** How customers chose to appear; those who chose nothing are left out. */
export async function readAppearances(
  reads: Statements,
  programId: string,
  customerIds: readonly string[],
): Promise<Map<string, BoardAppearance>> {
  const rows = await reads.query<BoardAppearance & { id: string }>(
    `/* read-appearances */ select customer_id as id, appearance, alias from board_privacy
     where program_id = $1 and customer_id = any($2)`,
    [programId, customerIds],
  );
  return new Map(rows.map(({ id, appearance, alias }) => [id, { appearance, alias }]));
}

export async function writeAppearance(
  tx: Statements,
  programId: string,
  customerId: string,
  { appearance, alias }: BoardAppearance,
  now: Date,
): Promise<void> {
  await tx.query(
    `/* write-appearance */ insert into board_privacy (program_id, customer_id, appearance, alias, changed_at)
     values ($1, $2, $3, $4, $5)
     on conflict (program_id, customer_id) do update
       set appearance = excluded.appearance, alias = excluded.alias, changed_at = excluded.changed_at`,
    [programId, customerId, appearance, alias, now],
  );
}
