import { may, type Permission } from '#domain/caller.ts';
import { TIMELINE_KINDS, type TimelineEntry, type TimelineKind } from '#domain/customer/timeline.ts';
import { publicId, type IdType } from '#domain/ids.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';

import { ActivityTypeRef } from './activity-type.ts';
import { ActivityRef } from './activity.ts';
import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { CustomerRef } from './customer.ts';
import { EnrolmentStateEnum } from './enrolment-state.ts';
import { LedgerTransactionRef, TransactionKindEnum } from './ledger-transaction.ts';
import { connectionOf, connectionType, isIntegerKey, pageArgs, readPage } from './paging.ts';
import { PointCurrencyRef } from './point-currency.ts';
import { RedemptionRef, RedemptionStateEnum } from './redemption.ts';

type EntryOf<Kind extends TimelineKind> = Extract<TimelineEntry, { kind: Kind }>;

/** What the team writes for itself. */
const TEAM_ONLY = { subGraphs: [], authScopes: { permission: 'customer:read' as const } };
const PUBLIC = { subGraphs: ['Public' as const] };

const TimelineKindEnum = builder.enumType('TimelineKind', {
  description: 'What can happen to a customer.',
  ...PUBLIC,
  values: {
    ACTIVITY: { description: 'Something that the customer did.' },
    REVERSAL: { description: 'An activity was undone, as a whole or in part.' },
    POINTS: { description: 'Points moved: earned, released, spent, held, expired, transferred, adjusted, reversed.' },
    REDEMPTION: { description: 'A redemption was begun, or went on: reserved, issued, used, cancelled, expired.' },
    ENROLMENT: { description: 'The enrolment state changed.' },
    PROFILE: { description: 'What is known of the customer changed; by the time of day, also in a TEST program.' },
  } satisfies Record<TimelineKind, object>,
});

const TYPES: Record<TimelineKind, { name: string; idType: IdType }> = {
  ACTIVITY: { name: 'TimelineActivity', idType: 'Activity' },
  REVERSAL: { name: 'TimelineReversal', idType: 'ActivityReversal' },
  POINTS: { name: 'TimelinePoints', idType: 'LedgerTransaction' },
  REDEMPTION: { name: 'TimelineRedemption', idType: 'Redemption' },
  ENROLMENT: { name: 'TimelineEnrolment', idType: 'Enrolment' },
  PROFILE: { name: 'TimelineProfile', idType: 'AuditEntry' },
};

const TimelineEntryRef = builder.interfaceRef<TimelineEntry>('TimelineEntry').implement({
  description: 'One thing that happened to a customer.',
  ...PUBLIC,
  resolveType: (entry) => TYPES[entry.kind].name,
  fields: (t) => ({
    id: t.id({
      description:
        'Id of what it tells of: an activity, a reversal, a ledger transaction, a redemption, an enrolment, an audit entry.',
      resolve: (entry) =>
        publicId(TYPES[entry.kind].idType, entry.kind === 'REDEMPTION' ? entry.detail.redemptionId : entry.id),
    }),
    kind: t.field({ type: TimelineKindEnum, description: 'What kind of thing it is.', resolve: ({ kind }) => kind }),
    at: t.expose('at', { type: 'DateTime', description: 'When it counts, which may be before it was written down.' }),
    actor: t.exposeString('actor', { description: 'Who caused it. Needs customer:read.', ...TEAM_ONLY }),
  }),
});

const shared = { interfaces: [TimelineEntryRef], ...PUBLIC };
const reason = {
  nullable: true,
  description: 'Why, as the caller said; null when not told. Needs customer:read.',
  ...TEAM_ONLY,
} as const;

builder.objectRef<EntryOf<'ACTIVITY'>>('TimelineActivity').implement({
  description: 'The customer did something.',
  ...shared,
  fields: (t) => ({
    type: t.field({
      type: ActivityTypeRef,
      nullable: true,
      description: 'What kind of activity.',
      resolve: async ({ detail }, _args, context) =>
        (await catalogueOf(context)).activityTypeById.get(detail.activityTypeId) ?? null,
    }),
    activity: t.field({
      type: ActivityRef,
      nullable: true,
      description: 'The activity as reported, with what it caused.',
      resolve: ({ id }, _args, context) => context.loaders.activity.load(id),
    }),
  }),
});

builder.objectRef<EntryOf<'REVERSAL'>>('TimelineReversal').implement({
  description: 'An activity of the customer was undone.',
  ...shared,
  fields: (t) => ({
    isWhole: t.boolean({ description: 'True: all of it. False: a part.', resolve: ({ detail }) => detail.isWhole }),
    pointsReversed: t.field({
      type: 'Points',
      description: 'Points taken back.',
      resolve: ({ detail }) => detail.pointsReversed,
    }),
    pointsUncollected: t.field({
      type: 'Points',
      description: 'Points that the clawback policy left with the customer.',
      resolve: ({ detail }) => detail.pointsUncollected,
    }),
    activity: t.field({
      type: ActivityRef,
      nullable: true,
      description: 'The activity that was undone.',
      resolve: ({ detail }, _args, context) => context.loaders.activity.load(detail.activityId),
    }),
    reason: t.string({ ...reason, resolve: ({ detail }) => detail.reason }),
  }),
});

