import type { PrizesInput } from '#app/season/set-plan.ts';
import { PERCENT_ALL, type PRIZE_TIES, type PrizeBand, type PrizePlan, type SeasonPlan } from '#domain/season/plan.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { PointCurrencyRef } from './point-currency.ts';

const publicSurface = { subGraphs: ['Public' as const] };

const PrizeTiesEnum = builder.enumType('PrizeTies', {
  description: 'What customers who share a rank win.',
  ...publicSurface,
  values: {
    BETTER_BAND: { description: 'Each of them the band of the best of their places.' },
    SPLIT: {
      description:
        'The points of all their places, shared equally and rounded down; what does not divide is not paid. Rewards and badges go to each of them as in BETTER_BAND.',
    },
  } satisfies Record<(typeof PRIZE_TIES)[number], object>,
});

const PrizeBandKindEnum = builder.enumType('PrizeBandKind', {
  description: 'How a band names its places.',
  ...publicSurface,
  values: {
    RANK: { description: 'By rank, from one to another, both included.' },
    PERCENT: {
      description:
        'By the share of all who are ranked, beyond one percentage and up to another; a started place is whole.',
    },
  } satisfies Record<PrizeBand['kind'], object>,
});

/** A percentage with two decimals at most, as it is counted. */
const bound = (band: Pick<PrizeBand, 'kind'>, value: number): string =>
  band.kind === 'RANK' ? String(value) : String(value / 100);

const PrizeBandRef = builder.objectRef<PrizeBand>('PrizeBand').implement({
  description: 'Places that win the same. A customer gets the first band of the list that holds the place.',
  ...publicSurface,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name for people.' }),
    kind: t.field({ type: PrizeBandKindEnum, description: 'How it names its places.', resolve: (it) => it.kind }),
    from: t.field({
      type: 'Decimal',
      description: 'The first rank; or the percentage beyond which it begins.',
      resolve: (it) => bound(it, it.from),
    }),
    to: t.field({
      type: 'Decimal',
      description: 'The last rank; or the percentage up to which it goes.',
      resolve: (it) => bound(it, it.to),
    }),
    points: t.expose('points', { type: 'Points', description: 'Points of each place; 0 gives none.' }),
    reward: t.string({
      nullable: true,
      description: 'Code of the reward that is given free; null gives none, or one that is not live any more.',
      resolve: async ({ rewardId }, _args, context) => {
        const { ruleSet } = await context.deps.catalogues.current(programOf(context).programId);
        return ruleSet.rewards.byId.get(rewardId ?? '')?.reward.code ?? null;
      },
    }),
    badge: t.exposeString('badge', {
      nullable: true,
      description: 'Code of the badge that is given; null gives none.',
    }),
  }),
});

const PrizePlanRef = builder.objectRef<PrizePlan>('PrizePlan').implement({
  description: 'What is to be won in a season.',
  ...publicSurface,
  fields: (t) => ({
    bands: t.field({ type: [PrizeBandRef], description: 'Who wins what.', resolve: (it) => [...it.bands] }),
    ties: t.field({ type: PrizeTiesEnum, description: 'What shared ranks win.', resolve: (it) => it.ties }),
    currency: t.field({
      type: PointCurrencyRef,
      nullable: true,
      description: 'Of the points; null where no band gives any.',
      resolve: async ({ currencyId }, _args, context) =>
        (await context.deps.catalogues.current(programOf(context).programId)).currencyById.get(currencyId ?? '') ??
        null,
    }),
    budget: t.expose('budget', {
      type: 'Points',
      nullable: true,
      description:
        'Most points of a season. They are paid from the first place on; the group for which the rest is too little shares it, rounded down, and nobody after it wins points. Null where the bands are a limit by themselves.',
    }),
    minimumEntrants: t.exposeInt('minimumEntrants', {
      description: 'With fewer customers ranked, nobody wins anything.',
    }),
    claimDays: t.exposeInt('claimDays', {
      nullable: true,
      description: 'Days, from the settlement, within which a winner claims; null gives at once.',
    }),
  }),
});

