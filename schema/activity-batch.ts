import type { TrackedItem } from '#app/activity/calls.ts';
import { trackActivities } from '#app/activity/track.ts';
import { InvalidInputError, PointsOutOfRangeError } from '#domain/errors.ts';
import type { ActivityRow } from '#storage/activity-store.ts';

import { BalanceAfterRef, RuleDeclinedRef } from './activity-effect.ts';
import { activityOf, balancesOf, declinesOf, EXPLAIN, optionsOf, ReportInput, reportOf } from './activity-report.ts';
import { ActivityRef } from './activity.ts';
import { builder } from './builder.ts';
import { scopeOf } from './context.ts';
import { defineMutation } from './mutation.ts';

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
    explain: t.boolean({ required: true, defaultValue: false, description: EXPLAIN }),
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
