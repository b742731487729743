// Queries for one thing that has two names: our id and the tenant's own.
import { uuidOf, type IdType } from '#domain/ids.ts';

import { builder } from './builder.ts';
import { badUserInput } from './paging.ts';

/** The two arguments, of which a query gives one. */
export const namingArgs = builder.args((t) => ({
  id: t.id({ description: 'Global id.' }),
  externalId: t.string({ description: "The tenant's own id; white space around it does not count." }),
}));

type Naming = { id?: string | number | null | undefined; externalId?: string | null | undefined };

type Finders<Found> = {
  byId: (uuid: string) => Promise<Found | null>;
  byExternalId: (externalId: string) => Promise<Found | null>;
};

/** What the arguments name; null when there is none, also for an id of something else. Throws BAD_USER_INPUT unless just one is given. */
export async function findNamed<Found>(
  type: IdType,
  { id, externalId }: Naming,
  { byId, byExternalId }: Finders<Found>,
): Promise<Found | null> {
  const hasId = id !== null && id !== undefined;
  const hasExternalId = externalId !== null && externalId !== undefined;
  if (hasId === hasExternalId) throw badUserInput('Give id or externalId, not both.');
  if (hasExternalId) return byExternalId(externalId);
  const uuid = uuidOf(type, String(id));
  return uuid === null ? null : byId(uuid);
}
