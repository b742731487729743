import type { BADGE_STATES, BadgeProgress, CriterionProgress } from '#domain/badge/progress.ts';
import { may } from '#domain/caller.ts';
import { publicId } from '#domain/ids.ts';
import type { BadgeSource } from '#src/projections/badge-reader.ts';
import type { AwardRow } from '#storage/badge-award-store.ts';

import { BadgeRef, CriterionKindEnum } from './badge.ts';
import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { CustomerRef } from './customer.ts';
import { badUserInput } from './paging.ts';

const publicSurface = { subGraphs: ['Public' as const] };
const READERS = { permission: ['customer:read', 'self:read'] as const };
/** Most awards of one answer. */
export const AWARDS_MAX = 100;

export const BadgeAwardRef = builder.objectRef<AwardRow>('BadgeAward');

builder.node(BadgeAwardRef, {
  description:
    'A badge that a customer was awarded. What it is never changes; it may be revoked, expire, or be hidden from others.',
  ...publicSurface,
  id: { resolve: ({ id }) => id, description: 'Global id, baw_….' },
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'badgeCode' in value && 'levelNumber' in value,
  loadMany: (ids, context) => Promise.all(ids.map((id) => context.loaders.badgeAward.load(id))),
  fields: (t) => ({
    badge: t.field({
      type: BadgeRef,
      nullable: true,
      description: 'The badge as it is live now; null when there is no such badge any more.',
      resolve: async ({ badgeId }, _args, context) => {
        const { ruleSet } = await context.deps.catalogues.current(programOf(context).programId);
        return ruleSet.badges.byId.get(badgeId)?.badge ?? null;
      },
    }),
    code: t.exposeString('badgeCode', { description: 'Code of the badge at that time.' }),
    level: t.exposeString('levelCode', { description: 'Code of the level.' }),
    levelNumber: t.exposeInt('levelNumber', { description: 'Its place from 1 at that time.' }),
    period: t.exposeString('period', {
      description:
        'Of which period, by the program’s zone: 2026-11-22, 2026-W47, 2026-11, 2026 or all; hand where it was given.',
    }),
    occurrence: t.exposeInt('occurrence', { description: 'The how manyth of its period.' }),
    earnedAt: t.expose('earnedAt', {
      type: 'DateTime',
      description: 'When the activity occurred that reached it, or when it was given.',
    }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was written down.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'From then on, inclusive, it is no longer held; null never.',
    }),
    activityId: t.id({
      nullable: true,
      description: 'The activity that reached it, act_…; null where it was given by hand.',
      resolve: ({ activityId }) => (activityId === null ? null : publicId('Activity', activityId)),
    }),
    byHand: t.exposeBoolean('byHand', { description: 'Whether somebody gave it.' }),
    silent: t.exposeBoolean('silent', { description: 'Whether it was credited for the past, without a notice.' }),
    points: t.expose('points', { type: 'Points', nullable: true, description: 'Points that it gave; null for none.' }),
    transactionId: t.id({
      nullable: true,
      description: 'Their ledger transaction, ltx_…; null for none.',
      resolve: ({ transactionId }) => (transactionId === null ? null : publicId('LedgerTransaction', transactionId)),
    }),
    visible: t.exposeBoolean('visible', { description: 'Whether the customer shows it to others.' }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was taken back; null: it was not.',
    }),
    revision: t.exposeInt('revision', { description: 'The rule set’s revision.' }),
  }),
});

builder.objectFields(BadgeAwardRef, (t) => ({
  reason: t.exposeString('reason', {
    nullable: true,
    subGraphs: [],
    authScopes: { permission: 'customer:read' },
    description: 'Why it was given by hand. Needs customer:read.',
  }),
  actor: t.exposeString('actor', {
    subGraphs: [],
    authScopes: { permission: 'customer:read' },
    description: 'Who caused it. Needs customer:read.',
  }),
  revokedReason: t.exposeString('revokedReason', {
    nullable: true,
    subGraphs: [],
    authScopes: { permission: 'customer:read' },
    description: 'Why it was taken back. Needs customer:read.',
  }),
  revokedBy: t.exposeString('revokedBy', {
    nullable: true,
    subGraphs: [],
    authScopes: { permission: 'customer:read' },
    description: 'Who took it back. Needs customer:read.',
  }),
}));

const StateEnum = builder.enumType('BadgeState', {
  description: 'How far a customer is with a badge, in the running period.',
  ...publicSurface,
  values: {
    NOT_STARTED: { description: 'Nothing that it asks for is there.' },
    IN_PROGRESS: { description: 'Something is there, and a level or one more can still be earned.' },
    EARNED: { description: 'It is held, and nothing is left to earn at present.' },
  } satisfies Record<(typeof BADGE_STATES)[number], object>,
});

