import { STREAK_EVENTS, type StreakEventType, type StreakHappened } from '#domain/events.ts';
import { builder } from '#schema/builder.ts';
import type { Context } from '#schema/context.ts';
import { CustomerStreakRef, type StreakNow } from '#schema/customer-streak.ts';
import { StreamItemRef, type StreamMark } from '#schema/stream-item.ts';

import { createCustomerStream, requireOwnCustomer, streamArgs, type StreamPlan } from './customer-stream.ts';

type StreakChangeItem = { streaks: readonly StreakNow[]; step: StreakHappened | null };

const StreakStepKindEnum = builder.enumType('StreakStepKind', {
  description: 'What happened to a streak.',
  subGraphs: ['Public'],
  values: {
    EXTENDED: { value: 'streak.extended', description: 'A period was met.' },
    AT_RISK: { value: 'streak.at_risk', description: 'The period ends soon and is not met.' },
    FROZEN: { value: 'streak.frozen', description: 'A freeze was used for a missed period.' },
    BROKEN: { value: 'streak.broken', description: 'It was lost; the length is that which it had.' },
    HEALED: { value: 'streak.healed', description: 'A break, or the use of a freeze, was taken back.' },
    PAUSED: { value: 'streak.paused', description: 'A pause was entered.' },
    RESUMED: { value: 'streak.resumed', description: 'A pause was ended.' },
    RESTORED: { value: 'streak.restored', description: 'A break was restored.' },
    FREEZE_EARNED: { value: 'streak.freeze_earned', description: 'A freeze was earned, by a period that is over.' },
    FREEZE_GIVEN: { value: 'streak.freeze_given', description: 'Freezes were given by hand.' },
    PRIZE_GIVEN: { value: 'streak.prize_given', description: 'A length was awarded, which the length names.' },
  } as const satisfies Record<string, { value: StreakEventType; description: string }>,
});

const StreakStepRef = builder.objectRef<StreakHappened>('StreakStep').implement({
  description: 'One thing that happened to a streak, as it was decided.',
  subGraphs: ['Public'],
  fields: (t) => ({
    streak: t.exposeString('streak', { description: 'Code of the streak.' }),
    kind: t.field({ type: StreakStepKindEnum, description: 'What happened.', resolve: (it) => it.type }),
    period: t.exposeString('period', {
      nullable: true,
      description: 'The period that it is about: 2026-11-22, 2026-W47, 2026-11; null where it is about none.',
    }),
    length: t.exposeInt('length', { description: 'Of the run that it is about; of a break, the one that was lost.' }),
    current: t.exposeInt('current', { description: 'The length of the streak since.' }),
    freezes: t.exposeInt('freezes', { description: 'Freezes left since.' }),
  }),
});

const StreakChangeRef = builder.objectRef<StreakChangeItem & StreamMark>('StreakChange').implement({
  description: 'One item of streakChanged.',
  subGraphs: ['Public'],
  interfaces: [StreamItemRef],
  fields: (t) => ({
    step: t.field({
      type: StreakStepRef,
      nullable: true,
      description: 'What happened; null on a snapshot.',
      resolve: (it) => it.step,
    }),
    streaks: t.field({
      type: [CustomerStreakRef],
      description:
        'Where the customer stands now: with all live streaks on a snapshot, else with the one that it happened to, which may have gone on since. None where it is not live any more.',
      resolve: (it) => [...it.streaks],
    }),
  }),
});

builder.subscriptionField('streakChanged', (t) =>
  t.field({
    type: StreakChangeRef,
    description:
      'A customer’s streaks: first where they stand with each live one, then everything that happens to them, in order, each once and none left out. Needs tier:read, or self:read for one’s own.',
    subGraphs: ['Public'],
    authScopes: { permission: ['tier:read', 'self:read'] },
    args: streamArgs,
    subscribe: async (_root, { after, ...named }, context) => {
      const customerId = await requireOwnCustomer(context, named);
      return createCustomerStream(context, customerId, after, planOf(context, customerId));
    },
    resolve: (change) => change,
  }),
);

const TYPES: ReadonlySet<string> = new Set(STREAK_EVENTS);

function isStreakEvent(event: { type: string }): event is StreakHappened {
  return TYPES.has(event.type);
}

function planOf(context: Context, customerId: string): StreamPlan<StreakChangeItem> {
  return {
    name: 'streakChanged',
    snapshot: async () => ({ streaks: await context.loaders.streaks.load(customerId), step: null }),
    async item(event) {
      if (!isStreakEvent(event)) return null;
      const streaks = await context.loaders.streaks.load(customerId);
      return { streaks: streaks.filter(({ book }) => book.compiled.streak.id === event.streakId), step: event };
    },
  };
}