export const SeasonPlanRef = builder.objectRef<SeasonPlan>('SeasonPlan').implement({
  description: 'What a season promises. It keeps the plan that it opened with.',
  ...publicSurface,
  fields: (t) => ({
    graceMinutes: t.exposeInt('graceMinutes', {
      description: 'How long after the end activities that happened within the season still count. 720 by default.',
    }),
    prizes: t.field({
      type: PrizePlanRef,
      nullable: true,
      description: 'What is to be won; null where nothing is.',
      resolve: (it) => it.prizes,
    }),
  }),
});

const PrizeBandInput = builder.inputType('PrizeBandInput', {
  description: 'Places that win the same.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name for people, 1 to 100 characters.' }),
    kind: t.field({
      type: PrizeBandKindEnum,
      required: true,
      defaultValue: 'RANK',
      description: 'How it names its places.',
    }),
    from: t.field({
      type: 'Decimal',
      required: true,
      description:
        'The first rank, from 1; or the percentage beyond which it begins, from 0, with two decimals at most.',
    }),
    to: t.field({
      type: 'Decimal',
      required: true,
      description: 'The last rank; or the percentage up to which it goes, at most 100.',
    }),
    points: t.field({
      type: 'Points',
      required: true,
      defaultValue: 0,
      description: 'Points of each place; 0 by default.',
    }),
    reward: t.string({ description: 'Code of a live reward to be given free.' }),
    badge: t.string({ description: 'Code of a badge to be given.' }),
  }),
});

export const SeasonPrizesInput = builder.inputType('SeasonPrizesInput', {
  description: 'What is to be won in a season.',
  fields: (t) => ({
    bands: t.field({ type: [PrizeBandInput], required: true, description: 'Who wins what, 1 to 50 bands.' }),
    ties: t.field({ type: PrizeTiesEnum, required: true, description: 'What shared ranks win.' }),
    currency: t.string({ description: 'Code of the currency of all points; the default one when left out.' }),
    minimumScore: t.field({
      type: 'Decimal',
      description: 'Who did worse wins nothing, and leaves the places as they are.',
    }),
    minimumEntrants: t.int({
      required: true,
      defaultValue: 0,
      description: 'With fewer customers ranked, nobody wins anything; 0 by default.',
    }),
    budget: t.field({
      type: 'Points',
      description: 'Most points of a season. Needed where ties or shares could cost without limit.',
    }),
    claimDays: t.int({
      description: 'Days within which a winner claims, 1 to 366; left out, prizes are given at once.',
    }),
  }),
});

type Decimals = { from: string; to: string; kind: PrizeBand['kind'] };

/** Ranks as they are, percentages in hundredths; what is none becomes a number that no plan allows. */
function placesOf({ from, to, kind }: Decimals): { from: number; to: number } {
  const scale = kind === 'RANK' ? 1 : PERCENT_ALL / 100;
  const count = (text: string): number => Math.round(Number(text) * scale * 1_000) / 1_000;
  return { from: count(from), to: count(to) };
}

/** The prizes that an input means, with codes as they were given. */
export function prizesOf(input: typeof SeasonPrizesInput.$inferInput): PrizesInput {
  return {
    ties: input.ties,
    currency: input.currency ?? null,
    minimumScore: input.minimumScore ?? null,
    minimumEntrants: input.minimumEntrants,
    budget: input.budget ?? null,
    claimDays: input.claimDays ?? null,
    bands: input.bands.map(({ name, kind, from, to, points, reward, badge }) => ({
      ...{ name, kind, points, reward: reward ?? null, badge: badge ?? null },
      ...placesOf({ from, to, kind }),
    })),
  };
}

export const DatedSeasonInput = builder.inputType('DatedSeasonInput', {
  description: 'A season by dates.',
  fields: (t) => ({
    key: t.string({ required: true, description: 'Its key: lower-case letters, digits, _ and -, at most 20.' }),
    name: t.string({ required: true, description: 'Its name for people, 1 to 200 characters.' }),
    startsAt: t.field({ type: 'DateTime', required: true, description: 'Its first instant.' }),
    endsAt: t.field({ type: 'DateTime', required: true, description: 'The first instant after it.' }),
  }),
});
