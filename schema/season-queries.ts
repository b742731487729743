import { readPlan } from '#app/season/set-plan.ts';
import { verifySeason, type SeasonVerification } from '#app/season/verify.ts';
import { UserError } from '#domain/errors.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import { prizeCost, type PrizeCost } from '#domain/season/prizes.ts';
import { readSeasons, type Season } from '#storage/leaderboard-store.ts';
import { findSeasonRun, listSeasonRuns } from '#storage/season-store.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { findLeaderboard, LeaderboardRef } from './leaderboard.ts';
import { badUserInput, connectionOf, connectionType, isIntegerKey, pageArgs, readPage } from './paging.ts';
import { SealRef } from './sealed-standings.ts';
import { prizesOf, SeasonPlanRef, SeasonPrizesInput } from './season-plan.ts';
import { SeasonRef } from './season.ts';
import { bounded } from './standings.ts';

const publicSurface = { subGraphs: ['Public' as const] };
const SeasonConnection = connectionType('Season', SeasonRef, { subGraphs: ['Public'] });
const ENTRANTS_MAX = 1_000_000;
const PARTS_MAX = 10_000;

builder.objectFields(LeaderboardRef, (t) => ({
  cron: t.exposeString('cron', {
    nullable: true,
    ...publicSurface,
    description: 'When seasons of CRON begin: five fields in the program’s time zone; null for other periods.',
  }),
  seasonPlan: t.field({
    type: SeasonPlanRef,
    ...publicSurface,
    description: 'What seasons that open from now on promise.',
    resolve: (board) => board.plan,
  }),
  seasons: t.field({
    type: SeasonConnection,
    ...publicSurface,
    description: 'Its seasons, the newest first, those to come among them. They stay readable for ever.',
    args: pageArgs,
    resolve: async (board, args, context) => {
      const page = readPage(args, ['seasons', board.id], isIntegerKey);
      const { programId } = programOf(context);
      const at = (position: { key: string; id: string } | null) =>
        position === null ? null : { startsAt: new Date(Number(position.key)), id: position.id };
      const runs = await listSeasonRuns(context.deps.reads, programId, board.id, {
        after: at(page.after),
        before: at(page.before),
        backwards: page.backwards,
        limit: page.limit + 1,
      });
      const seasons = await Promise.all(runs.map(({ id }) => context.loaders.season.load(id)));
      return connectionOf(
        seasons.filter((season) => season !== null),
        page,
        ({ id, startsAt }: Season) => ({ key: String(startsAt?.getTime() ?? 0), id }),
      );
    },
  }),
}));

builder.queryField('seasonStandings', (t) =>
  t.field({
    type: SealRef,
    nullable: true,
    ...publicSurface,
    description:
      'The sealed record of a season of a leaderboard; null before it is sealed, or when there is no such season that the caller may see. Needs leaderboard:read.',
    authScopes: { permission: 'leaderboard:read' },
    args: {
      id: t.arg.id({ description: 'The leaderboard, ldb_…. Give id or code.' }),
      code: t.arg.string({ description: 'The leaderboard by code. Give id or code.' }),
      season: t.arg.string({ required: true, description: 'Key of the season, such as 2026-W47.' }),
    },
    resolve: async (_root, { season: key, ...named }, context) => {
      const board = await findLeaderboard(named, context);
      if (board === null) return null;
      const run = await findSeasonRun(context.deps.reads, programOf(context).programId, board.id, key.slice(0, 60));
      return run === null || run.standingHash === null ? null : { run, decimals: board.scoreDecimals };
    },
  }),
);

const PreviewRef = builder.objectRef<PrizeCost & { names: readonly string[] }>('SeasonPrizePreview').implement({
  description: 'What prizes cost before anybody has won.',
  fields: (t) => ({
    withoutTies: t.expose('withoutTies', { type: 'Points', description: 'Points when no two customers tie.' }),
    worstCase: t.expose('worstCase', {
      type: 'Points',
      description: 'Most points that any standings can come to, the budget regarded.',
    }),
    uncapped: t.field({
      type: 'Decimal',
      description: 'The same without the budget: where it is more, ties may leave winners with less than their band.',
      resolve: (it) => String(it.uncapped),
    }),
    places: t.field({
      type: [PreviewPlacesRef],
      description: 'How many places each band has when no two tie; so many rewards and badges it takes.',
      resolve: (it) => it.names.map((name, index) => ({ name, places: it.places[index] ?? 0 })),
    }),
  }),
});

