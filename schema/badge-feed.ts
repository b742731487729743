import { readLevels } from '#app/tier/read.ts';
import { uuidOf } from '#domain/ids.ts';
import { levelAt } from '#domain/level/level.ts';
import type { BadgeSource } from '#src/projections/badge-reader.ts';
import type { AwardRow } from '#storage/badge-award-store.ts';

import { AWARDS_MAX, BadgeAwardRef, badgeNow, BadgeSourceEnum, checkFirst, isTeam } from './badge-award.ts';
import { BadgeRef } from './badge.ts';
import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { CustomerRef } from './customer.ts';
import { findLeaderboard } from './leaderboard.ts';
import { StandingRef } from './standing.ts';
import { placeOf } from './standings.ts';

const publicSurface = { subGraphs: ['Public' as const] };

type Person = { customerId: string; name: string | null };

/** As customers appear on boards; null where they are not to be seen by this caller. */
async function personOf(context: Context, customerId: string): Promise<Person | null> {
  const { programId } = programOf(context);
  const { appearance, alias } = await context.loaders.appearance.load(customerId);
  if (isTeam(context) || appearance === 'NAME')
    return { customerId, name: await context.deps.displayNames.of(programId, customerId) };
  if (appearance === 'HIDDEN') return null;
  return { customerId, name: appearance === 'ALIAS' ? alias : null };
}

type FeedItem = { award: AwardRow; person: Person };

const name = {
  nullable: true as const,
  description: 'As the customer chose to appear on leaderboards; null without a name.',
};

const FeedItemRef = builder.objectRef<FeedItem>('BadgeFeedItem').implement({
  description: 'Somebody was awarded a badge.',
  ...publicSurface,
  fields: (t) => ({
    badge: t.field({
      type: BadgeRef,
      nullable: true,
      description: 'The badge as it is live now; null when there is no such badge any more.',
      resolve: async ({ award }, _args, context) => {
        const { ruleSet } = await context.deps.catalogues.current(programOf(context).programId);
        return ruleSet.badges.byId.get(award.badgeId)?.badge ?? null;
      },
    }),
    code: t.string({ description: 'Code of the badge.', resolve: ({ award }) => award.badgeCode }),
    level: t.string({ description: 'Code of the level.', resolve: ({ award }) => award.levelCode }),
    earnedAt: t.field({ type: 'DateTime', description: 'When it was earned.', resolve: ({ award }) => award.earnedAt }),
    displayName: t.string({ ...name, resolve: ({ person }) => person.name }),
    award: t.field({
      type: BadgeAwardRef,
      subGraphs: [],
      authScopes: { permission: 'customer:read' },
      description: 'The award. Needs customer:read.',
      resolve: ({ award }) => award,
    }),
    customer: t.field({
      type: CustomerRef,
      nullable: true,
      subGraphs: [],
      authScopes: { permission: 'customer:read' },
      description: 'Who. Needs customer:read.',
      resolve: ({ award }, _args, context) => context.loaders.customer.load(award.customerId),
    }),
  }),
});

const FeedRef = builder.objectRef<{ source: BadgeSource; items: readonly FeedItem[] }>('BadgeFeed').implement({
  description: 'Recent awards of the program that are held and shown, newest first.',
  ...publicSurface,
  fields: (t) => ({
    source: t.field({ type: BadgeSourceEnum, description: 'Where it comes from.', resolve: (it) => it.source }),
    items: t.field({ type: [FeedItemRef], description: 'The newest first.', resolve: (it) => [...it.items] }),
  }),
});

const firstArg = builder.args((t) => ({
  first: t.int({ required: true, defaultValue: 20, description: `How many at most, 1 to ${AWARDS_MAX}.` }),
}));

async function seenItems(context: Context, awards: readonly AwardRow[]): Promise<FeedItem[]> {
  const seen = await context.loaders.seenBadges.load('all');
  const shown = awards.filter(({ badgeId }) => seen === null || seen.has(badgeId));
  const people = await Promise.all(shown.map(({ customerId }) => personOf(context, customerId)));
  return shown.flatMap((award, place) => {
    const person = people[place] ?? null;
    return person === null ? [] : [{ award, person }];
  });
}

type Holder = { person: Person; since: Date };

