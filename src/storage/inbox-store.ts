import type { InboxNotice } from '#domain/inbox/notice.ts';
import type { PageRequest } from '#domain/page.ts';

import type { Statements } from './postgres.ts';
import { onlyRow } from './postgres.ts';

/** An item of an inbox as it is on record. */
export type InboxRow = Pick<InboxNotice, 'kind' | 'about' | 'values'> & {
  /** That of the event that put it there. */
  id: string;
  customerId: string;
  claim: InboxNotice['about'] | null;
  at: Date;
  expiresAt: Date | null;
  readAt: Date | null;
};

const COLUMNS = `i.id, i.customer_id as "customerId", i.kind, json_build_object('type', i.about_type, 'id', i.about_id) as about,
  i.data as values, case when i.claim_id is not null then json_build_object('type', i.claim_type, 'id', i.claim_id) end as claim,
  i.at, i.expires_at as "expiresAt", i.read_at as "readAt"`;
/** Items of which the time is over are not shown, whether or not they were read. */
const SHOWN = '(i.expires_at is null or i.expires_at > $3)';

/** A customer's items, newest first (ids are time-ordered), `limit + 1` in the direction of travel. */
export async function listInbox(
  reads: Statements,
  programId: string,
  customerId: string,
  now: Date,
  isUnreadOnly: boolean,
  page: PageRequest,
): Promise<InboxRow[]> {
  return reads.query<InboxRow>(
    `/* list-inbox */ select ${COLUMNS} from inbox_item i
     where i.program_id = $1 and i.customer_id = $2 and ${SHOWN} and (not $4 or i.read_at is null)
       and ($5::uuid is null or i.id < $5) and ($6::uuid is null or i.id > $6)
     order by i.id ${page.backwards ? 'asc' : 'desc'} limit $7`,
    [programId, customerId, now, isUnreadOnly, page.after?.id ?? null, page.before?.id ?? null, page.limit + 1],
  );
}

/** Items of a customer by id, whether or not their time is over. */
export async function findInboxItems(
  reads: Statements,
  programId: string,
  customerId: string,
  ids: readonly string[],
): Promise<InboxRow[]> {
  return reads.query<InboxRow>(
    `/* find-inbox-items */ select ${COLUMNS} from inbox_item i
     where i.program_id = $1 and i.customer_id = $2 and i.id = any($3::uuid[]) order by i.id desc`,
    [programId, customerId, ids],
  );
}

/** How many items a customer has not read. */
export async function countUnread(
  reads: Statements,
  programId: string,
  customerId: string,
  now: Date,
): Promise<number> {
  const { unread } = onlyRow(
    await reads.query<{ unread: number }>(
      `/* count-unread */ select count(*) as unread from inbox_item i
       where i.program_id = $1 and i.customer_id = $2 and ${SHOWN} and i.read_at is null`,
      [programId, customerId, now],
    ),
  );
  return unread;
}

/** Which items were read: those named, or all up to one by its id. */
export type ReadItems = { itemIds: readonly string[] } | { upTo: string };

/** Marks items as read, those that were not; gives how many that were. */
export async function markRead(
  tx: Statements,
  programId: string,
  customerId: string,
  items: ReadItems,
  now: Date,
): Promise<number> {
  const ids = 'itemIds' in items ? items.itemIds : null;
  const upTo = 'upTo' in items ? items.upTo : null;
  const rows = await tx.query(
    `/* mark-read */ update inbox_item set read_at = $3
     where program_id = $1 and customer_id = $2 and read_at is null
       and case when $4::uuid[] is null then id <= $5 else id = any($4) end returning 1`,
    [programId, customerId, now, ids, upTo],
  );
  return rows.length;
}

const FORGOTTEN_AT_ONCE = 20_000;

/** Forgets items that were recorded before an instant; gives how many. In portions, so that nobody waits long. */
export async function forgetInboxItems(reads: Statements, before: Date): Promise<number> {
  for (let total = 0; ;) {
    const { gone } = onlyRow(
      await reads.query<{ gone: number }>(
        `/* forget-inbox-items */ with gone as (
          delete from inbox_item where ctid = any(array(select ctid from inbox_item where recorded_at < $1 limit $2)) returning 1
        ) select count(*) as gone from gone`,
        [before, FORGOTTEN_AT_ONCE],
      ),
    );
    total += gone;
    if (gone < FORGOTTEN_AT_ONCE) return total;
  }
}
