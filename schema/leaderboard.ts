import { may } from '#domain/caller.ts';
import { uuidOf } from '#domain/ids.ts';
import type {
  LEADERBOARD_DIRECTIONS,
  LEADERBOARD_METRICS,
  LEADERBOARD_PERIODS,
} from '#domain/leaderboard/definition.ts';
import { seasonOf } from '#domain/leaderboard/season.ts';
import { maySeeLeaderboard } from '#domain/leaderboard/visibility.ts';
import type { Leaderboard } from '#domain/program/program.ts';

import { ActivityTypeRef } from './activity-type.ts';
import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { badUserInput } from './paging.ts';
import { PointCurrencyRef } from './point-currency.ts';
import { SeasonRef } from './season.ts';
import { currentSeason, StandingsInterface } from './standings.ts';

export const LeaderboardMetricEnum = builder.enumType('LeaderboardMetric', {
  description:
    'What a leaderboard counts. Reversals take back what the activity had added, in the season of the activity.',
  subGraphs: ['Public'],
  values: {
    POINTS_EARNED: {
      description:
        'Points earned by activities in one currency, pending ones too, less what reversals took back. Adjustments, transfers, spending and expiry do not count.',
    },
    ACTIVITY_COUNT: { description: 'Activities of one type, less those reversed as a whole.' },
    PROPERTY_SUM: { description: 'The sum of a property over activities of one type, less what was returned.' },
    PROPERTY_BEST: {
      description: 'The best value of a property: the highest on a DESCENDING board, the lowest on an ASCENDING one.',
    },
    PROPERTY_LAST: {
      description:
        'The value of a property in the newest activity, by when it happened: what comes late does not overwrite what is newer. Of one instant the better.',
    },
  } satisfies Record<(typeof LEADERBOARD_METRICS)[number], object>,
});

export const LeaderboardDirectionEnum = builder.enumType('LeaderboardDirection', {
  description: 'Which scores are better.',
  subGraphs: ['Public'],
  values: {
    DESCENDING: { description: 'The highest score stands first.' },
    ASCENDING: { description: 'The lowest score stands first, as with times.' },
  } satisfies Record<(typeof LEADERBOARD_DIRECTIONS)[number], object>,
});

export const LeaderboardPeriodEnum = builder.enumType('LeaderboardPeriod', {
  description:
    'How long a season lasts, in the program’s time zone. An activity counts in the season in which it happened.',
  subGraphs: ['Public'],
  values: {
    ALL_TIME: { description: 'One season without end.' },
    DAY: { description: 'A calendar day.' },
    WEEK: { description: 'An ISO week, from Monday.' },
    MONTH: { description: 'A calendar month.' },
    QUARTER: { description: 'A calendar quarter, from January, April, July or October.' },
    YEAR: { description: 'A calendar year.' },
    CRON: { description: 'From one time of a schedule to the next.' },
    DATES: { description: 'By a list of dates. What happens between two seasons is not counted.' },
  } satisfies Record<(typeof LEADERBOARD_PERIODS)[number], object>,
});

/**
 * The board that fits, if the caller may see it. What this process does not know of is looked for on record, so that a
 * board can be read as soon as it is made.
 */
async function lookUp(context: Context, fits: (board: Leaderboard) => boolean): Promise<Leaderboard | null> {
  const { deps, caller } = context;
  const { programId } = programOf(context);
  const known = (await deps.catalogues.current(programId)).leaderboards.find(fits);
  const board = known ?? (await deps.catalogues.at(deps.reads, programId)).leaderboards.find(fits);
  return board !== undefined && maySeeLeaderboard(caller, board) ? board : null;
}

/** A board that the caller may see; null for any other. */
export async function visibleLeaderboard(id: string, context: Context): Promise<Leaderboard | null> {
  return lookUp(context, (board) => board.id === id);
}

/** The board that the arguments name, by id or by code; null when the caller sees none. Throws BAD_USER_INPUT. */
export async function findLeaderboard(
  { id, code }: { id?: string | number | null | undefined; code?: string | null | undefined },
  context: Context,
): Promise<Leaderboard | null> {
  const hasId = id !== null && id !== undefined;
  if (hasId === (typeof code === 'string')) throw badUserInput('Give id or code.');
  if (!hasId) return lookUp(context, (board) => board.code === code);
  const uuid = uuidOf('Leaderboard', String(id));
  return uuid === null ? null : visibleLeaderboard(uuid, context);
}

export const LeaderboardRef = builder.objectRef<Leaderboard>('Leaderboard');

