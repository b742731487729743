import type { ExpiryNotice } from '#domain/expiry-notice/expiry-notice.ts';
import { builder } from '#schema/builder.ts';
import type { Context } from '#schema/context.ts';
import { ExpiryNoticeRef } from '#schema/expiry-notice.ts';
import { StreamItemRef, type StreamMark } from '#schema/stream-item.ts';

import { createCustomerStream, requireOwnCustomer, streamArgs, type StreamPlan } from './customer-stream.ts';

type ExpiryItem = { notices: readonly ExpiryNotice[] };

const PointsExpiringItemRef = builder.objectRef<ExpiryItem & StreamMark>('PointsExpiringItem').implement({
  description: 'One item of pointsExpiring.',
  subGraphs: ['Public'],
  interfaces: [StreamItemRef],
  fields: (t) => ({
    notices: t.field({
      type: [ExpiryNoticeRef],
      description:
        'On a snapshot all notices about points that have not expired by now, the soonest first; else the one that was sent.',
      resolve: (it) => [...it.notices],
    }),
  }),
});

builder.subscriptionField('pointsExpiring', (t) =>
  t.field({
    type: PointsExpiringItemRef,
    description:
      'Notices that a customer’s points will expire, so many days before as their currency states: first those about points that have not expired, then each as it is sent, in order, each once and none left out. Needs ledger:read, or self:read for one’s own.',
    subGraphs: ['Public'],
    authScopes: { permission: ['ledger:read', 'self:read'] },
    args: streamArgs,
    subscribe: async (_root, { after, ...named }, context) => {
      const customerId = await requireOwnCustomer(context, named);
      return createCustomerStream(context, customerId, after, planOf(context, customerId));
    },
    resolve: (item) => item,
  }),
);

function planOf(context: Context, customerId: string): StreamPlan<ExpiryItem> {
  return {
    name: 'pointsExpiring',
    snapshot: async () => ({ notices: await context.loaders.expiryNotices.load(customerId) }),
    item(event) {
      if (event.type !== 'points.expiring') return null;
      const { currencyId, points, expiresOn, days } = event;
      const notice = { customerId, currencyId, points, expiresOn, days };
      return { notices: [{ ...notice, expiresAt: new Date(event.expiresAt), sentAt: new Date(event.at) }] };
    },
  };
}
