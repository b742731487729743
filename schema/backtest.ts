import { stopBacktest } from '#app/backtest/cancel.ts';
import { startBacktest } from '#app/backtest/start.ts';
import { InvalidRuleError } from '#domain/errors.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import {
  listBacktests,
  readBacktest,
  type BACKTEST_SOURCES,
  type BACKTEST_STATES,
  type BacktestRun,
} from '#storage/backtest-store.ts';

import { BacktestReportRef } from './backtest-report.ts';
import { builder } from './builder.ts';
import { programOf, scopeOf, type Context } from './context.ts';
import { present, wantedUuid } from './ids.ts';
import { defineMutation } from './mutation.ts';

const StateEnum = builder.enumType('RuleSetBacktestState', {
  description: 'Where a back-test stands.',
  values: {
    QUEUED: { description: 'It waits for a worker.' },
    RUNNING: { description: 'A worker replays. If that dies, another begins anew.' },
    DONE: { description: 'There is a report.' },
    FAILED: { description: 'There is none, and failure says why.' },
    CANCELLED: { description: 'Somebody ended it.' },
  } satisfies Record<(typeof BACKTEST_STATES)[number], object>,
});

const SourceEnum = builder.enumType('RuleSetBacktestSource', {
  description: 'Where the rules under test came from.',
  values: {
    DRAFT: { description: 'The draft, as it was when the run was asked for.' },
    REVISION: { description: 'A revision.' },
    FILE: { description: 'A file, by the command line.' },
  } satisfies Record<(typeof BACKTEST_SOURCES)[number], object>,
});

/** A run that has no report yet, or whose activities are not counted, has come nowhere. */
function shareOf({ state, activitiesDone, activitiesTotal }: BacktestRun): number {
  if (state === 'DONE') return 1;
  return activitiesTotal === null || activitiesTotal === 0 ? 0 : Math.min(1, activitiesDone / activitiesTotal);
}

function rateOf({ state, activitiesDone, startedAt, heartbeatAt }: BacktestRun): number | null {
  if (state !== 'RUNNING' || startedAt === null || heartbeatAt === null) return null;
  const seconds = (heartbeatAt.getTime() - startedAt.getTime()) / 1_000;
  return seconds > 0 ? activitiesDone / seconds : null;
}

export const BacktestRef = builder.objectRef<BacktestRun>('RuleSetBacktest').implement({
  description:
    'A replay of what is on record under rules that are not live, next to one under those that are. It writes nothing but itself.',
  fields: (t) => ({
    id: t.id({ description: 'Its id, btr_….', resolve: (it) => publicId('BacktestRun', it.id) }),
    state: t.field({ type: StateEnum, description: 'Where it stands.', resolve: (it) => it.state }),
    source: t.field({ type: SourceEnum, description: 'Which rules are tested.', resolve: (it) => it.source }),
    revision: t.exposeInt('sourceRevision', {
      nullable: true,
      description: 'The tested revision; null for other rules.',
    }),
    liveRevision: t.exposeInt('liveRevision', {
      description: 'The revision that was live when the run was asked for, and is replayed beside; 0 is none.',
    }),
    from: t.expose('from', {
      type: 'DateTime',
      description: 'Activities that occurred from then on count, inclusive.',
    }),
    to: t.expose('to', { type: 'DateTime', description: 'Until then, exclusive.' }),
    segmentBy: t.exposeString('segmentBy', {
      nullable: true,
      description: 'The attribute by which winners and losers are told apart.',
    }),
    minorPerThousand: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The given worth of 1,000 points in minor units of money; null without one.',
      resolve: (it) => it.value?.minorPerThousand ?? null,
    }),
    moneyCurrency: t.string({
      nullable: true,
      description: 'ISO 4217 code of that money.',
      resolve: (it) => it.value?.moneyCurrency ?? null,
    }),
    share: t.float({ description: 'How much of the activities is replayed, 0 to 1.', resolve: shareOf }),
    activitiesDone: t.exposeInt('activitiesDone', { description: 'Activities replayed so far.' }),
    activitiesTotal: t.exposeInt('activitiesTotal', {
      nullable: true,
      description: 'Activities to replay; null until they are counted.',
    }),
    rate: t.float({ nullable: true, description: 'Activities a second so far, while it runs.', resolve: rateOf }),
    attempt: t.exposeInt('attempt', { description: 'How often a worker began with it.' }),
    requestedAt: t.expose('requestedAt', {
      type: 'DateTime',
      description: 'When it was asked for, by the program’s time.',
    }),
    requestedBy: t.exposeString('requestedBy', { description: 'Who asked.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the present attempt began.',
    }),
    endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
    failure: t.exposeString('failure', { nullable: true, description: 'Why there is no report, for people.' }),
    report: t.field({
      type: BacktestReportRef,
      nullable: true,
      description: 'What came out; null until it is DONE.',
      resolve: (it) => it.report,
    }),
    version: t.exposeInt('version', {
      description: 'Only grows; of two items the one with the higher version is newer.',
    }),
  }),
});

