import { giveFreezes, pauseStreak, restoreStreak, resumeStreak, type StreakOf } from '#app/streak/change.ts';
import { ForbiddenError } from '#domain/errors.ts';

import { programOf, scopeOf, type Context } from './context.ts';
import { CustomerStreakRef } from './customer-streak.ts';
import { customerNameOf } from './ledger-party.ts';
import { defineMutation, type Inputs, type Outputs } from './mutation.ts';

const BOTH = ['streak:write', 'self:streak'] as const;

const whose = (t: Inputs) => ({
  customerId: t.id({ description: 'Whose, cus_…. This or customerExternalId; a customer token needs neither.' }),
  customerExternalId: t.string({ description: 'Whose, by the tenant’s own id.' }),
  streak: t.string({ required: true, description: 'Code of the streak.' }),
  reason: t.string({ description: 'Why, for the history, 1 to 500 characters. Needed unless the customer does it.' }),
});

type Given = {
  customerId?: string | number | null | undefined;
  customerExternalId?: string | null | undefined;
  streak: string;
  reason?: string | null | undefined;
};

/** Which streak is meant. A customer token means its own, and names nobody else. */
function streakOf(context: Context, { customerId, customerExternalId, streak, reason = null }: Given): StreakOf {
  const caller = programOf(context);
  if (caller.kind !== 'CUSTOMER')
    return { customer: customerNameOf(customerId, customerExternalId), streak, reason, byCustomer: false };
  const own = { id: caller.customerId, externalId: null };
  const isNamed = (customerId ?? customerExternalId ?? null) !== null;
  const named = isNamed ? customerNameOf(customerId, customerExternalId) : own;
  if (named.id !== own.id) throw new ForbiddenError('A customer token changes its own streaks only.');
  return { customer: own, streak, reason: null, byCustomer: true };
}

type Changed = { customerId: string; streak: string; replayed: boolean };

const payload = (t: Outputs<Changed>) => ({
  streak: t.field({
    type: CustomerStreakRef,
    nullable: true,
    description: 'Where the customer stands with the streak now; null when it is not live any more.',
    resolve: async ({ customerId, streak }, _args, context) => {
      const all = await context.loaders.streaks.load(customerId);
      return all.find(({ book }) => book.compiled.streak.code === streak) ?? null;
    },
  }),
});

defineMutation('streakPause', {
  description:
    'Pauses a streak for some local days of the customer: they break nothing and extend nothing. It begins today at the earliest, or tomorrow where today is met already. Customers may where the streak lets them. STATE_CONFLICT where a pause is running or ahead. Causes streak.paused.',
  permission: BOTH,
  isPublic: true,
  input: (t) => ({
    ...whose(t),
    from: t.field({ type: 'Date', description: 'The first local day; left out, today.' }),
    until: t.field({ type: 'Date', required: true, description: 'The local day after the last one.' }),
  }),
  run: (input, context, command) =>
    pauseStreak(context.deps, scopeOf(context), command, {
      ...streakOf(context, input),
      from: input.from ?? null,
      until: input.until,
    }),
  payload: (t) => payload(t),
});

defineMutation('streakResume', {
  description:
    'Ends a pause: today counts again. One that has not begun never does. STATE_CONFLICT without one. Causes streak.resumed.',
  permission: BOTH,
  isPublic: true,
  input: (t) => whose(t),
  run: (input, context, command) => resumeStreak(context.deps, scopeOf(context), command, streakOf(context, input)),
  payload: (t) => payload(t),
});

defineMutation('streakRestore', {
  description:
    'Takes the last break back: what was missed since counts as frozen, and the streak goes on from its lost length with what was met since. Customers may where the streak lets them. STATE_CONFLICT where nothing is broken, or it is too late. Gives no prizes. Causes streak.restored.',
  permission: BOTH,
  isPublic: true,
  input: (t) => whose(t),
  run: (input, context, command) => restoreStreak(context.deps, scopeOf(context), command, streakOf(context, input)),
  payload: (t) => payload(t),
});

defineMutation('streakFreezeGive', {
  description:
    'Gives freezes by hand, up to the most that the streak allows (STATE_CONFLICT beyond). They count from now on: what is over stays as it was. Causes streak.freeze_given.',
  permission: 'streak:write',
  input: (t) => ({ ...whose(t), count: t.int({ required: true, defaultValue: 1, description: '1 to 100.' }) }),
  run: (input, context, command) =>
    giveFreezes(context.deps, scopeOf(context), command, { ...streakOf(context, input), count: input.count }),
  payload: (t) => payload(t),
});