const PreviewPlacesRef = builder.objectRef<{ name: string; places: number }>('SeasonPrizePlaces').implement({
  description: 'Places of one band.',
  fields: (t) => ({
    band: t.exposeString('name', { description: 'Name of the band.' }),
    places: t.exposeInt('places', { description: 'How many.' }),
  }),
});

builder.queryField('seasonPrizePreview', (t) =>
  t.field({
    type: PreviewRef,
    nullable: true,
    description:
      'Reckons what prizes cost with so many customers ranked. Null for an unknown leaderboard, or where no prizes are planned and none are given. Needs leaderboard:write.',
    authScopes: { permission: 'leaderboard:write' },
    args: {
      id: t.arg.id({ description: 'The leaderboard, ldb_…. Give id or code.' }),
      code: t.arg.string({ description: 'The leaderboard by code. Give id or code.' }),
      prizes: t.arg({ type: SeasonPrizesInput, description: 'What is to be won; left out, as planned.' }),
      entrants: t.arg.int({
        required: true,
        description: 'Customers ranked, in each part of the board, 0 to 1,000,000.',
      }),
      parts: t.arg.int({
        required: true,
        defaultValue: 1,
        description: 'Parts of the board, 1 to 10,000; 1 by default.',
      }),
    },
    resolve: async (_root, { prizes, entrants, parts, ...named }, context) => {
      const board = await findLeaderboard(named, context);
      if (board === null) return null;
      bounded('entrants', entrants, 0, ENTRANTS_MAX);
      bounded('parts', parts, 1, PARTS_MAX);
      const catalogue = await context.deps.catalogues.current(programOf(context).programId);
      const { graceMinutes } = board.plan;
      try {
        const plan = prizes ? readPlan(catalogue, board, { graceMinutes, prizes: prizesOf(prizes) }) : board.plan;
        if (plan.prizes === null) return null;
        const names = plan.prizes.bands.map(({ name }) => name);
        return { ...prizeCost(plan.prizes, entrants, parts, board.tieRule), names };
      } catch (error) {
        throw error instanceof UserError ? badUserInput(error.message) : error;
      }
    },
  }),
);

const DifferenceRef = builder.objectRef<SeasonVerification['differences'][number]>('SeasonDifference').implement({
  description: 'A customer whose sealed row is not what activities come to.',
  fields: (t) => ({
    customerId: t.id({
      description: 'The customer, cus_….',
      resolve: ({ customerId }) => publicId('Customer', customerId),
    }),
    sealedRank: t.int({ nullable: true, description: 'Rank on record.', resolve: (it) => it.sealed?.rank ?? null }),
    recomputedRank: t.int({
      nullable: true,
      description: 'Rank by the recount.',
      resolve: (it) => it.recomputed?.rank ?? null,
    }),
  }),
});

const VerificationRef = builder.objectRef<SeasonVerification>('SeasonVerification').implement({
  description: 'How a sealed season compares with what its activities come to.',
  fields: (t) => ({
    isProven: t.exposeBoolean('isProven', { description: 'Whether the three hashes are one.' }),
    sealedHash: t.exposeString('sealedHash', { description: 'As it was written when the season was sealed.' }),
    rowsHash: t.exposeString('rowsHash', { description: 'Of the sealed rows as they are now.' }),
    recomputedHash: t.exposeString('recomputedHash', {
      description: 'Of standings counted anew from activities, reversals and the ledger, less the corrections.',
    }),
    count: t.exposeInt('count', { description: 'Customers ranked on record.' }),
    recomputedCount: t.exposeInt('recomputedCount', { description: 'Customers ranked by the recount.' }),
    differences: t.field({
      type: [DifferenceRef],
      description: 'Up to ten customers whose rows differ.',
      resolve: (it) => [...it.differences],
    }),
  }),
});

builder.queryField('seasonVerification', (t) =>
  t.field({
    type: VerificationRef,
    nullable: true,
    description:
      'Counts a sealed season anew and compares. Takes about a second for 100,000 activities. Null before it is sealed, or for an unknown season. Needs leaderboard:rebuild.',
    authScopes: { permission: 'leaderboard:rebuild' },
    args: { id: t.arg.id({ required: true, description: 'The season, sea_….' }) },
    resolve: async (_root, { id }, context) => {
      const uuid = uuidOf('Season', String(id));
      const { programId } = programOf(context);
      const [season] = uuid === null ? [] : await readSeasons(context.deps.reads, programId, [uuid]);
      const run = season === undefined ? null : await context.loaders.seasonRun.load(season.id);
      return run === null || run.standingHash === null ? null : verifySeason(context.deps, programId, run.id);
    },
  }),
);
