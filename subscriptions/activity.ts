import { ActivityRef } from '#schema/activity.ts';
import { builder } from '#schema/builder.ts';
import type { Context } from '#schema/context.ts';
import type { ActivityRow } from '#storage/activity-store.ts';

import { followCustomer, requireOwnCustomer, whoseArgs } from './customer-stream.ts';
import { createStream, type Signals, type Source } from './stream.ts';

/** What happened to which activity; the activity itself is read when the item is shown. */
type Happened = { activityId: string; isReversal: boolean };

const READ_AT_ONCE = 100;
/** How far a read looks back for transactions that committed late. */
const LOOK_BACK_MS = 10_000;
const REVERSALS_MAX = 1_000;

const ActivityEffectsRef = builder.objectRef<Happened>('ActivityEffects').implement({
  description: 'One item of activityEffects.',
  subGraphs: ['Public'],
  fields: (t) => ({
    isReversal: t.exposeBoolean('isReversal', {
      description: 'True when the activity was undone, as a whole or in part; false when it was tracked.',
    }),
    activity: t.field({
      type: ActivityRef,
      description: 'The activity with all that it caused.',
      resolve: async (happened, _args, context): Promise<ActivityRow> => {
        const activity = await context.loaders.activity.load(happened.activityId);
        if (activity === null) throw new Error('an activity that was announced is gone');
        return activity;
      },
    }),
  }),
});

builder.subscriptionField('activityEffects', (t) =>
  t.field({
    type: ActivityEffectsRef,
    description:
      'A customer’s activities as they are recorded, from now on, each once and none left out, however slow the reader. Reversals are told as well, the latest 1,000 to a slow reader. Needs activity:read, or self:read for one’s own.',
    subGraphs: ['Public'],
    authScopes: { permission: ['activity:read', 'self:read'] },
    args: whoseArgs,
    subscribe: async (_root, named, context) => {
      const customerId = await requireOwnCustomer(context, named);
      return createStream<Happened>((signals) => openSource(context, customerId, signals));
    },
    resolve: (happened) => happened,
  }),
);

/** Messages only wake the stream: what it tells it reads from the record, where a backlog may wait as long as it likes. */
async function openSource(context: Context, customerId: string, signals: Signals): Promise<Source<Happened>> {
  const reversals = new Map<string, string>();
  const told = new Map<string, number>();
  let waiting: readonly string[] = [];

  const following = await followCustomer(context, customerId, signals, (message) => {
    if (message.kind !== 'ACTIVITY') return false;
    if (message.reversed) remember(reversals, message.eventId, message.activityId);
    return true;
  });
  const began = Date.now();
  // What was recorded just before the reader came is not news.
  for (let known = -1; known < told.size;) {
    known = told.size;
    for (const id of await laterThan(began - LOOK_BACK_MS)) told.set(id, began);
  }

  async function laterThan(sinceMs: number): Promise<readonly string[]> {
    const since = new Date(sinceMs);
    return context.loaders.laterActivities.load({ customerId, since, known: [...told.keys()], limit: READ_AT_ONCE });
  }

  return {
    async take() {
      const [reversal] = reversals;
      if (reversal !== undefined) {
        reversals.delete(reversal[0]);
        return { activityId: reversal[1], isReversal: true };
      }
      if (waiting.length === 0) waiting = await laterThan(lookFrom(told, began));
      const [activityId, ...rest] = waiting;
      if (activityId === undefined) return null;
      waiting = rest;
      told.set(activityId, timeOf(activityId));
      return { activityId, isReversal: false };
    },
    close: following.close,
  };
}

/** Where to look from, some seconds before the newest activity told; what lies before that is forgotten. */
function lookFrom(told: Map<string, number>, began: number): number {
  const newest = Math.max(began, ...told.values());
  const from = newest - LOOK_BACK_MS;
  for (const [id, at] of told) if (at < from) told.delete(id);
  return from;
}

/** When an id was made, in milliseconds: UUIDv7 ids begin with it. */
function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

function remember(reversals: Map<string, string>, eventId: string, activityId: string): void {
  reversals.set(eventId, activityId);
  const [oldest] = reversals.keys();
  if (reversals.size > REVERSALS_MAX && oldest !== undefined) reversals.delete(oldest);
}
