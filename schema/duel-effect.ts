import type { DuelScored } from '#domain/activity/effect.ts';
import { publicId } from '#domain/ids.ts';

import { builder } from './builder.ts';

export const DuelScoredRef = builder.objectRef<DuelScored>('DuelScored').implement({
  description: 'The activity counted for a running duel. Causes duel.changed, for both sides.',
  subGraphs: ['Public'],
  fields: (t) => ({
    duelId: t.id({ description: 'The duel, dul_….', resolve: (it) => publicId('Duel', it.duelId) }),
    code: t.exposeString('duelCode', { description: 'Code of its kind.' }),
    name: t.exposeString('duelName', { description: 'Its name at that time, in the customer’s language.' }),
    amount: t.expose('amount', { type: 'Decimal', description: 'What the activity was worth.' }),
    score: t.expose('score', { type: 'Decimal', description: 'The customer’s score with it.' }),
    attempt: t.exposeInt('attempt', { description: 'The how manyth attempt of the customer it was.' }),
    attemptsMax: t.exposeInt('attemptsMax', { nullable: true, description: 'Of how many; null where not limited.' }),
  }),
});