const HolderRef = builder.objectRef<Holder>('BadgeHolder').implement({
  description: 'Somebody who holds a badge.',
  ...publicSurface,
  fields: (t) => ({
    displayName: t.string({ ...name, resolve: ({ person }) => person.name }),
    since: t.expose('since', { type: 'DateTime', description: 'When their newest award of it was earned.' }),
    customer: t.field({
      type: CustomerRef,
      nullable: true,
      subGraphs: [],
      authScopes: { permission: 'customer:read' },
      description: 'Who. Needs customer:read.',
      resolve: ({ person }, _args, context) => context.loaders.customer.load(person.customerId),
    }),
  }),
});

builder.objectField(BadgeRef, 'holders', (t) =>
  t.field({
    type: [HolderRef],
    subGraphs: [],
    authScopes: { permission: 'customer:read' },
    description: 'Who holds it, whoever was awarded last first. Needs customer:read.',
    args: firstArg,
    resolve: async ({ id }, { first }, context) => {
      checkFirst(first);
      const { programId } = programOf(context);
      const { newest } = await context.deps.badges.holders(programId, id, await badgeNow(context), first);
      const people = await Promise.all(newest.map(({ customerId }) => personOf(context, customerId)));
      return newest.flatMap(({ since }, place) => {
        const person = people[place] ?? null;
        return person === null ? [] : [{ person, since }];
      });
    },
  }),
);

builder.queryField('badgeFeed', (t) =>
  t.field({
    type: FeedRef,
    ...publicSurface,
    description:
      'Recent awards of the program that are held and shown, newest first. Customers who chose not to be seen on leaderboards are left out, and so are badges that the caller may not see. Needs badge:read.',
    authScopes: { permission: 'badge:read' },
    args: firstArg,
    resolve: async (_root, { first }, context) => {
      checkFirst(first);
      const { programId } = programOf(context);
      const { state, awards } = await context.deps.badges.feed(programId, await badgeNow(context), first);
      return { source: state, items: await seenItems(context, awards) };
    },
  }),
);

type Profile = { person: Person };

const ProfileRef = builder.objectRef<Profile>('PublicProfile').implement({
  description: 'What a customer shows to others: a name, a level, where it stands on leaderboards, chosen badges.',
  ...publicSurface,
  fields: (t) => ({
    displayName: t.string({ ...name, resolve: ({ person }) => person.name }),
    level: t.string({
      nullable: true,
      description: 'Name of the customer’s level; null below the first, or while no levels are live.',
      resolve: async ({ person }, _args, context) => {
        const { programId } = programOf(context);
        const { ruleSet } = await context.deps.catalogues.current(programId);
        const [reached = null] = await readLevels(context.deps, programId, [person.customerId]);
        return reached === null ? null : (levelAt(ruleSet.levels, reached.points).level?.name ?? null);
      },
    }),
    standing: t.field({
      type: StandingRef,
      nullable: true,
      description:
        'Where the customer stands on a leaderboard now, on a board of teams its team. Null on a board that the caller may not see, or whose customers see their neighbours alone, and for who is not on it. Needs leaderboard:read.',
      authScopes: { permission: 'leaderboard:read' },
      args: {
        id: t.arg.id({ description: 'The leaderboard, ldb_…. Give id or code.' }),
        code: t.arg.string({ description: 'The leaderboard by code. Give id or code.' }),
      },
      resolve: async ({ person }, named, context) => {
        const board = await findLeaderboard(named, context);
        return board === null ? null : placeOf(board, person.customerId, context);
      },
    }),
    badges: t.field({
      type: [FeedItemRef],
      description: 'Awards that are held and shown, newest first; hidden badges are left out.',
      args: firstArg,
      resolve: async ({ person }, { first }, context) => {
        checkFirst(first);
        const { programId } = programOf(context);
        const now = await badgeNow(context);
        const { awards } = await context.deps.badges.shelf(programId, person.customerId, now, AWARDS_MAX);
        return (
          await seenItems(
            context,
            awards.filter(({ visible }) => visible),
          )
        ).slice(0, first);
      },
    }),
  }),
});

builder.queryField('publicProfile', (t) =>
  t.field({
    type: ProfileRef,
    nullable: true,
    ...publicSurface,
    description:
      'What a customer shows to others. Null for one who does not exist, or chose not to be seen on leaderboards. Needs badge:read.',
    authScopes: { permission: 'badge:read' },
    args: { customerId: t.arg.id({ required: true, description: 'Whose, cus_….' }) },
    resolve: async (_root, { customerId }, context) => {
      const uuid = uuidOf('Customer', String(customerId));
      if (uuid === null || !(await context.loaders.customerExists.load(uuid))) return null;
      const person = await personOf(context, uuid);
      return person === null ? null : { person };
    },
  }),
);
