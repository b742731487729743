import type { BoardCounted, ScoreRefusal, ScoreRefused } from '#domain/activity/effect.ts';
import { scoreRefusalText } from '#domain/explanation/refusal-texts.ts';
import { publicId } from '#domain/ids.ts';

import { builder } from './builder.ts';
import { textFormat, textLocale } from './text-format.ts';

const publicSurface = { subGraphs: ['Public' as const] };

export const BoardCountedRef = builder.objectRef<BoardCounted>('BoardCounted').implement({
  description: 'A leaderboard that limits attempts, or ranks teams, counts the activity.',
  ...publicSurface,
  fields: (t) => ({
    leaderboardId: t.id({
      description: 'The board, ldb_….',
      resolve: (it) => publicId('Leaderboard', it.leaderboardId),
    }),
    leaderboardCode: t.exposeString('leaderboardCode', { description: 'Code of the board.' }),
    seasonKey: t.exposeString('seasonKey', { description: 'The season that it counts in.' }),
    teamId: t.id({
      nullable: true,
      description: 'The team that it counts for, tea_…; null on other boards.',
      resolve: (it) => (it.teamId === null ? null : publicId('Team', it.teamId)),
    }),
    attempt: t.exposeInt('attempt', {
      nullable: true,
      description: 'The how manyth attempt of the season it was; null where they are not limited.',
    }),
    attemptsMax: t.exposeInt('attemptsMax', { nullable: true, description: 'Of how many; null where not limited.' }),
  }),
});

const ScoreRefusalEnum = builder.enumType('ScoreRefusal', {
  description: 'Why a leaderboard does not count an activity.',
  ...publicSurface,
  values: {
    BELOW_MIN: { description: 'It is worth less than the board takes.' },
    ABOVE_MAX: { description: 'It is worth more than the board takes.' },
    NO_ATTEMPTS_LEFT: { description: 'The customer has used all attempts of the season.' },
  } satisfies Record<ScoreRefusal, object>,
});

export const ScoreRefusedRef = builder.objectRef<ScoreRefused>('ScoreRefused').implement({
  description: 'A leaderboard does not count the activity, whose other effects stand.',
  ...publicSurface,
  fields: (t) => ({
    leaderboardId: t.id({
      description: 'The board, ldb_….',
      resolve: (it) => publicId('Leaderboard', it.leaderboardId),
    }),
    leaderboardCode: t.exposeString('leaderboardCode', { description: 'Code of the board.' }),
    seasonKey: t.exposeString('seasonKey', { description: 'The season that it would count in.' }),
    reason: t.field({ type: ScoreRefusalEnum, description: 'Why.', resolve: (it) => it.reason }),
    message: t.string({
      description: 'For the customer, in English or German; its wording may change.',
      args: { locale: t.arg.string(textLocale) },
      resolve: async (it, { locale }, context) => scoreRefusalText(it.reason, await textFormat(locale, context)),
    }),
    score: t.expose('score', { type: 'Decimal', description: 'What it would have been worth.' }),
  }),
});
