import type { TrackedItem } from '#app/activity/calls.ts';
import { trackActivity } from '#app/activity/track.ts';
import { PointsOutOfRangeError } from '#domain/errors.ts';

import { ActivityEffectUnion, BalanceAfterRef, RuleDeclinedRef } from './activity-effect.ts';
import {
  activityOf,
  balancesOf,
  declinesOf,
  EXPLAIN,
  optionsOf,
  reportFields,
  reportOf,
  TRACK_PERMISSIONS,
} from './activity-report.ts';
import { ActivityRef } from './activity.ts';
import { scopeOf } from './context.ts';
import { defineMutation } from './mutation.ts';

defineMutation('activityTrack', {
  description:
    'Tracks one activity and answers everything that it caused. Durable when answered. Causes activity.tracked, balance.changed, leaderboard.scored.',
  permission: TRACK_PERMISSIONS,
  isPublic: true,
  errors: [PointsOutOfRangeError],
  input: (t) => ({
    ...reportFields(t),
    explain: t.boolean({ required: true, defaultValue: false, description: EXPLAIN }),
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