builder.node(LeaderboardRef, {
  description: 'A ranking of customers by one metric. Its own standings are those of the current season.',
  subGraphs: ['Public'],
  interfaces: [StandingsInterface],
  id: { resolve: (board) => board.id, description: 'Global id, ldb_….' },
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'metric' in value && 'scoreDecimals' in value,
  loadMany: (ids, context) =>
    may(context.caller, 'leaderboard:read')
      ? Promise.all(ids.map((id) => visibleLeaderboard(id, context)))
      : ids.map(() => null),
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Its stable name, unique in the program.' }),
    name: t.exposeString('name', { description: 'Its name for people.' }),
    metric: t.field({
      type: LeaderboardMetricEnum,
      description: 'What it counts; never changes.',
      resolve: (board) => board.metric,
    }),
    currency: t.field({
      type: PointCurrencyRef,
      nullable: true,
      description: 'The point currency of POINTS_EARNED; null for other metrics.',
      resolve: async (board, _args, context) =>
        (await context.deps.catalogues.current(programOf(context).programId)).currencyById.get(
          board.currencyId ?? '',
        ) ?? null,
    }),
    activityType: t.field({
      type: ActivityTypeRef,
      nullable: true,
      description: 'The activity type that is counted; null for POINTS_EARNED.',
      resolve: async (board, _args, context) =>
        (await context.deps.catalogues.current(programOf(context).programId)).activityTypeById.get(
          board.activityTypeId ?? '',
        ) ?? null,
    }),
    property: t.exposeString('property', {
      nullable: true,
      description: 'The property summed, or of which the best is kept; null for other metrics.',
    }),
    scoreDecimals: t.exposeInt('scoreDecimals', {
      description: 'Decimals of every score, 0 to 6. A property with more is rounded an activity, ties away from zero.',
    }),
    direction: t.field({
      type: LeaderboardDirectionEnum,
      description: 'Which scores are better; never changes.',
      resolve: (board) => board.direction,
    }),
    period: t.field({
      type: LeaderboardPeriodEnum,
      description: 'How long a season lasts; never changes.',
      resolve: (board) => board.period,
    }),
    isPublic: t.exposeBoolean('isPublic', { description: 'Whether customers and publishable keys see it.' }),
    isArchived: t.exposeBoolean('archived', { description: 'True when it takes no more scores.' }),
    season: t.field({
      type: SeasonRef,
      nullable: true,
      description:
        'One season: by its key, or the one an instant lies in, or the current one. Null when nothing has been scored in it.',
      args: {
        key: t.arg.string({ description: 'Such as 2026-11-22, 2026-W47, 2026-11 or all.' }),
        at: t.arg({
          type: 'DateTime',
          description: 'An instant; the first of a season belongs to it. Not together with key.',
        }),
      },
      resolve: async (board, { key, at }, context) => {
        const { programId } = programOf(context);
        if (typeof key === 'string' && at) throw badUserInput('Give key or at, not both.');
        if (typeof key === 'string') return context.deps.boards.season(programId, board.id, key.slice(0, 60));
        if (!at) return currentSeason(board, context);
        const { program } = await context.deps.catalogues.current(programId);
        const span = seasonOf(board, at, program.timeZone);
        return span === null ? null : context.deps.boards.season(programId, board.id, span.key);
      },
    }),
  }),
});

builder.queryField('leaderboard', (t) =>
  t.field({
    type: LeaderboardRef,
    nullable: true,
    description:
      'One leaderboard by id or by code; null when there is none that the caller may see. Needs leaderboard:read.',
    subGraphs: ['Public'],
    authScopes: { permission: 'leaderboard:read' },
    args: {
      id: t.arg.id({ description: 'Global id, ldb_…. Give id or code.' }),
      code: t.arg.string({ description: 'Code. Give id or code.' }),
    },
    resolve: (_root, args, context) => findLeaderboard(args, context),
  }),
);

builder.queryField('leaderboards', (t) =>
  t.field({
    type: [LeaderboardRef],
    description: 'All leaderboards that the caller may see, by code. Needs leaderboard:read.',
    subGraphs: ['Public'],
    authScopes: { permission: 'leaderboard:read' },
    args: {
      archived: t.arg.boolean({
        defaultValue: false,
        required: true,
        description: 'Whether archived ones are listed too; false by default.',
      }),
    },
    resolve: async (_root, { archived }, context) => {
      const { leaderboards } = await context.deps.catalogues.current(programOf(context).programId);
      return leaderboards
        .filter((board) => maySeeLeaderboard(context.caller, board) && (archived || !board.archived))
        .toSorted((a, b) => (a.code < b.code ? -1 : 1));
    },
  }),
);
