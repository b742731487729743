import type { BadgeAwarded } from '#domain/activity/effect.ts';
import { dateOf } from '#domain/form.ts';
import { publicId } from '#domain/ids.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';

const publicSurface = { subGraphs: ['Public' as const] };

export const BadgeAwardedRef = builder.objectRef<BadgeAwarded>('BadgeAwarded').implement({
  description: 'The activity awarded a level of a badge. Causes badge.awarded.',
  ...publicSurface,
  fields: (t) => ({
    awardId: t.id({ description: 'The award, baw_….', resolve: (it) => publicId('BadgeAward', it.awardId) }),
    code: t.exposeString('badgeCode', { description: 'Code of the badge.' }),
    name: t.exposeString('badgeName', {
      description: 'Name of the level, or of the badge, in the customer’s language at that time.',
    }),
    level: t.exposeString('level', { description: 'Code of the level.' }),
    levelNumber: t.exposeInt('levelNumber', { description: 'Its place from 1.' }),
    period: t.exposeString('period', {
      description: 'Of which period, by the program’s zone: 2026-11-22, 2026-W47, 2026-11, 2026 or all.',
    }),
    occurrence: t.exposeInt('occurrence', { description: 'The how manyth of its period.' }),
    points: t.expose('points', { type: 'Points', description: 'Points given; 0 is none.' }),
    currency: t.string({
      description: 'Code of the point currency.',
      resolve: async ({ currencyId }, _args, context) => {
        const { currencyById } = await context.deps.catalogues.current(programOf(context).programId);
        return currencyById.get(currencyId)?.code ?? '';
      },
    }),
    revision: t.exposeInt('revision', { description: 'The rule set’s revision.' }),
    heldUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'From then on, inclusive, it is no longer held; null never.',
      resolve: (it) => dateOf(it.heldUntil),
    }),
    transactionId: t.id({
      nullable: true,
      description: 'The ledger transaction, ltx_…; null when it gave no points.',
      resolve: (it) => (it.transactionId === null ? null : publicId('LedgerTransaction', it.transactionId)),
    }),
  }),
});
