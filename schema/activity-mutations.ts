import type { TrackedItem } from '#app/activity/calls.ts';
import { reverseActivity } from '#app/activity/reverse.ts';
import { trackActivities, trackActivity } from '#app/activity/track.ts';
import type { ActivityReport } from '#domain/activity/activity.ts';
import type { ReversalRequest } from '#domain/activity/reverse.ts';
import { may } from '#domain/caller.ts';
import { ForbiddenError, InsufficientPointsError, InvalidInputError, PointsOutOfRangeError } from '#domain/errors.ts';
import { uuidOf } from '#domain/ids.ts';
import type { ActivityRow } from '#storage/activity-store.ts';

import { ActivityEffectUnion, BalanceAfterRef, RuleDeclinedRef } from './activity-effect.ts';
import { ActivityRef, ChannelEnum } from './activity.ts';
import { builder } from './builder.ts';
import { programOf, scopeOf, type Context } from './context.ts';
import { defineMutation } from './mutation.ts';

const LineInput = builder.inputType('ActivityLineInput', {
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

const ReportInput = builder.inputType('ActivityReportInput', {
  description: 'One activity to track.',
  subGraphs: ['Public'],
  fields: (t) => reportFields(t as never),
});

type ReportShape = typeof ReportInput.$inferInput;

/** The fields of a report are the same alone and in a batch. */
function reportFields(t: Parameters<Parameters<typeof defineMutation>[1]['input']>[0]) {
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

function reportOf(input: ReportShape, context: Context): ActivityReport {
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
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** The activity that an item speaks of: in hand when this call wrote it, else read. */
async function activityOf(context: Context, id: string, own: ReadonlyMap<string, ActivityRow>): Promise<ActivityRow> {
  const activity = own.get(id) ?? (await context.loaders.activity.load(id));
  if (activity === null) throw new Error('an activity that was answered is on record');
  return activity;
}

const explain =
  'Whether the rules that gave nothing are told with their reasons. Server callers only; false by default.';
const PERMISSIONS = ['activity:track', 'self:track'] as const;

function optionsOf(context: Context, wanted: boolean): { explain: boolean; byCustomer: boolean } {
  return {
    explain: wanted && may(context.caller, 'activity:track'),
    byCustomer: !may(context.caller, 'activity:track'),
  };
}

defineMutation('activityTrack', {
  description:
    'Tracks one activity and answers everything that it caused. Durable when answered. Causes activity.tracked, balance.changed, leaderboard.scored.',
  permission: PERMISSIONS,
  isPublic: true,
  errors: [PointsOutOfRangeError],
  input: (t) => ({
    ...reportFields(t),
    explain: t.boolean({ required: true, defaultValue: false, description: explain }),
  }),
  run: async (input, context, command) => {
    const report = reportOf(input, context);
    const { items, replayed, activities } = await trackActivity(
      context.deps.tracking,
      scopeOf(context),
      command,
      report,
      optionsOf(context, input.explain),
    );
    const item = items[0] as Exclude<TrackedItem, { status: 'REFUSED' }>;
    return { item, activity: await activityOf(context, item.activityId, activities), replayed };
  },
  payload: (t) => ({
    activity: t.field({
      type: ActivityRef,
      description: 'The activity; on a duplicate the one that was tracked first.',
      resolve: (result) => result.activity,
    }),
    duplicate: t.boolean({
      description: 'True when the message id was tracked before: nothing happened now.',
      resolve: (result) => result.item.status === 'DUPLICATE',
    }),
    effects: t.field({
      type: [ActivityEffectUnion],
      description: 'What it caused.',
      resolve: (result) => result.activity.effects,
    }),
    balances: t.field({
      type: [BalanceAfterRef],
      description: 'The customer’s balances right after it; empty on a duplicate.',
      resolve: (result) => balancesOf(result.item),
    }),
    declined: t.field({
      type: [RuleDeclinedRef],
      nullable: true,
      subGraphs: [],
      description: 'Rules that gave nothing; null unless explain was asked.',
      resolve: (result) => declinesOf(result.item),
    }),
  }),
});

function balancesOf(item: TrackedItem) {
  return item.status === 'TRACKED' ? item.balances : [];
}

function declinesOf(item: TrackedItem) {
  return item.status === 'TRACKED' ? item.declines : null;
}

type BatchItem = { item: TrackedItem; activities: ReadonlyMap<string, ActivityRow> };

const ItemStatusEnum = builder.enumType('ActivityTrackStatus', {
  description: 'What became of one report of a batch.',
  values: {
    TRACKED: { description: 'It was tracked now.' },
    DUPLICATE: { description: 'Its message id was tracked before; nothing happened now.' },
    REFUSED: { description: 'It broke a rule; nothing of it was written.' },
  },
});

const RefusalRef = builder
  .objectRef<{ code: string; message: string; path: readonly string[] }>('ActivityRefusal')
  .implement({
    description: 'Why one report of a batch was refused.',
    fields: (t) => ({
      code: t.exposeString('code', {
        description: 'As of the errors of activityTrack, such as INVALID_INPUT or NOT_FOUND.',
      }),
      message: t.exposeString('message', { description: 'What to do.' }),
      path: t.field({ type: ['String'], description: 'Where in the report.', resolve: (it) => [...it.path] }),
    }),
  });

const BatchItemRef = builder.objectRef<BatchItem>('ActivityTrackItem').implement({
  description: 'What became of one report of a batch.',
  fields: (t) => ({
    status: t.field({
      type: ItemStatusEnum,
      description: 'Tracked, duplicate or refused.',
      resolve: ({ item }) => item.status,
    }),
    activity: t.field({
      type: ActivityRef,
      nullable: true,
      description: 'The activity; null when it was refused.',
      resolve: ({ item, activities }, _args, context) =>
        item.status === 'REFUSED' ? null : activityOf(context, item.activityId, activities),
    }),
    error: t.field({
      type: RefusalRef,
      nullable: true,
      description: 'Why it was refused; null when it was not.',
      resolve: ({ item }) => (item.status === 'REFUSED' ? item.error : null),
    }),
    balances: t.field({
      type: [BalanceAfterRef],
      description: 'The customer’s balances right after it.',
      resolve: ({ item }) => balancesOf(item),
    }),
    declined: t.field({
      type: [RuleDeclinedRef],
      nullable: true,
      description: 'Rules that gave nothing; null unless explain was asked.',
      resolve: ({ item }) => declinesOf(item),
    }),
  }),
});

defineMutation('activityTrackBatch', {
  description:
    'Tracks up to 1,000 activities, decided in their order, each on its own: a refused one does not stop the others. Causes the same events as activityTrack.',
  permission: 'activity:track',
  errors: [PointsOutOfRangeError],
  input: (t) => ({
    items: t.field({ type: [ReportInput], required: true, description: 'The activities, 1 to 1,000.' }),
    explain: t.boolean({ required: true, defaultValue: false, description: explain }),
  }),
  run: async (input, context, command) => {
    const reports = input.items.map((item, index) => atIndex(index, () => reportOf(item, context)));
    const { items, replayed, activities } = await trackActivities(
      context.deps.tracking,
      scopeOf(context),
      command,
      reports,
      optionsOf(context, input.explain),
    );
    return { items: items.map((item) => ({ item, activities })), replayed };
  },
  payload: (t) => ({
    items: t.field({
      type: [BatchItemRef],
      description: 'One for each report, in the same order.',
      resolve: (result) => result.items,
    }),
  }),
});

/** Puts the place in the batch before the path of an input error. */
function atIndex<Value>(index: number, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof InvalidInputError
      ? new InvalidInputError(error.message, ['items', String(index), ...error.path])
      : error;
  }
}

defineMutation('activityReverse', {
  description:
    'Undoes an activity: whole, or an amount of one property, or lines by name. Points are valued as when they were earned and go as far as the clawback policy reaches. Causes activity.reversed, balance.changed, leaderboard.scored.',
  permission: 'activity:reverse',
  errors: [PointsOutOfRangeError, InsufficientPointsError],
  input: (t) => ({
    activityId: t.id({ description: 'The activity, act_…. This or messageId.' }),
    messageId: t.string({ description: 'The message id under which it was reported.' }),
    property: t.string({ description: 'With amount: the number property of which a part is returned.' }),
    amount: t.field({ type: 'Decimal', description: 'With property: how much is returned, above zero.' }),
    lineIds: t.stringList({ description: 'Lines to return. Without lines and amount the whole activity is reversed.' }),
    reason: t.string({ description: 'Why, at most 1,000 characters.' }),
    occurredAt: t.field({ type: 'DateTime', description: 'When it was undone; null is now.' }),
  }),
  run: (input, context, command) => {
    if ((typeof input.activityId === 'string') === (typeof input.messageId === 'string')) {
      throw new InvalidInputError('Name the activity by activityId or by messageId.', ['activityId']);
    }
    return reverseActivity(context.deps, scopeOf(context), command, {
      activityId: typeof input.activityId === 'string' ? (uuidOf('Activity', input.activityId) ?? NOBODY) : null,
      messageId: input.messageId ?? null,
      request: requestOf(input),
      reason: input.reason?.slice(0, 1_000) ?? null,
      occurredAt: input.occurredAt ?? null,
    });
  },
  payload: (t) => ({
    activity: t.field({
      type: ActivityRef,
      description: 'The activity that was undone.',
      resolve: (result, _args, context) => activityOf(context, result.activityId, new Map()),
    }),
    pointsReversed: t.expose('pointsReversed', { type: 'Points', description: 'Points taken back.' }),
    pointsUncollected: t.expose('pointsUncollected', {
      type: 'Points',
      description: 'Points that the clawback policy left with the customer.',
    }),
  }),
});

type ReverseInput = {
  property?: string | null | undefined;
  amount?: string | null | undefined;
  lineIds?: readonly string[] | null | undefined;
};

function requestOf({ property, amount, lineIds }: ReverseInput): ReversalRequest {
  const byAmount = typeof property === 'string' || typeof amount === 'string';
  if (byAmount && Array.isArray(lineIds))
    throw new InvalidInputError('Return an amount or lines, not both.', ['lineIds']);
  if (Array.isArray(lineIds)) return { kind: 'LINES', lineIds: lineIds as string[] };
  if (!byAmount) return { kind: 'WHOLE' };
  if (typeof property !== 'string' || typeof amount !== 'string')
    throw new InvalidInputError('An amount needs its property, and a property its amount.', ['amount']);
  return { kind: 'AMOUNT', property, amount };
}
