import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import { countUnread, findInboxItems, markRead, type ReadItems } from '#storage/inbox-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';

/** Most items that one call names. */
export const READ_AT_ONCE = 100;

export type InboxReadCommand = { customerId: string; items: ReadItems };

/**
 * Marks items of a customer's inbox as read: those named, or all up to one. What was read before stays as it was. Throws
 * NotFoundError for an item that is not in this inbox.
 */
export async function readInbox(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  { customerId, items }: InboxReadCommand,
): Promise<{ customerId: string; read: number; unread: number; replayed: boolean }> {
  const itemIds = 'itemIds' in items ? [...new Set(items.itemIds)] : [];
  const upTo = 'upTo' in items ? items.upTo : null;
  if (itemIds.length > READ_AT_ONCE)
    throw new InvalidInputError(`At most ${READ_AT_ONCE} items can be named.`, ['itemIds']);
  return mutate(deps, scope, command, async (tx) => {
    const named = upTo === null ? itemIds : [upTo];
    const found = await findInboxItems(tx, tx.programId, customerId, named);
    if (found.length < named.length) throw new NotFoundError('inbox item', [upTo === null ? 'itemIds' : 'upTo']);
    const read = await markRead(tx, tx.programId, customerId, items, tx.now);
    const unread = await countUnread(tx, tx.programId, customerId, tx.now);
    if (read > 0) tx.emit({ type: 'inbox.read', customerId, itemIds, upTo, unread });
    return { customerId, read, unread };
  });
}
