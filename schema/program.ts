import { findProgramPage } from '#app/program/list.ts';
import { may, type Permission } from '#domain/caller.ts';
import type { ProgramPolicies } from '#domain/program/policies.ts';
import type { ConsentGate, Program } from '#domain/program/program.ts';
import type { ProgramRecord } from '#storage/program-store.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { connectionOf, connectionType, isEmptyKey, pageArgs, readPage } from './paging.ts';
import { PointCurrencyRef } from './point-currency.ts';

export const ProgramMode = builder.enumType('ProgramMode', {
  description: 'Whether a program serves customers or tests.',
  subGraphs: ['Public'],
  values: {
    LIVE: { description: 'Serves customers; its time is the time of day.' },
    TEST: { description: 'Serves tests; its time can be set.' },
  } satisfies Record<Program['mode'], object>,
});

const ProgramState = builder.enumType('ProgramState', {
  description: 'Whether a program takes writes.',
  values: {
    ACTIVE: { description: 'Takes reads and writes.' },
    ARCHIVED: {
      description: 'Its keys still read, and can be revoked; every other write is refused with STATE_CONFLICT.',
    },
  } satisfies Record<Program['state'], object>,
});

export const ClawbackPolicy = builder.enumType('ClawbackPolicy', {
  description: 'How far a reversal reaches once the points are spent.',
  values: {
    PENDING_ONLY: { description: 'Takes back what is still pending, and nothing else.' },
    TO_ZERO: { description: 'Takes back down to a balance of zero; the rest is reported as uncollected.' },
    UNLIMITED: { description: 'Takes all back and leaves a debt, which the next credit pays first.' },
  } satisfies Record<ProgramPolicies['clawbackPolicy'], object>,
});

export const PublishApproval = builder.enumType('PublishApproval', {
  description: 'Whether publishing rules takes a second person.',
  values: {
    NONE: { description: 'Who may publish, publishes.' },
    SECOND_PERSON: {
      description: 'Who publishes makes a proposal, which another person, key or member of staff approves or rejects.',
    },
  } satisfies Record<ProgramPolicies['publishApproval'], object>,
});

export const RejoinPolicy = builder.enumType('RejoinPolicy', {
  description: 'Whether somebody who left may enrol again.',
  values: {
    ALLOWED: { description: 'At any time.' },
    AFTER_DAYS: { description: 'Once rejoinAfterDays have gone by.' },
    NEVER: { description: 'Never.' },
  } satisfies Record<ProgramPolicies['rejoinPolicy'], object>,
});

export const ConsentGateEnum = builder.enumType('ConsentGate', {
  description: 'What may take consent to the terms in force.',
  values: {
    ENROLMENT: { description: 'Joining: customerEnrol, and an upsert that enrols, are refused with CONSENT_REQUIRED.' },
    REDEMPTION: {
      description: 'Redeeming rewards: refused with CONSENT_REQUIRED. What is reserved already goes through.',
    },
  } satisfies Record<ConsentGate, object>,
});

const ProgramPoliciesRef = builder.objectRef<ProgramPolicies>('ProgramPolicies').implement({
  description: 'Choices that hold for the whole program. A change counts from then on.',
  fields: (t) => ({
    clawbackPolicy: t.field({
      type: ClawbackPolicy,
      description: 'How far a reversal reaches once the points are spent.',
      resolve: (it) => it.clawbackPolicy,
    }),
    lateActivityDays: t.exposeInt('lateActivityDays', {
      nullable: true,
      description: 'An activity older than this is refused; null accepts any age.',
    }),
    futureActivityMinutes: t.exposeInt('futureActivityMinutes', {
      description: 'An activity further ahead than this is refused.',
    }),
    dailyPointsCap: t.expose('dailyPointsCap', {
      type: 'Points',
      nullable: true,
      description: "Most points a customer may earn in a day of the program's zone, over all rules; null sets no cap.",
    }),
    rejoinPolicy: t.field({
      type: RejoinPolicy,
      description: 'Whether somebody who left may enrol again.',
      resolve: (it) => it.rejoinPolicy,
    }),
    rejoinAfterDays: t.exposeInt('rejoinAfterDays', {
      nullable: true,
      description: 'Days to wait under AFTER_DAYS; null under the others.',
    }),
    publishApproval: t.field({
      type: PublishApproval,
      description: 'Whether publishing rules takes a second person.',
      resolve: (it) => it.publishApproval,
    }),
    consentNeededFor: t.field({
      type: [ConsentGateEnum],
      description: 'What takes consent to the terms in force; asks nothing while there are no terms.',
      resolve: (it) => [...it.consentNeededFor],
    }),
  }),
});

