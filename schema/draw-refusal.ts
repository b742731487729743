import type { DrawRefusal, DrawRefusalCode } from '#domain/draw/refusal.ts';
import { DrawRefusedError } from '#domain/errors.ts';
import { drawRefusalText } from '#domain/explanation/draw-words.ts';

import { builder } from './builder.ts';
import { UserErrorInterface } from './errors.ts';
import { textFormat, textLocale } from './text-format.ts';

const DrawRefusalCodeEnum = builder.enumType('DrawRefusalCode', {
  description: 'Why a prize draw cannot be played.',
  subGraphs: ['Public'],
  values: {
    BLOCKED: { description: 'The customer is blocked.' },
    NOT_ENROLLED: { description: 'The customer is no member of the programme, or not yet.' },
    CONSENT_REQUIRED: { description: 'The customer has not agreed to the terms in force.' },
    PAUSED: { description: 'The team has paused the draw.' },
    NOT_YET: { description: 'The draw’s time has not begun.' },
    NO_LONGER: { description: 'The draw’s time is over.' },
    TIER_REQUIRED: { description: 'The customer is in none of the tiers that the draw asks for.' },
    NOT_IN_AUDIENCE: { description: 'The draw is for other customers.' },
    NOTHING_LEFT: { description: 'No outcome that gives something can be given any more.' },
    CUSTOMER_LIMIT: { description: 'The customer has played as often as allowed in the period.' },
    TOTAL_LIMIT: { description: 'All customers together have played as often as allowed in the period.' },
    NO_FREE_PLAY: {
      description: 'It is played for free alone, and the customer has had the free plays of the period.',
    },
    INSUFFICIENT_POINTS: { description: 'The customer has fewer points than a play costs.' },
  } satisfies Record<DrawRefusalCode, object>,
});

/** From when the customer could play, as far as that is a question of time. */
function againFrom(it: DrawRefusal): string | null {
  if (it.code === 'NOT_YET') return it.from;
  return it.code !== 'NO_LONGER' && 'until' in it ? it.until : null;
}

export const DrawRefusalRef = builder.objectRef<DrawRefusal>('DrawRefusal').implement({
  description: 'One reason why a prize draw cannot be played, with what is missing.',
  subGraphs: ['Public'],
  fields: (t) => ({
    code: t.field({ type: DrawRefusalCodeEnum, description: 'Which reason.', resolve: (it) => it.code }),
    message: t.string({
      description: 'For the customer, in English or German; its wording may change.',
      args: { locale: t.arg.string(textLocale) },
      resolve: async (it, { locale }, context) => drawRefusalText(it, await textFormat(locale, context)),
    }),
    againFrom: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When this reason is over by itself: the draw begins, or a period ends; null when that is not known.',
      resolve: (it) => {
        const from = againFrom(it);
        return from === null ? null : new Date(from);
      },
    }),
    needed: t.field({
      type: 'Points',
      nullable: true,
      description: 'Of INSUFFICIENT_POINTS: what a play costs; null otherwise.',
      resolve: (it) => (it.code === 'INSUFFICIENT_POINTS' ? it.needed : null),
    }),
    available: t.field({
      type: 'Points',
      nullable: true,
      description: 'Of INSUFFICIENT_POINTS: points to be spent now, below zero a debt; null otherwise.',
      resolve: (it) => (it.code === 'INSUFFICIENT_POINTS' ? it.available : null),
    }),
    tiers: t.stringList({
      description: 'Of TIER_REQUIRED: codes of tiers, of which one is needed; empty otherwise.',
      resolve: (it) => (it.code === 'TIER_REQUIRED' ? it.tiers : []),
    }),
    termsVersion: t.int({
      nullable: true,
      description: 'Of CONSENT_REQUIRED: the version of the terms to accept; null otherwise.',
      resolve: (it) => (it.code === 'CONSENT_REQUIRED' ? it.version : null),
    }),
  }),
});

builder.objectType(DrawRefusedError, {
  name: 'DrawRefusedError',
  description: 'The draw cannot be played. `code` is that of the weightiest reason, and nothing was spent.',
  interfaces: [UserErrorInterface],
  subGraphs: ['Public'],
  fields: (t) => ({
    refusals: t.field({
      type: [DrawRefusalRef],
      description: 'Every reason, the weightiest first.',
      resolve: (error) => [...error.refusals],
    }),
  }),
});