builder.objectRef<EntryOf<'POINTS'>>('TimelinePoints').implement({
  description: 'Points of the customer moved.',
  ...shared,
  fields: (t) => ({
    transactionKind: t.field({
      type: TransactionKindEnum,
      description: 'Kind of the ledger transaction.',
      resolve: ({ detail }) => detail.transactionKind,
    }),
    transaction: t.field({
      type: LedgerTransactionRef,
      nullable: true,
      description: 'The ledger transaction.',
      resolve: ({ id }, _args, context) => context.loaders.ledgerTransaction.load(id),
    }),
    currency: t.field({
      type: PointCurrencyRef,
      nullable: true,
      description: 'Of which points.',
      resolve: async ({ detail }, _args, context) =>
        (await catalogueOf(context)).currencyById.get(detail.currencyId) ?? null,
    }),
    amount: t.field({
      type: 'Points',
      description: 'How many moved; never negative, the kind tells from where to where.',
      resolve: ({ detail }) => detail.amount,
    }),
    isReceived: t.boolean({
      description: 'True where another customer transferred them to this one.',
      resolve: ({ detail }) => detail.isReceived,
    }),
    activity: t.field({
      type: ActivityRef,
      nullable: true,
      description: 'The activity that caused it; null when none did.',
      resolve: ({ detail }, _args, context) =>
        detail.activityId === null ? null : context.loaders.activity.load(detail.activityId),
    }),
    reason: t.string({ ...reason, resolve: ({ detail }) => detail.reason }),
  }),
});

builder.objectRef<EntryOf<'REDEMPTION'>>('TimelineRedemption').implement({
  description: 'A redemption of the customer was begun, or went on.',
  ...shared,
  fields: (t) => ({
    state: t.field({
      type: RedemptionStateEnum,
      description: 'The state that began.',
      resolve: ({ detail }) => detail.state,
    }),
    redemption: t.field({
      type: RedemptionRef,
      nullable: true,
      description: 'The redemption, as it is now.',
      resolve: ({ detail }, _args, context) => context.loaders.redemption.load(detail.redemptionId),
    }),
    reason: t.string({ ...reason, resolve: ({ detail }) => detail.reason }),
  }),
});

builder.objectRef<EntryOf<'ENROLMENT'>>('TimelineEnrolment').implement({
  description: 'The enrolment state of the customer changed.',
  ...shared,
  fields: (t) => ({
    state: t.field({
      type: EnrolmentStateEnum,
      description: 'The state that began.',
      resolve: ({ detail }) => detail.state,
    }),
    reason: t.string({ ...reason, resolve: ({ detail }) => detail.reason }),
  }),
});

builder.objectRef<EntryOf<'PROFILE'>>('TimelineProfile').implement({
  description: 'What is known of the customer changed.',
  ...shared,
  fields: (t) => ({
    action: t.string({
      description: 'What was done, such as customer.updated.',
      resolve: ({ detail }) => detail.action,
    }),
    before: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'The changed fields as they were. Needs customer:read.',
      ...TEAM_ONLY,
      resolve: ({ detail }) => detail.before,
    }),
    after: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'The changed fields as they are. Needs customer:read.',
      ...TEAM_ONLY,
      resolve: ({ detail }) => detail.after,
    }),
  }),
});

const catalogueOf = (context: Context): Promise<Catalogue> =>
  context.deps.catalogues.current(programOf(context).programId);

/** What a caller other than the customer must hold to be told of a kind. */
const READERS: Record<TimelineKind, Permission> = {
  ACTIVITY: 'activity:read',
  REVERSAL: 'activity:read',
  POINTS: 'ledger:read',
  REDEMPTION: 'redemption:read',
  ENROLMENT: 'customer:read',
  PROFILE: 'customer:read',
};

const TimelineConnection = connectionType('TimelineEntry', TimelineEntryRef, PUBLIC);

builder.objectField(CustomerRef, 'timeline', (t) =>
  t.field({
    type: TimelineConnection,
    description:
      'Everything that happened to the customer, newest first; what happened in the same instant by id. Activities and reversals need activity:read, points ledger:read, redemptions redemption:read; without it they are left out.',
    args: {
      ...pageArgs,
      kinds: t.arg({ type: [TimelineKindEnum], description: 'Only these kinds; left out, all.' }),
    },
    resolve: async ({ id: parentId }, { kinds: given, ...args }, context) => {
      const { caller } = context;
      const kinds = TIMELINE_KINDS.filter(
        (kind) => (given?.includes(kind) ?? true) && (caller.kind === 'CUSTOMER' || may(caller, READERS[kind])),
      );
      const page = readPage(args, ['timeline', parentId, kinds], isIntegerKey);
      const rows = await context.loaders.timeline.load({ parentId, page, variant: kinds });
      return connectionOf(rows, page, ({ key, id }) => ({ key, id }));
    },
  }),
);
