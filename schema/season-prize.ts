import { may } from '#domain/caller.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import type { SEASON_PRIZE_STATES } from '#domain/season/season.ts';
import { listSeasonPrizes, type SeasonPrize } from '#storage/season-prize-store.ts';

import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { findOwnCustomer } from './ledger-party.ts';
import { connectionOf, connectionType, isEmptyKey, pageArgs, readPage, type PageArgs } from './paging.ts';
import { PointCurrencyRef } from './point-currency.ts';
import { nowOf } from './redemption.ts';
import { SeasonRef } from './season.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const SeasonPrizeStateEnum = builder.enumType('SeasonPrizeState', {
  description: 'What became of a prize.',
  ...publicSurface,
  values: {
    DUE: { description: 'It is being given.' },
    CLAIMABLE: { description: 'It waits for its winner: prizeClaim.' },
    GIVEN: { description: 'Its points are on the ledger.' },
    EXPIRED: { description: 'Nobody claimed it in time.' },
    WITHHELD: { description: 'The winner was blocked or had left when it was to be given. Nobody moves up.' },
  } satisfies Record<(typeof SEASON_PRIZE_STATES)[number], object>,
});

export const SeasonPrizeRef = builder.objectRef<SeasonPrize>('SeasonPrize').implement({
  description:
    'What a customer won in a season, decided once from its sealed standings. Needs ledger:read, or self:read for one’s own.',
  ...publicSurface,
  fields: (t) => ({
    id: t.id({
      description: 'Its id, szp_…. There is no such thing twice.',
      resolve: ({ id }) => publicId('SeasonPrize', id),
    }),
    season: t.field({
      type: SeasonRef,
      nullable: true,
      description: 'In which season; null where the caller may not see its board.',
      resolve: ({ seasonId }, _args, context) =>
        may(context.caller, 'leaderboard:read') ? context.loaders.season.load(seasonId) : null,
    }),
    customerId: t.id({
      description: 'Who won, cus_….',
      resolve: ({ customerId }) => publicId('Customer', customerId),
    }),
    rank: t.exposeInt('rank', { description: 'The rank that won it.' }),
    tied: t.exposeInt('tied', { description: 'How many shared that rank.' }),
    band: t.string({
      nullable: true,
      description: 'Name of the band in the season’s plan.',
      resolve: async ({ seasonId, band }, _args, context) =>
        (await context.loaders.seasonRun.load(seasonId))?.plan?.prizes?.bands[band]?.name ?? null,
    }),
    points: t.expose('points', { type: 'Points', description: 'Points that were won.' }),
    granted: t.expose('granted', {
      type: 'Points',
      nullable: true,
      description:
        'Points that were given: less than were won where a balance cap had no room; null before, or without points.',
    }),
    currency: t.field({
      type: PointCurrencyRef,
      nullable: true,
      description: 'Of the points; null without any.',
      resolve: async ({ currencyId }, _args, context) =>
        (await context.deps.catalogues.current(programOf(context).programId)).currencyById.get(currencyId ?? '') ??
        null,
    }),
    reward: t.string({
      nullable: true,
      description: 'Code of the reward that was won; null for none, or one that is not live any more.',
      resolve: async ({ rewardId }, _args, context) => {
        const { ruleSet } = await context.deps.catalogues.current(programOf(context).programId);
        return ruleSet.rewards.byId.get(rewardId ?? '')?.reward.code ?? null;
      },
    }),
    redemptionId: t.id({
      nullable: true,
      description: 'The redemption by which the reward was given free, rdm_…; null for none.',
      resolve: ({ redemptionId }) => (redemptionId === null ? null : publicId('Redemption', redemptionId)),
    }),
    badge: t.exposeString('badge', { nullable: true, description: 'Code of the badge that was won; null for none.' }),
  }),
});

builder.objectFields(SeasonPrizeRef, (t) => ({
  state: t.field({
    type: SeasonPrizeStateEnum,
    description: 'What became of it, now.',
    resolve: async ({ state, claimUntil }, _args, context) =>
      state === 'CLAIMABLE' && claimUntil !== null && claimUntil <= (await nowOf(context)) ? 'EXPIRED' : state,
  }),
  claimUntil: t.expose('claimUntil', {
    type: 'DateTime',
    nullable: true,
    description: 'The first instant at which it cannot be claimed any more; null where nothing has to be claimed.',
  }),
  reason: t.exposeString('reason', {
    nullable: true,
    description:
      'Why it was withheld (BLOCKED, LEFT, GONE), or why the reward or badge of it could not be given (OUT_OF_STOCK, NOT_LIVE).',
  }),
  transactionId: t.id({
    nullable: true,
    description: 'The ledger transaction that gave the points, ltx_….',
    resolve: ({ transactionId }) => (transactionId === null ? null : publicId('LedgerTransaction', transactionId)),
  }),
  decidedAt: t.expose('decidedAt', { type: 'DateTime', description: 'When it was decided.' }),
  settledAt: t.expose('settledAt', {
    type: 'DateTime',
    nullable: true,
    description: 'When it was given, withheld or expired; null before.',
  }),
}));

const SeasonPrizeConnection = connectionType('SeasonPrize', SeasonPrizeRef, { subGraphs: ['Public'] });

async function pageOf(of: { seasonId: string } | { customerId: string }, args: PageArgs, context: Context) {
  const page = readPage(args, ['prizes', of], isEmptyKey);
  const way = { after: page.after?.id ?? null, before: page.before?.id ?? null, backwards: page.backwards };
  const { programId } = programOf(context);
  const rows = await listSeasonPrizes(context.deps.reads, programId, of, way, page.limit + 1);
  return connectionOf(rows, page, ({ id }) => ({ key: '', id }));
}

builder.objectField(SeasonRef, 'prizes', (t) =>
  t.field({
    type: SeasonPrizeConnection,
    subGraphs: [],
    description: 'What was won, in the order of places. Needs ledger:read.',
    authScopes: { permission: 'ledger:read' },
    args: pageArgs,
    resolve: ({ id }, args, context) => pageOf({ seasonId: id }, args, context),
  }),
);

builder.queryField('prizes', (t) =>
  t.field({
    type: SeasonPrizeConnection,
    ...publicSurface,
    description:
      'What a customer has won in seasons, the oldest first. Empty when there is no such customer. Needs ledger:read, or self:read for one’s own.',
    authScopes: { permission: ['ledger:read', 'self:read'] },
    args: {
      ...pageArgs,
      customerId: t.arg.id({ description: 'Whose, cus_…; a customer token may leave it out.' }),
      customerExternalId: t.arg.string({ description: 'Whose, by the tenant’s own id.' }),
    },
    resolve: async (_root, { customerId, customerExternalId, ...args }, context) => {
      const owner = await findOwnCustomer(context, { customerId, customerExternalId });
      if (owner !== null) return pageOf({ customerId: owner }, args, context);
      return connectionOf<SeasonPrize>([], readPage(args, ['prizes', null], isEmptyKey), () => ({ key: '', id: '' }));
    },
  }),
);

/** The prize of a public id, for those who may see it; null for any other. */
export function prizeIdOf(id: string | number): string | null {
  return uuidOf('SeasonPrize', String(id));
}
