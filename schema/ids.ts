import { NotFoundError } from '#domain/errors.ts';
import { uuidOf, type IdType } from '#domain/ids.ts';

/**
 * The UUID inside an id of the input. A malformed id, or one of another type, answers like one that does not exist: throws
 * NotFoundError.
 */
export function wantedUuid(type: IdType, id: string | number, subject: string, path: readonly string[]): string {
  const uuid = uuidOf(type, String(id));
  if (uuid === null) throw new NotFoundError(subject, path);
  return uuid;
}

/** What a mutation has just written or found, when it is read back for the reply. */
export async function present<Row>(row: Promise<Row | null>): Promise<Row> {
  const found = await row;
  if (found === null) throw new Error('a row that a mutation names is gone');
  return found;
}
