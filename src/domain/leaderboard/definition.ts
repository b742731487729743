import { InvalidInputError, NotFoundError } from '../errors.ts';
import { CODE } from '../form.ts';
import { assertLeague, type LeaguePlan } from '../league/plan.ts';
import { parseName } from '../name.ts';
import type { Catalogue } from '../program/catalogue.ts';
import type { Leaderboard, LeaderboardMetric, LeaderboardPeriod } from '../program/program.ts';
import { DEFAULT_PLAN } from '../season/plan.ts';
import { defineOptions, numericProperty, type BoardOptions } from './options.ts';
import { defineSeasons } from './season-times.ts';
import { SEASON_PERIODS, type DatedSeason } from './season.ts';

export const LEADERBOARD_METRICS = [
  'POINTS_EARNED',
  'ACTIVITY_COUNT',
  'PROPERTY_SUM',
  'PROPERTY_BEST',
  'PROPERTY_LAST',
] as const;
export const LEADERBOARD_SCOPES = ['PROGRAM', 'TIER', 'ATTRIBUTE', 'ACCOUNT', 'TEAM', 'LEAGUE'] as const;
export const LEADERBOARD_SIGHTS = ['EVERYTHING', 'NEIGHBOURS'] as const;
export const LEADERBOARD_PERIODS = SEASON_PERIODS;
export const LEADERBOARD_DIRECTIONS = ['DESCENDING', 'ASCENDING'] as const;

/** A board as the programme team describes it; currency and activity type by their codes. */
export type LeaderboardDefinition = {
  code: string;
  name: string;
  metric: LeaderboardMetric;
  /** Only for POINTS_EARNED; null takes the program's default. */
  currency: string | null;
  /** For the other metrics. */
  activityType: string | null;
  /** For PROPERTY_SUM, PROPERTY_BEST and PROPERTY_LAST. */
  property: string | null;
  scoreDecimals: number;
  direction: 'DESCENDING' | 'ASCENDING';
  period: LeaderboardPeriod;
  /** When seasons of CRON begin. */
  cron?: string | null;
  /** The seasons of DATES. */
  dates?: readonly DatedSeason[] | null;
  /** Levels and cohorts of LEAGUE. */
  league?: LeaguePlan | null;
  isPublic: boolean;
} & BoardOptions;

const DECIMALS_MAX = 6;

type Known = Pick<Catalogue, 'program' | 'ruleSet' | 'currencyByCode' | 'defaultCurrency' | 'activityTypeByCode'>;

/**
 * Checks a definition against what the program declares and gives the board that it means. Throws InvalidInputError, or
 * NotFoundError for an unknown currency or activity type.
 */
export function defineLeaderboard(id: string, definition: LeaderboardDefinition, known: Known): Leaderboard {
  const { code, metric, scoreDecimals, direction, period, isPublic } = definition;
  if (!CODE.test(code)) {
    throw new InvalidInputError('A code is lower-case letters, digits and _, starting with a letter, at most 60.', [
      'code',
    ]);
  }
  const isProperty = metric.startsWith('PROPERTY_');
  if (scoreDecimals < 0 || scoreDecimals > DECIMALS_MAX || (!isProperty && scoreDecimals !== 0)) {
    throw new InvalidInputError(`A property's score has 0 to ${DECIMALS_MAX} decimals, any other score none.`, [
      'scoreDecimals',
    ]);
  }
  const board = {
    id,
    code,
    name: parseName(definition.name),
    metric,
    scoreDecimals,
    direction,
    period,
    ...defineSeasons(definition),
    ...defineOptions(definition, known),
    plan: DEFAULT_PLAN,
    league: leagueOf(definition),
    isPublic,
    archived: false,
  };
  if (metric === 'POINTS_EARNED') {
    refuse(definition, ['activityType', 'property'], metric);
    return { ...board, currencyId: currencyId(definition, known), activityTypeId: null, property: null };
  }
  refuse(definition, isProperty ? ['currency'] : ['currency', 'property'], metric);
  return { ...board, currencyId: null, ...activityOf(definition, known, isProperty) };
}

/** A league runs in seasons, and ranks all its customers. Throws InvalidInputError. */
function leagueOf({ scope, period, audience = '', league = null }: LeaderboardDefinition): LeaguePlan | null {
  if ((scope === 'LEAGUE') !== (league !== null)) {
    throw new InvalidInputError('LEAGUE, and only LEAGUE, has levels and cohorts.', ['league']);
  }
  if (league === null) return null;
  if (period === 'ALL_TIME' || audience !== '') {
    throw new InvalidInputError('A league has seasons that end, and no audience.', ['league']);
  }
  assertLeague(league);
  return league;
}

function refuse(
  definition: LeaderboardDefinition,
  fields: readonly ('currency' | 'activityType' | 'property')[],
  metric: string,
): void {
  for (const field of fields) {
    if (definition[field] !== null) throw new InvalidInputError(`A board of ${metric} has no ${field}.`, [field]);
  }
}

function currencyId(definition: LeaderboardDefinition, known: Known): string {
  if (definition.currency === null) return known.defaultCurrency.id;
  const currency = known.currencyByCode.get(definition.currency);
  if (currency === undefined) throw new NotFoundError('point currency', ['currency']);
  return currency.id;
}

function activityOf(
  definition: LeaderboardDefinition,
  known: Known,
  isProperty: boolean,
): Pick<Leaderboard, 'activityTypeId' | 'property'> {
  const type = known.activityTypeByCode.get(definition.activityType ?? '');
  if (type === undefined) throw new NotFoundError('activity type', ['activityType']);
  if (!isProperty) return { activityTypeId: type.id, property: null };
  return { activityTypeId: type.id, property: numericProperty(type, definition.property, 'property') };
}
