import type { LEADERBOARD_SCOPES, LEADERBOARD_SIGHTS } from '#domain/leaderboard/definition.ts';
import { scoreText } from '#domain/leaderboard/score.ts';
import type { TIE_RULES } from '#domain/leaderboard/standing.ts';

import { builder } from './builder.ts';
import { LeaderboardRef } from './leaderboard.ts';
import type { Inputs } from './mutation.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const TieRuleEnum = builder.enumType('TieRule', {
  description: 'How equal scores share ranks. Equal means the same score and the same sub-score.',
  ...publicSurface,
  values: {
    COMPETITION: { description: 'One rank for all of them, and as many left out after it: 1, 2, 2, 4.' },
    DENSE: { description: 'One rank for all of them, and none left out: 1, 2, 2, 3.' },
    FIRST_TO_REACH: { description: 'A rank for each: who reached the score first, then the smaller id. 1, 2, 3, 4.' },
  } satisfies Record<(typeof TIE_RULES)[number], object>,
});

const LeaderboardScopeEnum = builder.enumType('LeaderboardScope', {
  description:
    'Who is ranked among whom. Whoever moves, to another tier for instance, takes the whole score of the season along.',
  ...publicSurface,
  values: {
    PROGRAM: { description: 'All customers together.' },
    TIER: { description: 'Those of one tier of a ladder each; below the first tier nobody is ranked.' },
    ATTRIBUTE: { description: 'Those of one value of an attribute each; without a value nobody is ranked.' },
    ACCOUNT: { description: 'Those of one account each; without an account nobody is ranked.' },
    TEAM: {
      description:
        'Teams, by what their members did for them. An activity counts for the team that the customer was in when it happened, and stays with it.',
    },
    LEAGUE: {
      description:
        'Those of one cohort of a league each. Customers are seated by their level when they first score in a season.',
    },
  } satisfies Record<(typeof LEADERBOARD_SCOPES)[number], object>,
});

export const LeaderboardSightEnum = builder.enumType('LeaderboardSight', {
  description: 'What customers see of a leaderboard.',
  ...publicSurface,
  values: {
    EVERYTHING: { description: 'All of it.' },
    NEIGHBOURS: { description: 'The rows around themselves alone, never the top; publishable keys see no rows.' },
  } satisfies Record<(typeof LEADERBOARD_SIGHTS)[number], object>,
});

const bound = (score: number | null, decimals: number): string | null =>
  score === null ? null : scoreText(score, decimals);

builder.objectFields(LeaderboardRef, (t) => ({
  tieRule: t.field({
    type: TieRuleEnum,
    ...publicSurface,
    description: 'How equal scores share ranks; never changes.',
    resolve: (board) => board.tieRule,
  }),
  subProperty: t.exposeString('subProperty', {
    nullable: true,
    ...publicSurface,
    description:
      'The property that decides between equal scores, before time, in the direction of the board: added up where the score is, that of the activity that counts where one is kept. Null where none does.',
  }),
  subScoreDecimals: t.exposeInt('subScoreDecimals', {
    ...publicSurface,
    description: 'Decimals of a sub-score, 0 to 6.',
  }),
  scoreMin: t.field({
    type: 'Decimal',
    nullable: true,
    ...publicSurface,
    description: 'The least that one activity may be worth to be counted; null has no bound.',
    resolve: (board) => bound(board.scoreMin, board.scoreDecimals),
  }),
  scoreMax: t.field({
    type: 'Decimal',
    nullable: true,
    ...publicSurface,
    description: 'The most that one activity may be worth to be counted; null has no bound.',
    resolve: (board) => bound(board.scoreMax, board.scoreDecimals),
  }),
  attemptsMax: t.exposeInt('attemptsMax', {
    nullable: true,
    ...publicSurface,
    description: 'Activities of one customer that count in a season, the first ones recorded; null counts all.',
  }),
  scope: t.field({
    type: LeaderboardScopeEnum,
    ...publicSurface,
    description: 'Who is ranked among whom; never changes.',
    resolve: (board) => board.scope,
  }),
  scopeKey: t.exposeString('scopeKey', {
    nullable: true,
    ...publicSurface,
    description: 'Code of the ladder of TIER, name of the attribute of ATTRIBUTE; null for others.',
  }),
  audience: t.exposeString('audience', {
    description: 'The condition that customers meet who are ranked, as they are now; empty for everybody.',
  }),
  customersSee: t.field({
    type: LeaderboardSightEnum,
    ...publicSurface,
    description: 'What customers see of it.',
    resolve: (board) => board.customersSee,
  }),
}));

/** The inputs of a new board beyond its metric. */
export const optionInputs = (t: Inputs) => ({
  tieRule: t.field({
    type: TieRuleEnum,
    required: true,
    defaultValue: 'COMPETITION',
    description: 'How equal scores share ranks.',
  }),
  subProperty: t.string({
    description: 'A declared INTEGER or DECIMAL property of the activity type that decides between equal scores.',
  }),
  subScoreDecimals: t.int({ required: true, defaultValue: 0, description: 'Decimals of the sub-score, 0 to 6.' }),
  scoreMin: t.field({ type: 'Decimal', description: 'The least that one activity may be worth to be counted.' }),
  scoreMax: t.field({ type: 'Decimal', description: 'The most that one activity may be worth to be counted.' }),
  attemptsMax: t.int({
    description:
      'Activities of one customer that count in a season, 1 to 1,000,000. Such a board begins empty: what counts is decided when it happens.',
  }),
  scope: t.field({
    type: LeaderboardScopeEnum,
    required: true,
    defaultValue: 'PROGRAM',
    description: 'Who is ranked among whom. A board of teams begins empty.',
  }),
  scopeKey: t.string({ description: 'Code of the ladder of TIER, name of the attribute of ATTRIBUTE.' }),
  audience: t.string({
    required: true,
    defaultValue: '',
    description:
      'A condition on customers, in the language of rules without the activity: whoever does not meet it is not ranked, and whoever comes to meet it is, with all that was scored in the season. At most 2,000 characters.',
  }),
  customersSee: t.field({
    type: LeaderboardSightEnum,
    required: true,
    defaultValue: 'EVERYTHING',
    description: 'What customers see of it.',
  }),
});
