import type { CHANNELS } from '#domain/activity/activity.ts';
import { may } from '#domain/caller.ts';
import { publicId } from '#domain/ids.ts';
import { activityTypeOf } from '#domain/program/catalogue.ts';
import type { ActivityRow } from '#storage/activity-store.ts';

import { ActivityEffectUnion } from './activity-effect.ts';
import { ActivityTypeRef } from './activity-type.ts';
import { builder } from './builder.ts';
import { programOf } from './context.ts';

export const ChannelEnum = builder.enumType('Channel', {
  description: 'Where an activity happened.',
  subGraphs: ['Public'],
  values: {
    WEB: { description: 'In a browser.' },
    MOBILE: { description: 'In a mobile app.' },
    EMAIL: { description: 'From an e-mail.' },
    POINT_OF_SALE: { description: 'At a till.' },
    API: { description: 'Reported by a server.' },
    PARTNER: { description: 'Reported by a partner.' },
  } satisfies Record<(typeof CHANNELS)[number], object>,
});

export const ActivityRef = builder.objectRef<ActivityRow>('Activity');

builder.node(ActivityRef, {
  description:
    'Something that a customer did, as reported, with what it caused. It never changes; undoing it is a reversal. Readable with activity:read, or by the customer who did it.',
  subGraphs: ['Public'],
  id: { resolve: (activity) => activity.id, description: 'Global id, act_….' },
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'messageId' in value && 'effects' in value,
  loadMany: async (ids, context) => {
    const { caller } = context;
    if (caller.kind === 'ANONYMOUS' || caller.kind === 'OPERATOR') return ids.map(() => null);
    const visible = (row: ActivityRow): boolean =>
      may(caller, 'activity:read') || (caller.kind === 'CUSTOMER' && caller.customerId === row.customerId);
    const rows = await Promise.all(ids.map((id) => context.loaders.activity.load(id)));
    return rows.map((row) => (row !== null && visible(row) ? row : null));
  },
  fields: (t) => ({
    type: t.field({
      type: ActivityTypeRef,
      description: 'What kind it is.',
      resolve: async (activity, _args, context) =>
        activityTypeOf(await context.deps.catalogues.current(programOf(context).programId), activity.activityTypeId),
    }),
    customerId: t.id({
      description: 'The customer who did it, cus_….',
      resolve: (activity) => publicId('Customer', activity.customerId),
    }),
    messageId: t.exposeString('messageId', { description: 'The reporter’s own id of it; unique in the program.' }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it happened, as reported.' }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was written down.' }),
    channel: t.field({
      type: ChannelEnum,
      description: 'Where it happened.',
      resolve: (activity) => activity.channel as (typeof CHANNELS)[number],
    }),
    properties: t.expose('properties', {
      type: 'JSONObject',
      description: 'Declared properties by name; a DECIMAL is text.',
    }),
    effects: t.field({
      type: [ActivityEffectUnion],
      description: 'What it caused when it was tracked.',
      resolve: (activity) => activity.effects,
    }),
    ruleRevision: t.exposeInt('ruleRevision', {
      description: 'The rule set’s revision that decided; 0 before the first.',
    }),
    actor: t.exposeString('actor', { subGraphs: [], description: 'Who reported it. Server callers only.' }),
  }),
});
