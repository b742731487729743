import type { UserError } from '#domain/errors.ts';
import {
  ConsentRequiredError,
  IdempotencyInProgressError,
  IdempotencyMismatchError,
  InsufficientPointsError,
  InvalidInputError,
  InvalidRuleError,
  LimitExceededError,
  NotFoundError,
  PointsOutOfRangeError,
  RejoinRefusedError,
  SecondPersonError,
  StaleVersionError,
  StateConflictError,
} from '#domain/errors.ts';

import { builder } from './builder.ts';

export const UserErrorInterface = builder.interfaceRef<UserError>('UserError').implement({
  description: 'An expected refusal. Nothing was written; the message says what to do.',
  subGraphs: ['Public'],
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Stable and machine-readable, such as INSUFFICIENT_POINTS.' }),
    message: t.exposeString('message', { description: 'For people, in English; its wording may change.' }),
    path: t.field({
      type: ['String'],
      description: 'Where in the input, from the outside in; empty when the whole input is meant.',
      resolve: (error) => [...error.path],
    }),
  }),
});

const shared = { interfaces: [UserErrorInterface], subGraphs: ['Public' as const] };

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'The input breaks a stated rule: length, format, range, or an unknown property.',
  ...shared,
});
builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'Nothing of that id in this program. An id of another program answers the same.',
  ...shared,
  fields: (t) => ({ subject: t.exposeString('subject', { description: 'What was looked for, such as customer.' }) }),
});
builder.objectType(StateConflictError, {
  name: 'StateConflictError',
  description: 'The thing exists, but its state forbids this.',
  ...shared,
  fields: (t) => ({ state: t.exposeString('state', { description: 'The state that it is in.' }) }),
});
builder.objectType(RejoinRefusedError, {
  name: 'RejoinRefusedError',
  description: 'The customer has left, and the rejoin rule of the program does not allow joining again, or not yet.',
  ...shared,
  fields: (t) => ({
    until: t.expose('until', {
      type: 'DateTime',
      nullable: true,
      description: 'From when joining again is allowed; null when it never is.',
    }),
  }),
});
builder.objectType(ConsentRequiredError, {
  name: 'ConsentRequiredError',
  description:
    'The program asks for consent to its terms first, and the customer has not given it. Accept the version that it names (termsAccept), then repeat the call.',
  ...shared,
  fields: (t) => ({
    version: t.exposeInt('version', { description: 'The version in force, which is to be accepted.' }),
  }),
});
builder.objectType(StaleVersionError, {
  name: 'StaleVersionError',
  description: 'The version sent is older than the record. Read again, then repeat the change.',
  ...shared,
  fields: (t) => ({ currentVersion: t.exposeInt('currentVersion', { description: 'The version on record.' }) }),
});
builder.objectType(InsufficientPointsError, {
  name: 'InsufficientPointsError',
  description: 'The customer has fewer available points than asked for.',
  ...shared,
  fields: (t) => ({
    needed: t.expose('needed', { type: 'Points', description: 'Points asked for.' }),
    available: t.expose('available', {
      type: 'Points',
      description: 'Points available at that instant; below zero is a debt.',
    }),
  }),
});
builder.objectType(PointsOutOfRangeError, {
  name: 'PointsOutOfRangeError',
  description: 'An amount, or the balance that it would lead to, lies outside ±(2^53−1).',
  ...shared,
});
builder.objectType(LimitExceededError, {
  name: 'LimitExceededError',
  description: 'A stated limit is reached.',
  ...shared,
  fields: (t) => ({
    limit: t.expose('limit', { type: 'Points', description: 'The limit.' }),
    until: t.expose('until', {
      type: 'DateTime',
      nullable: true,
      description: 'When it counts anew; null when it never does.',
    }),
  }),
});
builder.objectType(IdempotencyMismatchError, {
  name: 'IdempotencyMismatchError',
  description: 'The idempotency key was used before with other input. Take a new key.',
  ...shared,
});
builder.objectType(IdempotencyInProgressError, {
  name: 'IdempotencyInProgressError',
  description: 'The first call with this key is still running. Send the same call again in a moment.',
  ...shared,
});

builder.objectType(SecondPersonError, {
  name: 'SecondPersonError',
  description: 'Publishing takes a second person in this program, and the caller is the first one.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    proposedBy: t.exposeString('proposedBy', { description: 'Who made the proposal: the caller.' }),
  }),
});

const RuleProblem = builder.objectRef<{ path: readonly string[]; message: string }>('RuleProblem').implement({
  description: 'One reason why a rule set cannot go live.',
  fields: (t) => ({
    path: t.field({ type: ['String'], description: 'Rule code and field.', resolve: (problem) => [...problem.path] }),
    message: t.exposeString('message', { description: 'What is wrong, and what would be right.' }),
  }),
});
builder.objectType(InvalidRuleError, {
  name: 'InvalidRuleError',
  description: 'A rule does not type-check, costs too much, or contradicts itself. Every problem is listed.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    problems: t.field({
      type: [RuleProblem],
      description: 'All problems found.',
      resolve: (error) => [...error.problems],
    }),
  }),
});
