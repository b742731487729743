import type { Recap } from '#app/recap/recaps.ts';
import { uuidOf } from '#domain/ids.ts';
import {
  RECAP_ACTIVE_MIN,
  RECAP_DAYS_MAX,
  windowProblem,
  type Busy,
  type Percentile,
  type RecapWindow,
} from '#domain/recap/recap.ts';
import { addDays, localDay } from '#domain/time.ts';
import { NAMED_MAX } from '#storage/recap-store.ts';

import { BadgeAwardRef } from './badge-award.ts';
import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { RECAP_PRICE } from './cost.ts';
import { CustomerRef } from './customer.ts';
import { badUserInput } from './paging.ts';
import { PointCurrencyRef } from './point-currency.ts';
import { SeasonRef } from './season.ts';
import { CadenceEnum } from './streak.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const BusyRef = builder.objectRef<Busy>('RecapPeak').implement({
  description: 'When a customer did the most.',
  ...publicSurface,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The local day, 2026-11-22, or the month, 2026-11.' }),
    activities: t.expose('activities', { type: 'Points', description: 'Activities in it.' }),
  }),
});

const ByTypeRef = builder.objectRef<Recap['byType'][number]>('RecapActivities').implement({
  description: 'How often a customer did one kind of thing.',
  ...publicSurface,
  fields: (t) => ({
    type: t.string({
      description: 'Code of the activity type.',
      resolve: async ({ typeId }, _args, context) => (await typeOf(context, typeId))?.code ?? '',
    }),
    name: t.string({
      description: 'Its name for people.',
      resolve: async ({ typeId }, _args, context) => (await typeOf(context, typeId))?.name ?? '',
    }),
    activities: t.expose('activities', { type: 'Points', description: 'How often.' }),
  }),
});

async function typeOf(context: Context, typeId: string) {
  return (await context.deps.catalogues.current(programOf(context).programId)).activityTypeById.get(typeId);
}

const StreakRowRef = builder.objectRef<NonNullable<Recap['streak']>>('RecapStreak').implement({
  description: 'The longest row of met periods within the recap.',
  ...publicSurface,
  fields: (t) => ({
    streak: t.exposeString('code', { description: 'Code of the streak.' }),
    cadence: t.field({ type: CadenceEnum, description: 'What its periods are.', resolve: (it) => it.cadence }),
    length: t.exposeInt('length', { description: 'Periods in a row, each met by what the customer did.' }),
  }),
});

const PlaceRef = builder.objectRef<Recap['seasons'][number]>('RecapSeason').implement({
  description: 'A customer’s place in a sealed season.',
  ...publicSurface,
  fields: (t) => ({
    season: t.field({
      type: SeasonRef,
      nullable: true,
      description: 'Which season.',
      resolve: ({ seasonId }, _args, context) => context.loaders.season.load(seasonId),
    }),
    leaderboard: t.string({
      description: 'Name of the leaderboard.',
      resolve: async ({ leaderboardId }, _args, context) =>
        (await context.deps.catalogues.current(programOf(context).programId)).leaderboardById.get(leaderboardId)
          ?.name ?? '',
    }),
    rank: t.exposeInt('rank', { description: 'The rank, in the customer’s part of the board.' }),
    tied: t.exposeInt('tied', { description: 'How many share it.' }),
  }),
});

const PercentileRef = builder.objectRef<Percentile>('RecapPercentile').implement({
  description: 'Where a customer stands among the customers with activity in the recap, by points earned.',
  ...publicSurface,
  fields: (t) => ({
    activeCustomers: t.expose('active', { type: 'Points', description: 'Customers with activity, this one included.' }),
    earnedLess: t.expose('less', { type: 'Points', description: 'Of them, those who earned less.' }),
    earnedTheSame: t.expose('tied', {
      type: 'Points',
      description: 'Of them, those who earned the same, this one included.',
    }),
    share: t.exposeFloat('share', {
      description: 'earnedLess out of activeCustomers, from 0 to below 1: who earned the same is not counted as less.',
    }),
  }),
});

const RecapRef = builder.objectRef<Recap>('CustomerRecap').implement({
  description:
    'What a customer did and got in a stretch of local days of the program’s zone. What is reversed or revoked by now is left out.',
  ...publicSurface,
  fields: (t) => ({
    from: t.expose('from', { type: 'Date', description: 'The first day.' }),
    until: t.expose('to', { type: 'Date', description: 'The day after the last.' }),
    pointsEarned: t.expose('points', {
      type: 'Points',
      description:
        'Points that activities of these days earned, pending ones included; adjustments and prizes of draws and seasons are not earned.',
    }),
    currency: t.field({
      type: PointCurrencyRef,
      description: 'Of which points: the program’s default.',
      resolve: (it) => it.currency,
    }),
    activities: t.expose('activities', { type: 'Points', description: 'Activities in all.' }),
    byType: t.field({
      type: [ByTypeRef],
      description: 'The same by type, the most frequent first.',
      resolve: (it) => it.byType,
    }),
    activeDays: t.exposeInt('activeDays', { description: 'Days with activity.' }),
    busiestDay: t.field({
      type: BusyRef,
      nullable: true,
      description: 'The day with the most activities, of equals the first; null without any.',
      resolve: (it) => it.busiest?.day ?? null,
    }),
    busiestMonth: t.field({
      type: BusyRef,
      nullable: true,
      description:
        'The calendar month with the most activities within the recap, of equals the first; null without any.',
      resolve: (it) => it.busiest?.month ?? null,
    }),
  }),
});

