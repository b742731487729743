import type { Statements } from './postgres.ts';

/** Enrolment states of those who won, by customer; who is not on record any more is missing. */
export async function findWinners(
  tx: Statements,
  programId: string,
  prizes: readonly { customerId: string }[],
): Promise<Map<string, string>> {
  const rows = await tx.query<{ id: string; state: string }>(
    '/* find-winners */ select id, enrolment_state as state from customer where program_id = $1 and id = any($2::uuid[])',
    [programId, [...new Set(prizes.map(({ customerId }) => customerId))]],
  );
  return new Map(rows.map(({ id, state }) => [id, state]));
}
