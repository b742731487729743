import { publicId } from '#domain/ids.ts';
import { noticeOf } from '#domain/stream/telling.ts';
import { builder } from '#schema/builder.ts';
import { programOf, type Context } from '#schema/context.ts';
import { InboxItemRef, unreadOf } from '#schema/inbox.ts';
import { StreamItemRef, type StreamMark } from '#schema/stream-item.ts';
import { findInboxItems, type InboxRow } from '#storage/inbox-store.ts';

import { createCustomerStream, requireOwnCustomer, streamArgs, type StreamPlan } from './customer-stream.ts';

type InboxChange = { item: InboxRow | null; readIds: readonly string[]; readUpTo: string | null; unread: number };

const InboxChangeRef = builder.objectRef<InboxChange & StreamMark>('InboxChange').implement({
  description: 'One item of inboxChanged.',
  subGraphs: ['Public'],
  interfaces: [StreamItemRef],
  fields: (t) => ({
    item: t.field({
      type: InboxItemRef,
      nullable: true,
      description: 'What has come, as it is now; null on a snapshot, and when items were read.',
      resolve: (it) => it.item,
    }),
    readIds: t.field({
      type: ['ID'],
      description: 'The items that were read, inb_…, where they were named.',
      resolve: (it) => it.readIds.map((id) => publicId('InboxItem', id)),
    }),
    readUpTo: t.id({
      nullable: true,
      description: 'The item up to which all were read, inb_…; null when they were named, or none was.',
      resolve: (it) => (it.readUpTo === null ? null : publicId('InboxItem', it.readUpTo)),
    }),
    unreadCount: t.exposeInt('unread', {
      description: 'How many items are not read: as of now, or right after that reading.',
    }),
  }),
});

builder.subscriptionField('inboxChanged', (t) =>
  t.field({
    type: InboxChangeRef,
    description:
      'A customer’s inbox: first how many items are not read, then each that comes, and each reading, in order and none left out. Needs customer:read, or self:read for one’s own.',
    subGraphs: ['Public'],
    authScopes: { permission: ['customer:read', 'self:read'] },
    args: streamArgs,
    subscribe: async (_root, { after, ...named }, context) => {
      const customerId = await requireOwnCustomer(context, named);
      return createCustomerStream(context, customerId, after, planOf(context, customerId));
    },
    resolve: (change) => change,
  }),
);

const NONE = { item: null, readIds: [], readUpTo: null };

function planOf(context: Context, customerId: string): StreamPlan<InboxChange> {
  const { programId } = programOf(context);
  return {
    name: 'inboxChanged',
    snapshot: async () => ({ ...NONE, unread: await unreadOf(context, customerId) }),
    async item(event) {
      if (event.type === 'inbox.read')
        return { item: null, readIds: event.itemIds, readUpTo: event.upTo, unread: event.unread };
      if (noticeOf(event) === null) return null;
      const [item = null] = await findInboxItems(context.deps.reads, programId, customerId, [event.id]);
      return { ...NONE, item, unread: await unreadOf(context, customerId) };
    },
  };
}
