import { archiveProgram } from '#app/program/archive.ts';
import { createProgram } from '#app/program/create.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import { updateProgramDetails, type ProgramUpdateInput } from '#app/program/update.ts';
import { DEFAULT_POLICIES, type ProgramPolicies } from '#domain/program/policies.ts';
import { CONSENT_GATES } from '#domain/program/program.ts';

import { builder } from './builder.ts';
import { scopeOf, type Context } from './context.ts';
import { present, wantedUuid } from './ids.ts';
import { defineMutation } from './mutation.ts';
import { ClawbackPolicy, ConsentGateEnum, ProgramMode, ProgramRef, PublishApproval, RejoinPolicy } from './program.ts';

const ProgramPoliciesInput = builder.inputType('ProgramPoliciesInput', {
  description: 'Policies of a program. Left out: the default when it is created, no change when it is updated.',
  fields: (t) => ({
    clawbackPolicy: t.field({ type: ClawbackPolicy, description: `${DEFAULT_POLICIES.clawbackPolicy} by default.` }),
    lateActivityDays: t.int({ description: 'Days, 0 to 36,500; null, the default, accepts activities of any age.' }),
    futureActivityMinutes: t.int({
      description: `Minutes, 0 to 525,600; ${DEFAULT_POLICIES.futureActivityMinutes} by default.`,
    }),
    dailyPointsCap: t.field({ type: 'Points', description: 'From 1; null, the default, sets no cap.' }),
    rejoinPolicy: t.field({ type: RejoinPolicy, description: `${DEFAULT_POLICIES.rejoinPolicy} by default.` }),
    rejoinAfterDays: t.int({
      description: 'Days, 0 to 36,500: given with AFTER_DAYS and only with it; null by default.',
    }),
    publishApproval: t.field({ type: PublishApproval, description: `${DEFAULT_POLICIES.publishApproval} by default.` }),
    consentNeededFor: t.field({
      type: [ConsentGateEnum],
      description: 'What takes consent to the terms in force; nothing by default.',
    }),
  }),
});

/** What the input names. Null lifts a limit where there is one to lift, and else names nothing. */
function policiesOfInput(input: typeof ProgramPoliciesInput.$inferInput | null | undefined): Partial<ProgramPolicies> {
  const policies: Partial<ProgramPolicies> = {};
  if (input === null || input === undefined) return policies;
  const { clawbackPolicy, futureActivityMinutes, rejoinPolicy, lateActivityDays, dailyPointsCap, rejoinAfterDays } =
    input;
  if (clawbackPolicy !== null && clawbackPolicy !== undefined) policies.clawbackPolicy = clawbackPolicy;
  if (typeof futureActivityMinutes === 'number') policies.futureActivityMinutes = futureActivityMinutes;
  const { publishApproval, consentNeededFor } = input;
  if (publishApproval !== null && publishApproval !== undefined) policies.publishApproval = publishApproval;
  if (consentNeededFor !== null && consentNeededFor !== undefined)
    policies.consentNeededFor = CONSENT_GATES.filter((gate) => consentNeededFor.includes(gate));
  if (rejoinPolicy !== null && rejoinPolicy !== undefined) policies.rejoinPolicy = rejoinPolicy;
  if (lateActivityDays !== undefined) policies.lateActivityDays = lateActivityDays;
  if (dailyPointsCap !== undefined) policies.dailyPointsCap = dailyPointsCap;
  if (rejoinAfterDays !== undefined) policies.rejoinAfterDays = rejoinAfterDays;
  return policies;
}

const readProgram = ({ programId }: { programId: string }, _args: object, context: Context) =>
  present(context.loaders.program.load(programId));

defineMutation('programCreate', {
  description:
    'Creates a program with the spendable point currency `points`, an empty draft of rules and one OWNER key, whose secret is answered here and never again.',
  permission: 'program:create',
  input: (t) => ({
    name: t.string({ required: true, description: 'Its name for people, 1 to 200 characters.' }),
    timeZone: t.field({
      type: 'TimeZone',
      required: true,
      description: 'The zone in which its days, weeks and months are cut.',
    }),
    currency: t.string({
      required: true,
      description: 'ISO 4217 code of the money that it reckons in, such as EUR; never changes.',
    }),
    mode: t.field({
      type: ProgramMode,
      required: true,
      defaultValue: 'LIVE',
      description: 'LIVE by default; never changes.',
    }),
    policies: t.field({ type: ProgramPoliciesInput, description: 'What differs from the defaults.' }),
  }),
  run: ({ name, timeZone, currency, mode, policies }, context, command) =>
    createProgram(context.deps, context.caller.actor, command, {
      name,
      timeZone,
      currency,
      mode,
      policies: policiesOfInput(policies),
    }),
  payload: (t) => ({
    program: t.field({ type: ProgramRef, description: 'The new program.', resolve: readProgram }),
    ownerSecret: t.exposeString('ownerSecret', {
      nullable: true,
      description:
        'Secret of the first OWNER key. Null on a replay: it is not stored; make a new key when the first reply is lost.',
    }),
  }),
});

defineMutation('programUpdate', {
  description:
    'Changes name and policies; what is left out stays. The zone can change until the first activity or movement of points. Causes catalogue.changed.',
  permission: 'program:write',
  input: (t) => ({
    name: t.string({ description: 'The new name.' }),
    timeZone: t.field({ type: 'TimeZone', description: 'The new zone.' }),
    policies: t.field({ type: ProgramPoliciesInput, description: 'The policies to change.' }),
  }),
  run: ({ name, timeZone, policies }, context, command) => {
    const changes: ProgramUpdateInput = { policies: policiesOfInput(policies) };
    if (typeof name === 'string') changes.name = name;
    if (typeof timeZone === 'string') changes.timeZone = timeZone;
    return updateProgramDetails(context.deps, scopeOf(context), command, changes);
  },
  payload: (t) => ({
    program: t.field({ type: ProgramRef, description: 'The program after the change.', resolve: readProgram }),
  }),
});

defineMutation('programArchive', {
  description:
    'Ends all writes of a program, for good. Its keys and tokens still read; they can be revoked. Causes catalogue.changed.',
  permission: 'program:create',
  input: (t) => ({ programId: t.id({ required: true, description: 'Which program.' }) }),
  run: ({ programId }, context, command) =>
    archiveProgram(context.deps, context.caller.actor, command, {
      programId: wantedUuid('Program', programId, 'program', ['programId']),
    }),
  payload: (t) => ({
    program: t.field({ type: ProgramRef, description: 'The archived program.', resolve: readProgram }),
  }),
});

defineMutation('programClockSet', {
  description:
    'Makes the time of a TEST program stand still at an instant, or run again. Once activities or points are on record it only moves forward. Keys and tokens live by the time of day. Causes catalogue.changed.',
  permission: 'program:write',
  input: (t) => ({
    now: t.field({ type: 'DateTime', description: 'The new time; null lets it run with the time of day.' }),
  }),
  run: ({ now }, context, command) => setProgramClock(context.deps, scopeOf(context), command, { now: now ?? null }),
  payload: (t) => ({
    program: t.field({ type: ProgramRef, description: 'The program after the change.', resolve: readProgram }),
  }),
});
