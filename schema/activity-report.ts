import type { TrackedItem } from '#app/activity/calls.ts';
import type { ActivityReport } from '#domain/activity/activity.ts';
import { may } from '#domain/caller.ts';
import { ForbiddenError, InvalidInputError } from '#domain/errors.ts';
import { uuidOf } from '#domain/ids.ts';
import type { ActivityRow } from '#storage/activity-store.ts';

import { ChannelEnum } from './activity.ts';
import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import type { defineMutation } from './mutation.ts';

export const LineInput = builder.inputType('ActivityLineInput', {
  description: 'One part of an activity, such as an invoice line, so that it can be reversed by name.',
  subGraphs: ['Public'],
  fields: (t) => ({
    id: t.string({ required: true, description: 'Unique within the activity, 1 to 255 characters.' }),
    amounts: t.field({
      type: 'JSONObject',
      required: true,
      description: 'Its share of the activity’s number properties: decimal text by property name.',
    }),
  }),
});

export const ReportInput = builder.inputType('ActivityReportInput', {
  description: 'One activity to track.',
  subGraphs: ['Public'],
  fields: (t) => reportFields(t as never),
});

type ReportShape = typeof ReportInput.$inferInput;

/** The fields of a report are the same alone and in a batch. */
export function reportFields(t: Parameters<Parameters<typeof defineMutation>[1]['input']>[0]) {
  return {
    type: t.string({ required: true, description: 'Code of the activity type.' }),
    customerId: t.id({ description: 'Who did it, cus_…. This or customerExternalId; a customer token needs neither.' }),
    customerExternalId: t.string({ description: 'Who did it, by the tenant’s own id.' }),
    messageId: t.string({
      description:
        'The reporter’s own id, 1 to 255 characters: the same one is tracked once for ever. Null never repeats.',
    }),
    occurredAt: t.field({
      type: 'DateTime',
      description: 'When it happened; null is now. The program’s policies bound how late and how early.',
    }),
    channel: t.field({
      type: ChannelEnum,
      required: true,
      defaultValue: 'API',
      description: 'Where it happened; API by default.',
    }),
    properties: t.field({
      type: 'JSONObject',
      description: 'The declared properties by name; null when there are none.',
    }),
    lines: t.field({ type: [LineInput], required: true, defaultValue: [], description: 'Its parts, at most 2,000.' }),
  };
}

export function reportOf(input: ReportShape, context: Context): ActivityReport {
  const caller = programOf(context);
  const own = caller.kind === 'CUSTOMER' ? caller.customerId : null;
  if (own !== null && typeof input.customerId === 'string' && uuidOf('Customer', input.customerId) !== own) {
    throw new ForbiddenError('A customer token reports for its own customer only.');
  }
  if (own === null && (typeof input.customerId === 'string') === (typeof input.customerExternalId === 'string')) {
    throw new InvalidInputError('Name the customer by customerId or by customerExternalId.', ['customerId']);
  }
  return {
    type: input.type,
    customerId: own ?? (typeof input.customerId === 'string' ? (uuidOf('Customer', input.customerId) ?? NOBODY) : null),
    customerExternalId: own === null ? (input.customerExternalId ?? null) : null,
    messageId: input.messageId ?? null,
    occurredAt: input.occurredAt ?? null,
    channel: input.channel,
    properties: input.properties ?? {},
    lines: input.lines.map((line) => ({ id: line.id, amounts: line.amounts as Record<string, string> })),
  };
}

/** A malformed id names nobody, and is answered like an unknown one. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** The activity that an item speaks of: in hand when this call wrote it, else read. */
export async function activityOf(
  context: Context,
  id: string,
  own: ReadonlyMap<string, ActivityRow>,
): Promise<ActivityRow> {
  const activity = own.get(id) ?? (await context.loaders.activity.load(id));
  if (activity === null) throw new Error('an activity that was answered is on record');
  return activity;
}

export const EXPLAIN =
  'Whether the rules that gave nothing are told with their reasons. Server callers only; false by default.';
export const TRACK_PERMISSIONS = ['activity:track', 'self:track'] as const;

export function optionsOf(context: Context, wanted: boolean): { explain: boolean; byCustomer: boolean } {
  return {
    explain: wanted && may(context.caller, 'activity:track'),
    byCustomer: !may(context.caller, 'activity:track'),
  };
}

export function balancesOf(item: TrackedItem) {
  return item.status === 'TRACKED' ? item.balances : [];
}

export function declinesOf(item: TrackedItem) {
  return item.status === 'TRACKED' ? item.declines : null;
}