const ValueInput = builder.inputType('RuleSetBacktestValueInput', {
  description: 'What points are worth.',
  fields: (t) => ({
    minorPerThousand: t.field({
      type: 'Decimal',
      required: true,
      description: 'Minor units of money, such as cents, for 1,000 points; not negative.',
    }),
    currency: t.string({ required: true, description: 'ISO 4217 code in capitals, such as EUR.' }),
  }),
});

const runFields = {
  description: 'The run as it stands.',
  resolve: ({ runId }: { runId: string }, _args: object, context: Context) =>
    present(readBacktest(context.deps.reads, programOf(context).programId, runId)),
};

defineMutation('ruleSetBacktestStart', {
  description:
    'Starts a back-test of the draft or of a revision: what is on record is replayed without writing anything but the run. One at a time a program; at most 5,000,000 activities, from the first on record to the last that counts, of 250,000 customers, and an hour. Progress comes by ruleSetBacktestChanged. Causes no event.',
  permission: 'rule:write',
  errors: [InvalidRuleError],
  input: (t) => ({
    revision: t.int({ description: 'The revision under test; left out, the draft.' }),
    from: t.field({
      type: 'DateTime',
      required: true,
      description: 'Activities that occurred from then on count, inclusive. Earlier ones only lead up to them.',
    }),
    to: t.field({
      type: 'DateTime',
      description: 'Until then, exclusive; left out, now. At most 3,660 days after the start.',
    }),
    segmentBy: t.string({
      description: 'A declared attribute of customers by which winners and losers are told apart.',
    }),
    value: t.field({ type: ValueInput, description: 'The worth of points, for the liability; left out, none.' }),
  }),
  run: ({ revision, from, to, segmentBy, value }, context, command) =>
    startBacktest(context.deps, scopeOf(context), command, {
      choice: revision ?? 'DRAFT',
      from,
      to: to ?? null,
      segmentBy: segmentBy ?? null,
      value: value ? { minorPerThousand: value.minorPerThousand, moneyCurrency: value.currency } : null,
    }),
  payload: (t) => ({ backtest: t.field({ type: BacktestRef, ...runFields }) }),
});

defineMutation('ruleSetBacktestCancel', {
  description: 'Ends a back-test that waits or runs. Refused once it has ended. Causes no event.',
  permission: 'rule:write',
  input: (t) => ({ id: t.id({ required: true, description: 'A back-test, btr_….' }) }),
  run: async ({ id }, context, command) => {
    const runId = wantedUuid('BacktestRun', id, 'back-test', ['id']);
    const cancelled = await stopBacktest(context.deps, scopeOf(context), command, { runId });
    // Whoever misses it hears of it when the worker notices, or asks.
    const { programId } = programOf(context);
    context.deps.live.announce([{ kind: 'backtest', of: { programId, runId }, message: {} }]).catch(() => undefined);
    return cancelled;
  },
  payload: (t) => ({ backtest: t.field({ type: BacktestRef, ...runFields }) }),
});

const RUNS_MAX = 100;

builder.queryFields((t) => ({
  ruleSetBacktest: t.field({
    type: BacktestRef,
    nullable: true,
    description: 'A back-test by id; null when there is none. Needs rule:read.',
    authScopes: { permission: 'rule:read' },
    args: { id: t.arg.id({ required: true, description: 'Its id, btr_….' }) },
    resolve: (_root, { id }, context) => {
      const uuid = uuidOf('BacktestRun', String(id));
      return uuid === null ? null : readBacktest(context.deps.reads, programOf(context).programId, uuid);
    },
  }),
  ruleSetBacktests: t.field({
    type: [BacktestRef],
    description: 'Back-tests, the newest first: the last 100, which are those that are kept. Needs rule:read.',
    authScopes: { permission: 'rule:read' },
    resolve: (_root, _args, context) => listBacktests(context.deps.reads, programOf(context).programId, RUNS_MAX),
  }),
}));
