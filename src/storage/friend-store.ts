import type { FriendState, Relation } from '#domain/friend/friend.ts';

import type { Statements } from './postgres.ts';

/** One side of a friendship, as a customer sees it. */
export type FriendRow = {
  customerId: string;
  friendId: string;
  /** REQUESTED by the customer, ASKED by the other, or ACCEPTED. */
  standing: FriendState | 'ASKED';
  since: Date;
};

/** The accepted friends of a customer, in no order; at most FRIENDS_MAX. */
export async function readFriendIds(reads: Statements, programId: string, customerId: string): Promise<string[]> {
  const rows = await reads.query<{ id: string }>(
    `/* read-friend-ids */ select friend_id as id from friend where program_id = $1 and customer_id = $2 and state = 'ACCEPTED'`,
    [programId, customerId],
  );
  return rows.map((row) => row.id);
}

/** Friends and open requests of some customers, the latest first. */
export async function readFriends(
  reads: Statements,
  programId: string,
  customerIds: readonly string[],
): Promise<Map<string, FriendRow[]>> {
  const rows = await reads.query<FriendRow>(
    `/* read-friends */ select * from (
       select customer_id as "customerId", friend_id as "friendId", state as standing, since from friend
       where program_id = $1 and customer_id = any($2)
       union all
       select friend_id, customer_id, 'ASKED', since from friend
       where program_id = $1 and friend_id = any($2) and state = 'REQUESTED'
     ) as f order by since desc, "friendId"`,
    [programId, customerIds],
  );
  return Map.groupBy(rows, ({ customerId }) => customerId);
}

/**
 * What two customers are to each other and how many friends and requests each has, with both locked, so that no two calls
 * decide on the same numbers.
 */
export async function lockRelation(
  tx: Statements,
  programId: string,
  customerId: string,
  friendId: string,
): Promise<{ relation: Relation; counts: { own: number; other: number } }> {
  await tx.query(
    `/* lock-friends */ select pg_advisory_xact_lock(hashtextextended('friends ' || id, 0))
     from unnest($1::text[]) as id order by id`,
    [[customerId, friendId].toSorted()],
  );
  const rows = await tx.query<{ customerId: string; state: FriendState }>(
    `/* read-relation */ select customer_id as "customerId", state from friend
     where program_id = $1 and (customer_id, friend_id) in (($2, $3), ($3, $2))`,
    [programId, customerId, friendId],
  );
  const [counts] = await tx.query<{ own: number; other: number }>(
    `/* count-friends */ select
       (select count(*) from friend where program_id = $1 and customer_id = $2) as own,
       (select count(*) from friend where program_id = $1 and customer_id = $3) as other`,
    [programId, customerId, friendId],
  );
  return { relation: relationOf(rows), counts: counts ?? { own: 0, other: 0 } };
}

function relationOf(rows: readonly { customerId: string; state: FriendState }[]): Relation {
  const [row] = rows;
  if (row === undefined) return { kind: 'NONE' };
  return row.state === 'ACCEPTED' ? { kind: 'FRIENDS' } : { kind: 'REQUESTED', by: row.customerId };
}

/** Puts a relation on record: one row for a request, two for a friendship. */
export async function writeRelation(
  tx: Statements,
  programId: string,
  relation: { customerId: string; friendId: string; state: FriendState; since: Date },
): Promise<void> {
  const { customerId, friendId, state, since } = relation;
  const both = state === 'ACCEPTED';
  await tx.query(
    `/* write-relation */ insert into friend (program_id, customer_id, friend_id, state, since)
     select $1, r.customer_id, r.friend_id, $4, $5 from unnest($2::uuid[], $3::uuid[]) as r (customer_id, friend_id)
     on conflict (program_id, customer_id, friend_id) do update set state = excluded.state, since = excluded.since`,
    [programId, both ? [customerId, friendId] : [customerId], both ? [friendId, customerId] : [friendId], state, since],
  );
}

/** Takes a friendship or a request off record, whoever made it; false where there was none. */
export async function deleteRelation(
  tx: Statements,
  programId: string,
  customerId: string,
  friendId: string,
): Promise<boolean> {
  const gone = await tx.query(
    `/* delete-relation */ delete from friend where program_id = $1 and (customer_id, friend_id) in (($2, $3), ($3, $2)) returning 1`,
    [programId, customerId, friendId],
  );
  return gone.length > 0;
}
