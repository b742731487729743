import { reverseActivity } from '#app/activity/reverse.ts';
import type { ReversalRequest } from '#domain/activity/reverse.ts';
import { InsufficientPointsError, InvalidInputError, PointsOutOfRangeError } from '#domain/errors.ts';
import { uuidOf } from '#domain/ids.ts';

import { activityOf, NOBODY } from './activity-report.ts';
import { ActivityRef } from './activity.ts';
import { scopeOf } from './context.ts';
import { defineMutation } from './mutation.ts';

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
