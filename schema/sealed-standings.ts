import { may } from '#domain/caller.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import { scoreText } from '#domain/leaderboard/score.ts';
import type { SealedRow } from '#domain/season/sealed.ts';
import type { SeasonRun } from '#domain/season/season.ts';
import { listCorrections, type Correction, type CORRECTION_KINDS } from '#storage/season-correction-store.ts';
import { readSealedOf, readSealedPart } from '#storage/season-standing-store.ts';

import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { connectionOf, connectionType, isEmptyKey, isIntegerKey, pageArgs, readPage } from './paging.ts';
import { SeasonRef } from './season.ts';

const publicSurface = { subGraphs: ['Public' as const] };

/** A sealed row with what it takes to show it. */
export type ShownSealed = SealedRow & { programId: string; decimals: number };

/** Whether a caller may see by its id who stands there: the team, and everybody themselves. */
function mayName(context: Context, customerId: string): boolean {
  const { caller } = context;
  return may(caller, 'customer:read') || (caller.kind === 'CUSTOMER' && caller.customerId === customerId);
}

/** As on live boards, where who is hidden is not seen at all; a sealed row has to stay, and stays without a name. */
async function nameOf({ programId, customerId }: ShownSealed, context: Context): Promise<string | null> {
  const { appearance } = await context.loaders.appearance.load(customerId);
  if (appearance === 'HIDDEN' && !mayName(context, customerId)) return null;
  return context.deps.displayNames.of(programId, customerId);
}

const SealedStandingRef = builder.objectRef<ShownSealed>('SealedStanding').implement({
  description: 'One row of sealed standings. It never changes.',
  ...publicSurface,
  fields: (t) => ({
    rank: t.int({
      nullable: true,
      description: 'By the tie rule of the board; null for one’s own row where one was not listed.',
      resolve: (row) => row.rank,
    }),
    position: t.int({
      nullable: true,
      description: 'Place in the list, from 1 without gaps; null as the rank is.',
      resolve: (row) => row.position,
    }),
    tied: t.int({ nullable: true, description: 'How many share the rank.', resolve: (row) => row.tied }),
    part: t.exposeString('part', { nullable: true, description: 'The part of the board; empty where it has none.' }),
    score: t.field({
      type: 'Decimal',
      description: 'The exact score, with as many decimals as the board has.',
      resolve: ({ score, decimals }) => scoreText(score, decimals),
    }),
    reachedAt: t.expose('reachedAt', { type: 'DateTime', description: 'When it was reached.' }),
    customerId: t.id({
      nullable: true,
      description: 'The customer, cus_…; null without customer:read, but for one’s own row.',
      resolve: ({ customerId }, _args, context) =>
        mayName(context, customerId) ? publicId('Customer', customerId) : null,
    }),
    displayName: t.string({
      nullable: true,
      description:
        'The name or alias that the customer goes by now; null when there is none, and of who does not want to be seen any more, but for the team and oneself.',
      resolve: (row, _args, context) => nameOf(row, context),
    }),
  }),
});

const CorrectionKindEnum = builder.enumType('SeasonCorrectionKind', {
  description: 'What came too late.',
  values: {
    LATE_ACTIVITY: { description: 'An activity that happened within the season and was reported after lateUntil.' },
    LATE_REVERSAL: { description: 'The reversal, after lateUntil, of an activity that happened within the season.' },
  } satisfies Record<(typeof CORRECTION_KINDS)[number], object>,
});

type ShownCorrection = Correction & { decimals: number };

const CorrectionRef = builder.objectRef<ShownCorrection>('SeasonCorrection').implement({
  description:
    'Something that came after a season was sealed. It did not change the standings; they and the corrections together are all that is on record of the season.',
  fields: (t) => ({
    id: t.id({ description: 'Its id, szc_….', resolve: ({ id }) => publicId('SeasonCorrection', id) }),
    kind: t.field({ type: CorrectionKindEnum, description: 'What it is.', resolve: (it) => it.kind }),
    customerId: t.id({
      description: 'Whose, cus_….',
      resolve: ({ customerId }) => publicId('Customer', customerId),
    }),
    activityId: t.id({
      description: 'The activity, or the one that was reversed, act_….',
      resolve: ({ activityId }) => publicId('Activity', activityId),
    }),
    change: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'What it would have done to the score; null where only a recount would tell, as with a best.',
      resolve: ({ change, decimals }) => (change === null ? null : scoreText(change, decimals)),
    }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When the activity happened.' }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it came to be known.' }),
  }),
});

const SealedConnection = connectionType(
  'SealedStanding',
  SealedStandingRef,
  publicSurface as { subGraphs: ['Public'] },
);
const CorrectionConnection = connectionType('SeasonCorrection', CorrectionRef);

