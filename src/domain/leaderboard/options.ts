import { InvalidInputError, NotFoundError } from '../errors.ts';
import type { Catalogue } from '../program/catalogue.ts';
import type { ActivityType, Leaderboard, LeaderboardMetric, LeaderboardScope } from '../program/program.ts';
import { createAudienceCompiler } from '../reward/audience.ts';
import { toUnits } from './score.ts';
import type { TieRule } from './standing.ts';

/** What a board can have beyond a metric; what is left out is as boards are by default. */
export type BoardOptions = {
  tieRule?: TieRule;
  /** A declared number of the same activity type. */
  subProperty?: string | null;
  subScoreDecimals?: number;
  /** Exact decimals. */
  scoreMin?: string | null;
  scoreMax?: string | null;
  attemptsMax?: number | null;
  scope?: LeaderboardScope;
  scopeKey?: string | null;
  audience?: string;
  customersSee?: 'EVERYTHING' | 'NEIGHBOURS';
};

type Chosen = Pick<
  Leaderboard,
  | 'tieRule'
  | 'subProperty'
  | 'subScoreDecimals'
  | 'scoreMin'
  | 'scoreMax'
  | 'attemptsMax'
  | 'scope'
  | 'scopeKey'
  | 'audience'
  | 'customersSee'
>;
type Known = Pick<Catalogue, 'program' | 'ruleSet' | 'activityTypeByCode'>;
type Defined = BoardOptions & { metric: LeaderboardMetric; activityType: string | null; scoreDecimals: number };

const DECIMALS_MAX = 6;
const ATTEMPTS_MAX = 1_000_000;
const AUDIENCE_LENGTH_MAX = 2_000;
const NUMERIC = new Set(['INTEGER', 'DECIMAL']);

/** Checks what a board has beyond its metric. Throws InvalidInputError, NotFoundError, PointsOutOfRangeError. */
export function defineOptions(definition: Defined, known: Known): Chosen {
  const { attemptsMax = null, tieRule = 'COMPETITION', customersSee = 'EVERYTHING' } = definition;
  if (attemptsMax !== null && (attemptsMax < 1 || attemptsMax > ATTEMPTS_MAX))
    throw new InvalidInputError(`A season has 1 to ${ATTEMPTS_MAX} attempts, or as many as one likes.`, [
      'attemptsMax',
    ]);
  return {
    tieRule,
    customersSee,
    attemptsMax,
    ...subScoreOf(definition, known),
    ...boundsOf(definition),
    ...scopeOf(definition, known),
    audience: audienceOf(definition, known),
  };
}

/** The name of a declared number of an activity type. Throws InvalidInputError. */
export function numericProperty(type: ActivityType, name: string | null, field: string): string {
  const property = type.properties.find((declared) => declared.name === name);
  if (property === undefined || !NUMERIC.has(property.type))
    throw new InvalidInputError(`Name an INTEGER or DECIMAL property that ${type.code} declares.`, [field]);
  return property.name;
}

function subScoreOf(
  { metric, activityType, subProperty = null, subScoreDecimals = 0 }: Defined,
  known: Known,
): Pick<Chosen, 'subProperty' | 'subScoreDecimals'> {
  if (subScoreDecimals < 0 || subScoreDecimals > DECIMALS_MAX || (subProperty === null && subScoreDecimals !== 0))
    throw new InvalidInputError(`A sub-score has 0 to ${DECIMALS_MAX} decimals.`, ['subScoreDecimals']);
  if (subProperty === null) return { subProperty: null, subScoreDecimals: 0 };
  if (metric === 'POINTS_EARNED') throw new InvalidInputError('A board of points has no sub-score.', ['subProperty']);
  const type = known.activityTypeByCode.get(activityType ?? '');
  if (type === undefined) throw new NotFoundError('activity type', ['activityType']);
  return { subProperty: numericProperty(type, subProperty, 'subProperty'), subScoreDecimals };
}

function boundsOf(definition: Defined): Pick<Chosen, 'scoreMin' | 'scoreMax'> {
  const { metric, scoreDecimals, scoreMin = null, scoreMax = null } = definition;
  if (scoreMin === null && scoreMax === null) return { scoreMin: null, scoreMax: null };
  if (metric === 'ACTIVITY_COUNT')
    throw new InvalidInputError('An activity counts one; bounds are for points and properties.', ['scoreMin']);
  const bounds = {
    scoreMin: scoreMin === null ? null : toUnits(scoreMin, scoreDecimals),
    scoreMax: scoreMax === null ? null : toUnits(scoreMax, scoreDecimals),
  };
  if (bounds.scoreMin !== null && bounds.scoreMax !== null && bounds.scoreMin > bounds.scoreMax)
    throw new InvalidInputError('The lower bound lies above the upper one.', ['scoreMin']);
  return bounds;
}

function scopeOf({ scope = 'PROGRAM', scopeKey = null }: Defined, known: Known): Pick<Chosen, 'scope' | 'scopeKey'> {
  if (scope !== 'TIER' && scope !== 'ATTRIBUTE') {
    if (scopeKey !== null) throw new InvalidInputError(`A board of ${scope} has no scopeKey.`, ['scopeKey']);
    return { scope, scopeKey: null };
  }
  const isKnown =
    scope === 'TIER'
      ? known.ruleSet.ladders.some(({ ladder }) => ladder.code === scopeKey)
      : known.program.attributeSchema.some(({ name }) => name === scopeKey);
  if (!isKnown)
    throw new InvalidInputError(
      scope === 'TIER' ? 'Name a live ladder by its code.' : 'Name a declared attribute of customers.',
      ['scopeKey'],
    );
  return { scope, scopeKey };
}

function audienceOf({ scope, audience = '' }: Defined, known: Known): string {
  const source = audience.trim();
  if (source === '') return '';
  if (scope === 'TEAM') throw new InvalidInputError('A board of teams has no audience.', ['audience']);
  if (source.length > AUDIENCE_LENGTH_MAX)
    throw new InvalidInputError(`A condition has at most ${AUDIENCE_LENGTH_MAX} characters.`, ['audience']);
  const compiled = createAudienceCompiler(known.program.attributeSchema)(source);
  if ('problem' in compiled) throw new InvalidInputError(compiled.problem, ['audience']);
  return source;
}
