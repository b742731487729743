import type { ExpiryNotice } from '#domain/expiry-notice/expiry-notice.ts';
import { NOTICES_MAX } from '#storage/expiry-notice-store.ts';

import { currencyOf } from './balance.ts';
import { builder } from './builder.ts';
import { CustomerRef } from './customer.ts';
import { PointCurrencyRef } from './point-currency.ts';

export const ExpiryNoticeRef = builder.objectRef<ExpiryNotice>('ExpiryNotice').implement({
  description:
    'A notice that points will expire, sent once a currency, day of expiry and setting. What has been spent or moved since is not taken off. Readable with ledger:read, or by the customer.',
  subGraphs: ['Public'],
  fields: (t) => ({
    currency: t.field({
      type: PointCurrencyRef,
      description: 'Of which points.',
      resolve: (it, _args, context) => currencyOf(context, it.currencyId),
    }),
    points: t.expose('points', {
      type: 'Points',
      description: 'Points that were to expire on that day when it was sent, pending ones included, held ones not.',
    }),
    expiresOn: t.expose('expiresOn', {
      type: 'Date',
      description: 'The last day, in the program’s zone, on which they are valid.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'The first instant at which the earliest of them is no longer valid.',
    }),
    daysBefore: t.exposeInt('days', { description: 'The setting of the currency that sent it: so many days before.' }),
    sentAt: t.expose('sentAt', { type: 'DateTime', description: 'When it was sent.' }),
  }),
});

builder.objectField(CustomerRef, 'expiryNotices', (t) =>
  t.field({
    type: [ExpiryNoticeRef],
    subGraphs: ['Public'],
    description: `Notices about points that have not expired by now, those first that expire soonest: at most ${NOTICES_MAX}. Needs ledger:read, or self:read for one’s own.`,
    authScopes: { permission: ['ledger:read', 'self:read'] },
    resolve: async ({ id }, _args, context) => [...(await context.loaders.expiryNotices.load(id))],
  }),
);
