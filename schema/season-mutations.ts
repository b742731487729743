import { claimPrize } from '#app/season/claim.ts';
import { scheduleSeason } from '#app/season/schedule.ts';
import { setSeasonPlan } from '#app/season/set-plan.ts';
import { GRACE_MINUTES_DEFAULT } from '#domain/season/plan.ts';
import { readSeasonPrizes } from '#storage/season-prize-store.ts';

import { programOf, scopeOf, type Context } from './context.ts';
import { present, wantedUuid } from './ids.ts';
import { LeaderboardRef } from './leaderboard.ts';
import { defineMutation } from './mutation.ts';
import { prizesOf, SeasonPrizesInput } from './season-plan.ts';
import { prizeIdOf, SeasonPrizeRef } from './season-prize.ts';

const boardId = (id: string | number): string => wantedUuid('Leaderboard', id, 'leaderboard', ['leaderboardId']);

/** The board as it was just written, past what this process remembers. */
async function written({ leaderboardId }: { leaderboardId: string }, _args: object, context: Context) {
  const catalogue = await context.deps.catalogues.at(context.deps.reads, programOf(context).programId);
  return present(Promise.resolve(catalogue.leaderboardById.get(leaderboardId) ?? null));
}

const leaderboardField = { type: LeaderboardRef, description: 'The board as it is now.', resolve: written };

defineMutation('seasonPlanSet', {
  description:
    'Says what the seasons of a leaderboard promise: how long late activities count, and what is to be won. A season keeps the plan that it opened with, so this counts from the next one on. seasonPrizePreview tells what prizes may cost. Causes catalogue.changed.',
  permission: 'leaderboard:write',
  input: (t) => ({
    leaderboardId: t.id({ required: true, description: 'The leaderboard, ldb_…; not an all-time one.' }),
    graceMinutes: t.int({
      required: true,
      defaultValue: GRACE_MINUTES_DEFAULT,
      description: 'How long after the end late activities still count, 0 to 43,200 minutes; 720 by default.',
    }),
    prizes: t.field({ type: SeasonPrizesInput, description: 'What is to be won; left out, nothing.' }),
    currentToo: t.boolean({
      required: true,
      defaultValue: false,
      description:
        'Whether the season that runs gets it as well; refused with STATE_CONFLICT where that has promised prizes already. False by default.',
    }),
  }),
  run: ({ leaderboardId, graceMinutes, prizes, currentToo }, context, command) =>
    setSeasonPlan(context.deps, scopeOf(context), command, {
      leaderboardId: boardId(leaderboardId),
      graceMinutes,
      prizes: prizes ? prizesOf(prizes) : null,
      currentToo,
    }),
  payload: (t) => ({ leaderboard: t.field(leaderboardField) }),
});

defineMutation('seasonSchedule', {
  description:
    'Adds a season to a leaderboard by DATES. It begins later than activities may be ahead of their time, and overlaps with no other. Causes catalogue.changed, and season.opened when its time comes.',
  permission: 'leaderboard:write',
  input: (t) => ({
    leaderboardId: t.id({ required: true, description: 'The leaderboard, ldb_….' }),
    key: t.string({ required: true, description: 'Its key: lower-case letters, digits, _ and -, at most 20.' }),
    name: t.string({ required: true, description: 'Its name for people, 1 to 200 characters.' }),
    startsAt: t.field({ type: 'DateTime', required: true, description: 'Its first instant.' }),
    endsAt: t.field({ type: 'DateTime', required: true, description: 'The first instant after it.' }),
  }),
  run: ({ leaderboardId, key, name, startsAt, endsAt }, context, command) =>
    scheduleSeason(context.deps, scopeOf(context), command, {
      leaderboardId: boardId(leaderboardId),
      season: { key, name, startsAt, endsAt },
    }),
  payload: (t) => ({ leaderboard: t.field(leaderboardField) }),
});

defineMutation('prizeClaim', {
  description:
    'Gives a prize of a season that waits for its winner. Its points are an adjustment: they can be spent, and do not count as earned. A customer’s own token claims its own. Refused with STATE_CONFLICT once it is given, too late, or withheld. Causes prize.settled and balance.changed.',
  permission: ['leaderboard:write', 'self:redeem'],
  isPublic: true,
  input: (t) => ({ prizeId: t.id({ required: true, description: 'The prize, szp_….' }) }),
  run: ({ prizeId }, context, command) =>
    claimPrize(context.deps, scopeOf(context), command, {
      prizeId: prizeIdOf(prizeId),
      byCustomer: context.caller.kind === 'CUSTOMER' ? context.caller.customerId : null,
    }),
  payload: (t) => ({
    prize: t.field({
      type: SeasonPrizeRef,
      description: 'The prize as it is now.',
      resolve: ({ prizeId }, _args, context) =>
        present(
          readSeasonPrizes(context.deps.reads, programOf(context).programId, [prizeId]).then(
            ([prize]) => prize ?? null,
          ),
        ),
    }),
  }),
});