/** A sealed season with the decimals of its board. */
export type Seal = { run: SeasonRun; decimals: number };

export const SealRef = builder.objectRef<Seal>('SeasonSeal').implement({
  description:
    'The sealed record of a season: final standings, a hash over them in a documented form, and what the hash stands for. It stays readable for ever.',
  ...publicSurface,
  fields: (t) => ({
    hash: t.string({
      description: 'SHA-256 in hexadecimal digits; docs/seasons.md says of which text.',
      resolve: ({ run }) => run.standingHash ?? '',
    }),
    sealedAt: t.field({
      type: 'DateTime',
      description: 'When it was sealed.',
      resolve: ({ run }) => run.sealedAt ?? new Date(0),
    }),
    ruleRevision: t.int({
      description: 'Revision of the rules that was live then; 0 is none.',
      resolve: ({ run }) => run.ruleRevision ?? 0,
    }),
    count: t.int({ description: 'Customers who are ranked.', resolve: ({ run }) => run.standingCount ?? 0 }),
    page: t.field({
      type: SealedConnection,
      description: 'The standings of one part of the board, by position.',
      args: {
        ...pageArgs,
        part: t.arg.string({
          required: true,
          defaultValue: '',
          description: 'Which part; empty, the default, on a board without parts.',
        }),
      },
      resolve: (seal, args, context) => pageOf(seal, args, context),
    }),
    rank: t.field({
      type: SealedStandingRef,
      nullable: true,
      description: 'One customer’s row; null for who was not on the board, or not listed, but for oneself.',
      args: {
        customerId: t.arg.id({ description: 'The customer, cus_…; a customer token may leave it out.' }),
      },
      resolve: (seal, { customerId }, context) => rowOf(seal, customerId, context),
    }),
    corrections: t.field({
      type: CorrectionConnection,
      subGraphs: [],
      description: 'What came after the sealing, in that order. Needs activity:read.',
      authScopes: { permission: 'activity:read' },
      args: pageArgs,
      resolve: async ({ run, decimals }, args, context) => {
        const page = readPage(args, ['corrections', run.id], isEmptyKey);
        const { programId } = programOf(context);
        const way = { after: page.after?.id ?? null, before: page.before?.id ?? null, backwards: page.backwards };
        const rows = await listCorrections(context.deps.reads, programId, run.id, way, page.limit + 1);
        return connectionOf(
          rows.map((row): ShownCorrection => ({ ...row, decimals })),
          page,
          ({ id }) => ({ key: '', id }),
        );
      },
    }),
  }),
});

type SealPageArgs = Parameters<typeof readPage>[0] & { part: string };

async function pageOf({ run, decimals }: Seal, { part, ...args }: SealPageArgs, context: Context) {
  const page = readPage(args, ['sealed', run.id, part], isIntegerKey);
  const from = Math.max(0, Number(page.after?.key ?? 0));
  const to = Math.max(from, Number(page.before?.key ?? (run.standingCount ?? 0) + 1) - 1);
  const count = Math.min(page.limit + 1, to - from);
  const rows = await readSealedPart(context.deps.reads, run.programId, run.id, {
    part,
    offset: page.backwards ? to - count : from,
    count,
  });
  const shown = rows.map((row): ShownSealed => ({ ...row, programId: run.programId, decimals }));
  return connectionOf(page.backwards ? shown.toReversed() : shown, page, (row) => ({
    key: String(row.position),
    id: row.customerId,
  }));
}

async function rowOf(
  { run, decimals }: Seal,
  id: string | number | null | undefined,
  context: Context,
): Promise<ShownSealed | null> {
  const { caller } = context;
  const own = caller.kind === 'CUSTOMER' ? caller.customerId : null;
  const customerId = id === null || id === undefined ? own : uuidOf('Customer', String(id));
  if (customerId === null) return null;
  const [row] = await readSealedOf(context.deps.reads, run.programId, run.id, [customerId]);
  const isShown = row !== undefined && (row.position !== null || mayName(context, customerId));
  return isShown ? { ...row, programId: run.programId, decimals } : null;
}

builder.objectField(SeasonRef, 'seal', (t) =>
  t.field({
    type: SealRef,
    nullable: true,
    ...publicSurface,
    description: 'Its sealed record; null before it is sealed.',
    resolve: async (season, _args, context) => {
      const run = await context.loaders.seasonRun.load(season.id);
      const { leaderboardById } = await context.deps.catalogues.current(programOf(context).programId);
      const decimals = leaderboardById.get(season.leaderboardId)?.scoreDecimals ?? 0;
      return run === null || run.standingHash === null ? null : { run, decimals };
    },
  }),
);
