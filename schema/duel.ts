import type { DUEL_ROLES, DUEL_STATES, DuelSide } from '#domain/duel/duel.ts';
import { publicId } from '#domain/ids.ts';
import { listOpenDuels, type DuelView } from '#storage/duel-store.ts';

import { askingCustomer } from './acting-customer.ts';
import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { CustomerRef } from './customer.ts';
import { DUEL_LAWS, DuelKindRef } from './duel-kind.ts';
import { nowOf } from './redemption.ts';

export type { DuelView };

const publicSurface = { subGraphs: ['Public' as const] };
const OPEN_MAX = 50;

const DuelStateEnum = builder.enumType('DuelState', {
  description: 'How far a duel is.',
  ...publicSurface,
  values: {
    INVITED: { description: 'It waits for the challenged customer’s answer.' },
    OPEN: { description: 'It waits for anybody who takes it.' },
    RUNNING: { description: 'It was accepted, and is not decided.' },
    DECIDED: { description: 'It is over, with a result.' },
    DECLINED: { description: 'The challenged customer did not want it.' },
    WITHDRAWN: { description: 'The challenger took it back before it was accepted.' },
    LAPSED: { description: 'Nobody accepted it in time.' },
  } satisfies Record<(typeof DUEL_STATES)[number], object>,
});

const DuelRoleEnum = builder.enumType('DuelRole', {
  description: 'Which side of a duel.',
  ...publicSurface,
  values: {
    CHALLENGER: { description: 'Who offered it.' },
    OPPONENT: { description: 'Who was challenged, or took it.' },
  } satisfies Record<(typeof DUEL_ROLES)[number], object>,
});

const DuelSideRef = builder.objectRef<DuelSide>('DuelSide').implement({
  description: 'What one customer has in a duel.',
  ...publicSurface,
  fields: (t) => ({
    role: t.field({ type: DuelRoleEnum, description: 'Which side.', resolve: (it) => it.role }),
    customerId: t.id({ description: 'The customer, cus_….', resolve: (it) => publicId('Customer', it.customerId) }),
    displayName: t.string({
      nullable: true,
      description: 'The name or alias by which others know the customer; null when there is none to show.',
      resolve: (it, _args, context) => context.deps.displayNames.of(programOf(context).programId, it.customerId),
    }),
    score: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'What its attempts come to so far; null before the first.',
      resolve: ({ score }) => score?.toFixed() ?? null,
    }),
    attempts: t.exposeInt('attempts', { description: 'How many activities have counted.' }),
    hasWon: t.exposeBoolean('hasWon', { nullable: true, description: 'Null until it is decided.' }),
    points: t.expose('points', {
      type: 'Points',
      description: 'Points won: 0 without a prize, over the month’s limit, or where a cap left no room.',
    }),
    transactionId: t.id({
      nullable: true,
      description: 'The ledger transaction, ltx_…; null for none.',
      resolve: (it) => (it.transactionId === null ? null : publicId('LedgerTransaction', it.transactionId)),
    }),
  }),
});

export const DuelRef = builder.objectRef<DuelView>('Duel').implement({
  description: `One customer against another. ${DUEL_LAWS} Readable by both, and with tier:read; an open one by everybody with team:read.`,
  ...publicSurface,
  fields: (t) => ({
    id: t.id({ description: 'Its id, dul_….', resolve: ({ id }) => publicId('Duel', id) }),
    kind: t.field({
      type: DuelKindRef,
      nullable: true,
      description: 'What is contested, as the live rules say; null when they do not have it any more.',
      resolve: async ({ kindId }, _args, context) => {
        const { ruleSet } = await context.deps.catalogues.current(programOf(context).programId);
        return ruleSet.duelKinds.find(({ kind }) => kind.id === kindId)?.kind ?? null;
      },
    }),
    kindCode: t.exposeString('kindCode', { description: 'Code of the kind when it was offered.' }),
    state: t.field({ type: DuelStateEnum, description: 'How far it is.', resolve: (it) => it.state }),
    sides: t.field({
      type: [DuelSideRef],
      description: 'The challenger, then the opponent; the challenger alone while it is open.',
      resolve: (it) => it.sides,
    }),
    attemptsMax: t.int({
      nullable: true,
      description: 'How many activities count for each side; null has no end.',
      resolve: ({ terms }) => terms.attemptsMax,
    }),
    prize: t.field({
      type: 'Points',
      description: 'What a winner may get; 0 for the honour.',
      resolve: ({ terms }) => terms.prize?.points ?? 0,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was offered.' }),
    answerUntil: t.expose('answerUntil', { type: 'DateTime', description: 'From then on it cannot be accepted.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was accepted, inclusive; null before.',
    }),
    endsAt: t.expose('endsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'What occurs from then on does not count; null before it runs.',
    }),
    decidedAt: t.expose('decidedAt', { type: 'DateTime', nullable: true, description: 'Null until it is decided.' }),
  }),
});

builder.objectField(CustomerRef, 'duels', (t) =>
  t.field({
    type: [DuelRef],
    ...publicSurface,
    description:
      'The customer’s duels, the newest first, at most 100: those that are not over, and those that were offered within 30 days. Needs tier:read, or self:read for one’s own.',
    authScopes: { permission: ['tier:read', 'self:read'] },
    resolve: async ({ id }, _args, context) => [...(await context.loaders.duels.load(id))],
  }),
);

builder.queryField('openDuels', (t) =>
  t.field({
    type: [DuelRef],
    ...publicSurface,
    description: `Duels of a kind that anybody may accept now, the oldest first, at most ${OPEN_MAX}; without the asking customer’s own. Empty for an unknown kind. Needs team:read.`,
    authScopes: { permission: 'team:read' },
    args: { kind: t.arg.string({ required: true, description: 'Code of the kind.' }) },
    resolve: async (_root, { kind: code }, context) => {
      const { programId } = programOf(context);
      const { ruleSet } = await context.deps.catalogues.current(programId);
      const compiled = ruleSet.duelKinds.find(({ kind }) => kind.code === code);
      if (compiled === undefined) return [];
      return listOpenDuels(context.deps.reads, programId, {
        kindId: compiled.kind.id,
        now: await nowOf(context),
        exceptOf: askingCustomer(context),
        limit: OPEN_MAX,
      });
    },
  }),
);