const CriterionProgressRef = builder.objectRef<CriterionProgress>('BadgeCriterionProgress').implement({
  description: 'How far a customer is with one criterion of the next level.',
  ...publicSurface,
  fields: (t) => ({
    kind: t.field({
      type: CriterionKindEnum,
      description: 'What it looks at; a level of the program is told as POINTS.',
      resolve: ({ criterion }) => {
        if (criterion.kind !== 'AMOUNT') return criterion.kind;
        if (criterion.days) return 'DAYS';
        return criterion.measure.kind === 'SPEND' ? 'SUM' : criterion.measure.kind;
      },
    }),
    needed: t.field({
      type: 'Decimal',
      description: 'What it takes; 1 for a tier or badge.',
      resolve: (it) => it.needed.toFixed(),
    }),
    has: t.field({
      type: 'Decimal',
      description: 'What is there; 0 or 1 for a tier or badge.',
      resolve: (it) => it.has.toFixed(),
    }),
    missing: t.field({
      type: 'Decimal',
      description: 'What is missing; 0 when it holds.',
      resolve: (it) => it.missing.toFixed(),
    }),
  }),
});

const NextRef = builder.objectRef<NonNullable<BadgeProgress['next']>>('BadgeNext').implement({
  description: 'What comes next of a badge.',
  ...publicSurface,
  fields: (t) => ({
    level: t.exposeString('level', { description: 'Code of the level.' }),
    levelNumber: t.exposeInt('number', { description: 'Its place from 1.' }),
    occurrence: t.exposeInt('occurrence', { description: 'The how manyth it will be of its period.' }),
    criteria: t.field({
      type: [CriterionProgressRef],
      description: 'Each criterion, in the order of the badge.',
      resolve: (it) => [...it.criteria],
    }),
  }),
});

export const BadgeProgressRef = builder.objectRef<BadgeProgress>('BadgeProgress').implement({
  description: 'How far a customer is with a badge.',
  ...publicSurface,
  fields: (t) => ({
    badge: t.field({ type: BadgeRef, description: 'Which badge.', resolve: (it) => it.compiled.badge }),
    state: t.field({ type: StateEnum, description: 'How far.', resolve: (it) => it.state }),
    period: t.exposeString('period', {
      description: 'The running period: 2026-11-22, 2026-W47, 2026-11, 2026 or all.',
    }),
    level: t.exposeString('held', {
      nullable: true,
      description: 'Code of the highest level that is held; null is none.',
    }),
    next: t.field({
      type: NextRef,
      nullable: true,
      description:
        'What comes next, and what is missing; null where nothing is left to earn, or it is only given by hand.',
      resolve: (it) => it.next,
    }),
  }),
});

/** Whether lists come from the ranked copy or from the record. */
export const BadgeSourceEnum = builder.enumType('BadgeSource', {
  description: 'Where an answer comes from.',
  ...publicSurface,
  values: {
    LIVE: { description: 'From the live copy, milliseconds behind the record.' },
    STALE: {
      description: 'From the record itself, because the live copy is away or being built. It is right all the same.',
    },
  } satisfies Record<BadgeSource, object>,
});

const ShelfRef = builder.objectRef<{ state: BadgeSource; awards: readonly AwardRow[] }>('BadgeShelf').implement({
  description: 'Awards that a customer holds, newest first.',
  ...publicSurface,
  fields: (t) => ({
    source: t.field({ type: BadgeSourceEnum, description: 'Where it comes from.', resolve: (it) => it.state }),
    awards: t.field({ type: [BadgeAwardRef], description: 'The newest first.', resolve: (it) => [...it.awards] }),
  }),
});

/** The instant of a read, by the program's clock. */
export async function badgeNow(context: Context): Promise<Date> {
  const { program } = await context.deps.catalogues.current(programOf(context).programId);
  return program.testClock ?? context.deps.clock();
}

export function checkFirst(first: number): void {
  if (first < 1 || first > AWARDS_MAX) throw badUserInput(`first is 1 to ${AWARDS_MAX}.`);
}

builder.objectFields(CustomerRef, (t) => ({
  badges: t.field({
    type: [BadgeProgressRef],
    description:
      'How far the customer is with each live badge, in the order of the catalogue. A customer does not see hidden ones that they do not hold. Needs customer:read, or self:read for one’s own.',
    authScopes: READERS,
    resolve: async ({ id }, _args, context) => [...(await context.loaders.badges.load(id))],
  }),
  badgeShelf: t.field({
    type: ShelfRef,
    description: 'Awards that the customer holds, newest first. Needs customer:read, or self:read for one’s own.',
    authScopes: READERS,
    args: { first: t.arg.int({ required: true, defaultValue: 20, description: `How many, 1 to ${AWARDS_MAX}.` }) },
    resolve: async ({ id }, { first }, context) => {
      checkFirst(first);
      return context.deps.badges.shelf(programOf(context).programId, id, await badgeNow(context), first);
    },
  }),
}));

/** Whether the caller sees who everybody is. */
export function isTeam(context: Context): boolean {
  return may(context.caller, 'customer:read');
}
