import { archiveLeaderboard } from '#app/leaderboard/archive.ts';
import { createLeaderboard } from '#app/leaderboard/create.ts';
import { rebuildLeaderboard } from '#app/leaderboard/rebuild.ts';
import { changeLeaderboard, type LeaderboardUpdateInput } from '#app/leaderboard/update.ts';
import type { Leaderboard } from '#domain/program/program.ts';

import { programOf, scopeOf, type Context } from './context.ts';
import { present, wantedUuid } from './ids.ts';
import { LeaderboardSightEnum, optionInputs } from './leaderboard-options.ts';
import {
  LeaderboardDirectionEnum,
  LeaderboardMetricEnum,
  LeaderboardPeriodEnum,
  LeaderboardRef,
} from './leaderboard.ts';
import { leagueOf, LeagueInput } from './league-input.ts';
import { defineMutation } from './mutation.ts';
import { DatedSeasonInput } from './season-plan.ts';

/** The board as it was just written, past what this process remembers. */
async function written(id: string, context: Context): Promise<Leaderboard> {
  const catalogue = await context.deps.catalogues.at(context.deps.reads, programOf(context).programId);
  return present(Promise.resolve(catalogue.leaderboardById.get(id) ?? null));
}

const leaderboardId = (id: string | number): string => wantedUuid('Leaderboard', id, 'leaderboard', ['id']);

defineMutation('leaderboardCreate', {
  description:
    'Makes a leaderboard and fills it from everything that happened before, but for boards of teams and with attempts, which begin empty. Activities of the program wait meanwhile. What it counts can never be changed. Causes catalogue.changed.',
  permission: 'leaderboard:write',
  input: (t) => ({
    code: t.string({
      required: true,
      description: 'Its stable name: lower-case letters, digits and _, starting with a letter, at most 60.',
    }),
    name: t.string({ required: true, description: 'Its name for people, 1 to 200 characters.' }),
    metric: t.field({ type: LeaderboardMetricEnum, required: true, description: 'What it counts.' }),
    currency: t.string({ description: 'Code of the point currency of POINTS_EARNED; the default one when left out.' }),
    activityType: t.string({ description: 'Code of the activity type that the other metrics count.' }),
    property: t.string({
      description: 'Declared INTEGER or DECIMAL property of PROPERTY_SUM, PROPERTY_BEST and PROPERTY_LAST.',
    }),
    scoreDecimals: t.int({
      required: true,
      defaultValue: 0,
      description: 'Decimals of a property’s score, 0 to 6; 0 by default and for other metrics.',
    }),
    direction: t.field({
      type: LeaderboardDirectionEnum,
      required: true,
      defaultValue: 'DESCENDING',
      description: 'Which scores are better.',
    }),
    period: t.field({
      type: LeaderboardPeriodEnum,
      required: true,
      defaultValue: 'ALL_TIME',
      description: 'How long a season lasts.',
    }),
    cron: t.string({
      description:
        'When seasons of CRON begin, in the program’s time zone: a minute, hours, days of the month, months, days of the week.',
    }),
    dates: t.field({
      type: [DatedSeasonInput],
      description: 'The seasons of DATES, at most 100; they do not overlap.',
    }),
    league: t.field({ type: LeagueInput, description: 'Levels and cohorts of the scope LEAGUE.' }),
    isPublic: t.boolean({
      required: true,
      defaultValue: true,
      description: 'Whether customers and publishable keys see it; true by default.',
    }),
    ...optionInputs(t),
  }),
  run: (input, context, command) =>
    createLeaderboard(context.deps, scopeOf(context), command, {
      ...input,
      currency: input.currency ?? null,
      activityType: input.activityType ?? null,
      property: input.property ?? null,
      subProperty: input.subProperty ?? null,
      scoreMin: input.scoreMin ?? null,
      scoreMax: input.scoreMax ?? null,
      attemptsMax: input.attemptsMax ?? null,
      scopeKey: input.scopeKey ?? null,
      cron: input.cron ?? null,
      dates: input.dates ?? null,
      league: input.league ? leagueOf(input.league) : null,
    }),
  payload: (t) => ({
    leaderboard: t.field({
      type: LeaderboardRef,
      description: 'The new board.',
      resolve: (it, _args, context) => written(it.leaderboardId, context),
    }),
  }),
});

defineMutation('leaderboardUpdate', {
  description:
    'Renames a leaderboard, shows it to customers or hides it. What is left out stays. Causes catalogue.changed.',
  permission: 'leaderboard:write',
  input: (t) => ({
    id: t.id({ required: true, description: 'The leaderboard, ldb_….' }),
    name: t.string({ description: 'Its name for people, 1 to 200 characters.' }),
    isPublic: t.boolean({ description: 'Whether customers and publishable keys see it.' }),
    customersSee: t.field({ type: LeaderboardSightEnum, description: 'What customers see of it.' }),
  }),
  run: ({ id, name, isPublic, customersSee }, context, command) => {
    const input: LeaderboardUpdateInput = { leaderboardId: leaderboardId(id) };
    if (typeof name === 'string') input.name = name;
    if (typeof isPublic === 'boolean') input.isPublic = isPublic;
    if (customersSee) input.customersSee = customersSee;
    return changeLeaderboard(context.deps, scopeOf(context), command, input);
  },
  payload: (t) => ({
    leaderboard: t.field({
      type: LeaderboardRef,
      description: 'The board as it is now.',
      resolve: (it, _args, context) => written(it.leaderboardId, context),
    }),
  }),
});

defineMutation('leaderboardArchive', {
  description:
    'Ends a leaderboard: it stays readable and takes no more scores, nor reversals. There is no way back. Causes catalogue.changed.',
  permission: 'leaderboard:write',
  input: (t) => ({ id: t.id({ required: true, description: 'The leaderboard, ldb_….' }) }),
  run: ({ id }, context, command) =>
    archiveLeaderboard(context.deps, scopeOf(context), command, { leaderboardId: leaderboardId(id) }),
  payload: (t) => ({
    leaderboard: t.field({
      type: LeaderboardRef,
      description: 'The board as it is now.',
      resolve: (it, _args, context) => written(it.leaderboardId, context),
    }),
  }),
});

defineMutation('leaderboardRebuild', {
  description:
    'Has the ranked copies of a leaderboard built anew from the record, each beside the live one, then swapped. It stays readable and right meanwhile; leaderboardCheck tells how it stands. Causes leaderboard.rebuild_requested.',
  permission: 'leaderboard:rebuild',
  input: (t) => ({
    id: t.id({ required: true, description: 'The leaderboard, ldb_….' }),
    season: t.string({ description: 'Key of one season; all seasons when left out.' }),
  }),
  run: ({ id, season }, context, command) =>
    rebuildLeaderboard(context.deps, scopeOf(context), command, {
      leaderboardId: leaderboardId(id),
      season: season ?? null,
    }),
  payload: (t) => ({
    leaderboard: t.field({
      type: LeaderboardRef,
      description: 'The board.',
      resolve: (it, _args, context) => written(it.leaderboardId, context),
    }),
    seasons: t.int({ description: 'Seasons that are being rebuilt.', resolve: (it) => it.seasons }),
  }),
});