/** Who reads more of a program than what every page may show. */
const READERS: readonly Permission[] = ['program:read', 'program:create'];
const forReaders = { subGraphs: [], authScopes: { permission: READERS } };

export const ProgramRef = builder.objectRef<ProgramRecord>('Program');

builder.node(ProgramRef, {
  description: "One tenant's loyalty programme: the wall that no id, key or token reaches across.",
  subGraphs: ['Public'],
  id: { resolve: (it) => it.id },
  loadMany: (ids, context) =>
    READERS.some((permission) => may(context.caller, permission))
      ? ids.map((id) => context.loaders.program.load(id))
      : ids.map(() => null),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name for people.' }),
    timeZone: t.field({
      type: 'TimeZone',
      description: 'The zone in which its days, weeks and months are cut.',
      resolve: (it) => it.timeZone,
    }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code of the money that it reckons in.' }),
    mode: t.field({
      type: ProgramMode,
      description: 'Whether it serves customers or tests.',
      resolve: (it) => it.mode,
    }),
    pointCurrencies: t.field({
      type: [PointCurrencyRef],
      description: 'Its point currencies, oldest first: at most 50.',
      resolve: (it, _args, context) => context.loaders.currenciesOfProgram.load(it.id),
    }),
    state: t.field({
      ...forReaders,
      type: ProgramState,
      description: 'Whether it takes writes. Needs program:read or program:create.',
      resolve: (it) => it.state,
    }),
    policies: t.field({
      ...forReaders,
      type: ProgramPoliciesRef,
      description: 'Its policies. Needs program:read or program:create.',
      resolve: (it) => it,
    }),
    testClock: t.expose('testClock', {
      ...forReaders,
      type: 'DateTime',
      nullable: true,
      description:
        'Where the time of a TEST program stands still; null when it runs. Needs program:read or program:create.',
    }),
    createdAt: t.expose('createdAt', {
      ...forReaders,
      type: 'DateTime',
      description: 'When it was created. Needs program:read or program:create.',
    }),
    archivedAt: t.expose('archivedAt', {
      ...forReaders,
      type: 'DateTime',
      nullable: true,
      description: 'When it was archived; null while it is active. Needs program:read or program:create.',
    }),
  }),
});

const ProgramWhere = builder.inputType('ProgramWhere', {
  description: 'Which programs; all parts must hold.',
  fields: (t) => ({ state: t.field({ type: ProgramState, description: 'In this state; left out, in any.' }) }),
});

const ProgramConnection = connectionType('Program', ProgramRef);

builder.queryFields((t) => ({
  program: t.field({
    type: ProgramRef,
    nullable: true,
    description: "The caller's own program. Needs program:read.",
    authScopes: { permission: 'program:read' },
    resolve: (_root, _args, context) => context.loaders.program.load(programOf(context).programId),
  }),
  programs: t.field({
    type: ProgramConnection,
    description: 'All programs of the installation, oldest first. Needs program:create.',
    authScopes: { permission: 'program:create' },
    args: { ...pageArgs, where: t.arg({ type: ProgramWhere, description: 'Which ones.' }) },
    resolve: async (_root, { where, ...args }, context) => {
      const state = where?.state ?? null;
      const page = readPage(args, ['programs', state], isEmptyKey);
      const rows = await findProgramPage(context.deps, page, state);
      return connectionOf(rows, page, ({ id }) => ({ key: '', id }));
    },
  }),
}));
