import type { Deps } from '#src/deps.ts';
// What the invariants say of a record that somebody has broken.
import { checkInvariants } from '#src/jobs/check-invariants.ts';

/** Names of the laws that a change of the rows breaks, made where the database allows it and then taken back. */
export async function brokenBy(deps: Deps, programId: string, statement: string): Promise<string[]> {
  const client = await deps.postgres.connect();
  try {
    await client.query('begin');
    await client.query(statement);
    const reads = {
      query: async <Row>(text: string, values: readonly unknown[] = []) =>
        (await client.query(text, [...values])).rows as Row[],
    };
    const offences = await checkInvariants(reads, programId);
    return offences.map(({ check }) => check).toSorted();
  } finally {
    await client.query('rollback');
    client.release();
  }
}
