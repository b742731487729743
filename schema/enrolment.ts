import { changeEnrolment } from '#app/enrolment/change.ts';
import type { EnrolmentVerb } from '#domain/enrolment/enrolment.ts';
import { ConsentRequiredError, RejoinRefusedError } from '#domain/errors.ts';
import type { EnrolmentRecord } from '#storage/enrolment-store.ts';

import { builder } from './builder.ts';
import { scopeOf } from './context.ts';
import { CustomerRef } from './customer.ts';
import { EnrolmentStateEnum } from './enrolment-state.ts';
import { wantedUuid } from './ids.ts';
import { defineMutation } from './mutation.ts';

/** Most intervals of one history that a query answers. */
const HISTORY_MAX = 100;

const EnrolmentRef = builder.objectRef<EnrolmentRecord>('Enrolment').implement({
  description: 'One interval of a person’s enrolment: [from, until), half-open. A gap between two means NOT_ENROLLED.',
  subGraphs: ['Public'],
  fields: (t) => ({
    state: t.field({ type: EnrolmentStateEnum, description: 'In which state.', resolve: (it) => it.state }),
    from: t.expose('fromAt', { type: 'DateTime', description: 'Since when, inclusive.' }),
    until: t.expose('toAt', { type: 'DateTime', nullable: true, description: 'Until when, exclusive; null: still.' }),
    reason: t.exposeString('reason', {
      nullable: true,
      subGraphs: [],
      authScopes: { permission: 'customer:read' },
      description: 'Why, as the team wrote it. Needs customer:read.',
    }),
    actor: t.exposeString('actor', {
      subGraphs: [],
      authScopes: { permission: 'customer:read' },
      description: 'Who caused it. Needs customer:read.',
    }),
  }),
});

builder.objectField(CustomerRef, 'enrolments', (t) =>
  t.field({
    type: [EnrolmentRef],
    description: `The history of enrolment as intervals, newest first, the latest ${HISTORY_MAX}.`,
    resolve: async ({ id }, _args, context) =>
      (await context.loaders.enrolments.load(id)).slice(-HISTORY_MAX).toReversed(),
  }),
);

/** Each verb is a mutation of its own; they share input, payload and rules. */
const VERBS: readonly { name: string; verb: EnrolmentVerb; description: string }[] = [
  {
    name: 'customerInvite',
    verb: 'INVITE',
    description: 'Asks a person who is NOT_ENROLLED or has LEFT to join, under the rejoin rule.',
  },
  {
    name: 'customerEnrol',
    verb: 'ENROL',
    description:
      'Enrols a person who is NOT_ENROLLED, INVITED or has LEFT, under the rejoin rule, and with consent to the terms where the program asks for it.',
  },
  { name: 'customerPause', verb: 'PAUSE', description: 'Lets a person who is ENROLLED rest.' },
  { name: 'customerResume', verb: 'RESUME', description: 'Lets a person who is PAUSED take part again.' },
  {
    name: 'customerLeave',
    verb: 'LEAVE',
    description: 'Takes out a person who is INVITED, ENROLLED or PAUSED: they declined, or went.',
  },
  { name: 'customerBlock', verb: 'BLOCK', description: 'Shuts a person out, whatever their state.' },
  {
    name: 'customerUnblock',
    verb: 'UNBLOCK',
    description: 'Gives a person who is BLOCKED back the state from before.',
  },
];

for (const { name, verb, description } of VERBS) {
  defineMutation(name, {
    description: `${description} Causes enrolment.changed.`,
    permission: 'enrolment:write',
    errors: verb === 'ENROL' ? [RejoinRefusedError, ConsentRequiredError] : [RejoinRefusedError],
    input: (t) => ({
      customerId: t.id({ required: true, description: 'Whom.' }),
      at: t.field({
        type: 'DateTime',
        description: 'Since when it counts; left out, now. Neither ahead of now nor inside the history.',
      }),
      reason: t.string({ description: 'Why, for the team, 1 to 500 characters.' }),
    }),
    run: async ({ customerId, at, reason }, context, command) =>
      changeEnrolment(context.deps, scopeOf(context), command, verb, {
        customerId: wantedUuid('Customer', customerId, 'customer', ['customerId']),
        at: at ?? null,
        reason: reason ?? null,
      }),
    payload: (t) => ({
      from: t.field({ type: EnrolmentStateEnum, description: 'The state before.', resolve: (it) => it.from }),
      to: t.field({ type: EnrolmentStateEnum, description: 'The state since then.', resolve: (it) => it.to }),
      at: t.field({ type: 'DateTime', description: 'Since when it counts.', resolve: (it) => new Date(it.at) }),
      customer: t.field({
        type: CustomerRef,
        nullable: true,
        description: 'The person as known now; null where the caller does not hold customer:read.',
        resolve: (it, _args, context) => context.loaders.customer.load(it.customerId),
      }),
    }),
  });
}