builder.objectFields(RecapRef, (t) => ({
  badgesEarned: t.expose('badges', {
    type: 'Points',
    description: 'Badges, and levels of badges, awarded and not revoked.',
  }),
  badges: t.field({
    type: [BadgeAwardRef],
    description: `The same, the newest first, at most ${NAMED_MAX}; none that the caller may not see.`,
    resolve: async ({ awardIds }, _args, context) =>
      (await Promise.all(awardIds.map((id) => context.loaders.badgeAward.load(id)))).filter((award) => award !== null),
  }),
  longestStreak: t.field({
    type: StreakRowRef,
    nullable: true,
    description:
      'The longest row of periods, of any streak, that were each met within the recap; frozen, paused and restored periods interrupt it. Null without any.',
    resolve: (it) => it.streak,
  }),
  challengesCompleted: t.expose('challenges', {
    type: 'Points',
    description: 'Challenges that the customer completed.',
  }),
  goalsReached: t.expose('goals', {
    type: 'Points',
    description: 'Shared goals that were reached and that the customer contributed to.',
  }),
  seasons: t.field({
    type: [PlaceRef],
    description: `Places in sealed seasons that ended within the recap, the best rank first, at most ${NAMED_MAX}; of boards that the caller may see.`,
    resolve: async ({ seasons }, _args, context) => {
      const { leaderboardById } = await context.deps.catalogues.current(programOf(context).programId);
      return seasons.filter(({ leaderboardId }) => isSeen(context, leaderboardById.get(leaderboardId)));
    },
  }),
  percentile: t.field({
    type: PercentileRef,
    nullable: true,
    description: `Among all customers with activity, as they stood at most five minutes ago. Null for a customer without activity, while fewer than ${RECAP_ACTIVE_MIN} were active, and where counting them took too long.`,
    resolve: (it) => it.percentile,
  }),
}));

/** Customers see public boards, the team all. */
function isSeen(context: Context, board: { isPublic: boolean } | undefined): boolean {
  return board !== undefined && (board.isPublic || context.caller.kind !== 'CUSTOMER');
}

type Asked = {
  from?: string | null | undefined;
  to?: string | null | undefined;
  seasonId?: string | number | null | undefined;
};

/** The days that are asked for: given, or those of a season. Throws BAD_USER_INPUT. */
async function windowOf({ from = null, to = null, seasonId = null }: Asked, context: Context): Promise<RecapWindow> {
  const isOfDays = from !== null && to !== null;
  if (isOfDays === (seasonId !== null) || (from === null) !== (to === null))
    throw badUserInput('Give from and to, or a season.');
  const window = isOfDays ? { from, to } : await daysOfSeason(String(seasonId), context);
  const problem = windowProblem(window);
  if (problem !== null) throw badUserInput(problem);
  return window;
}

async function daysOfSeason(id: string, context: Context): Promise<RecapWindow> {
  const uuid = uuidOf('Season', id);
  const season = uuid === null ? null : await context.loaders.season.load(uuid);
  const { program, leaderboardById } = await context.deps.catalogues.current(programOf(context).programId);
  if (season === null || !isSeen(context, leaderboardById.get(season.leaderboardId)))
    throw badUserInput('There is no such season.');
  const { startsAt, endsAt } = season;
  if (startsAt === null || endsAt === null) throw badUserInput('This season has no end.');
  const lastDay = localDay(new Date(endsAt.getTime() - 1), program.timeZone);
  return { from: localDay(startsAt, program.timeZone), to: addDays(lastDay, 1) };
}

builder.objectField(CustomerRef, 'recap', (t) =>
  t.field({
    type: RecapRef,
    ...publicSurface,
    description: `What the customer did and got from one local day of the program to another, or in the days of a season, at most ${RECAP_DAYS_MAX} of them. It costs ${RECAP_PRICE} beside what is read of it. Needs customer:read, or self:read for one’s own.`,
    authScopes: { permission: ['customer:read', 'self:read'] },
    extensions: { price: RECAP_PRICE },
    args: {
      from: t.arg({ type: 'Date', description: 'The first day; together with to.' }),
      to: t.arg({ type: 'Date', description: 'The day after the last: a year ends with the first of January.' }),
      seasonId: t.arg.id({ description: 'A season, sea_…, in place of days: all local days that it touches.' }),
    },
    resolve: async ({ id }, asked, context) =>
      context.deps.recaps.of(programOf(context).programId, id, await windowOf(asked, context)),
  }),
);
