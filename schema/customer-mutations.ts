import type { UpsertItemResult, UpsertOutcome, UpsertRefused } from '#app/customer/apply-upserts.ts';
import { setAttributeSchema } from '#app/customer/set-attribute-schema.ts';
import { UPSERT_BATCH_MAX, upsertCustomers } from '#app/customer/upsert-batch.ts';
import { upsertCustomer } from '#app/customer/upsert.ts';
import { ConsentRequiredError, InvalidRuleError } from '#domain/errors.ts';

import { builder } from './builder.ts';
import { scopeOf } from './context.ts';
import { CustomerRef } from './customer.ts';
import { defineMutation } from './mutation.ts';
import { ProgramRef } from './program.ts';
import { declarationsOf, PropertyDeclarationInput, PropertyDeclarationRef } from './property.ts';

type Inputs = Parameters<Parameters<typeof defineMutation>[1]['input']>[0];

/** What an upsert says of one person, alone and in a batch. */
const upsertFields = (t: Inputs) => ({
  externalId: t.string({
    required: true,
    description: "The tenant's own id, 1 to 255 characters; trimmed and composed (NFC), case counts.",
  }),
  displayName: t.string({ description: 'The name that others see, 1 to 200 characters; null clears it.' }),
  email: t.string({ description: 'Kept trimmed, composed and in lower case; need not be unique; null clears it.' }),
  locale: t.string({ description: 'BCP 47 language tag, kept in canonical form, such as de-CH; null clears it.' }),
  timeZone: t.string({ description: 'IANA zone, such as Europe/Berlin; null clears it.' }),
  birthday: t.field({ type: 'Date', description: 'Day of birth, from 1900 up to today; null clears it.' }),
  attributes: t.field({
    type: 'JSONObject',
    description:
      'Declared attributes by name. What is left out stays, null removes; required ones must be there afterwards.',
  }),
  accountExternalId: t.string({
    description:
      "The company, by the tenant's own id of it. One that is not known is added; null takes the person out.",
  }),
  eligible: t.boolean({ description: 'True: could join, since the first time this was said. False takes it back.' }),
  enrol: t.boolean({
    description:
      'True enrols whoever is NOT_ENROLLED or INVITED and leaves everybody else as they are; see customerEnrol.',
  }),
  enrolledAt: t.field({
    type: 'DateTime',
    description: 'Enrolled since when, with enrol; left out, now. Not ahead of now.',
  }),
});

const UpsertStatus = builder.enumType('CustomerUpsertStatus', {
  description: 'What became of one upsert.',
  values: {
    CREATED: { description: 'The person was not known before.' },
    UPDATED: { description: 'Something that was given differed from what was known.' },
    UNCHANGED: { description: 'Everything was known already.' },
    REFUSED: { description: 'It breaks a stated rule; nothing of it was taken.' },
  } satisfies Record<UpsertOutcome | 'REFUSED', object>,
});

defineMutation('customerUpsert', {
  description:
    'Adds a person, or changes one who is known by that externalId; what is left out stays. Causes customer.changed, and enrolment.changed for who joins.',
  permission: 'customer:write',
  errors: [ConsentRequiredError],
  input: upsertFields,
  run: (input, context, command) => upsertCustomer(context.deps, scopeOf(context), command, input),
  payload: (t) => ({
    status: t.field({
      type: UpsertStatus,
      description: 'What became of it; never REFUSED.',
      resolve: ({ outcome }) => outcome,
    }),
    customer: t.field({
      type: CustomerRef,
      nullable: true,
      description: 'The person as known now; null where the caller does not hold customer:read.',
      resolve: ({ customerId }, _args, context) => context.loaders.customer.load(customerId),
    }),
  }),
});

const CustomerUpsertItemInput = builder.inputType('CustomerUpsertItemInput', {
  description: 'What an upsert says of one person; what is left out stays.',
  fields: (t) => upsertFields(t as unknown as Inputs),
});

/** A refusal inside a payload is data: graphql would take an Error in its place for a failure of the field. */
const CustomerUpsertRefusal = builder.objectRef<UpsertRefused['refusal']>('CustomerUpsertRefusal').implement({
  description: 'Why one item of a batch was refused.',
  fields: (t) => ({
    code: t.exposeString('code', {
      description: 'Stable and machine-readable: INVALID_INPUT, or CONSENT_REQUIRED for who may not join without it.',
    }),
    message: t.exposeString('message', { description: 'For people, in English; its wording may change.' }),
    path: t.exposeStringList('path', { description: 'Where in the input, from the outside in.' }),
    version: t.int({
      nullable: true,
      description: 'Of CONSENT_REQUIRED: the version of the terms to accept; null otherwise.',
      resolve: (it) => it.version ?? null,
    }),
  }),
});

const CustomerUpsertItemRef = builder.objectRef<UpsertItemResult>('CustomerUpsertItem').implement({
  description: 'What became of one item of a batch.',
  fields: (t) => ({
    status: t.field({
      type: UpsertStatus,
      description: 'What became of it.',
      resolve: (item) => ('refusal' in item ? 'REFUSED' : item.outcome),
    }),
    customer: t.field({
      type: CustomerRef,
      nullable: true,
      description: 'The person as known now; null when refused, and where the caller does not hold customer:read.',
      resolve: (item, _args, context) => ('refusal' in item ? null : context.loaders.customer.load(item.customerId)),
    }),
    refusal: t.field({
      type: CustomerUpsertRefusal,
      nullable: true,
      description: 'Why it was refused; null when it was not.',
      resolve: (item) => ('refusal' in item ? item.refusal : null),
    }),
  }),
});

defineMutation('customerUpsertBatch', {
  description: `Upserts 1 to ${UPSERT_BATCH_MAX} people in one transaction. A refused item stops nobody else; several items of one person are applied one after the other. Causes what customerUpsert causes.`,
  permission: 'customer:write',
  input: (t) => ({
    items: t.field({
      type: [CustomerUpsertItemInput],
      required: true,
      description: `Whom, and what is known of them: 1 to ${UPSERT_BATCH_MAX}.`,
    }),
  }),
  run: ({ items }, context, command) => upsertCustomers(context.deps, scopeOf(context), command, { items }),
  payload: (t) => ({
    items: t.field({
      type: [CustomerUpsertItemRef],
      description: 'One for each item, in the order of the input.',
      resolve: ({ items }) => items,
    }),
  }),
});

builder.objectField(ProgramRef, 'attributeSchema', (t) =>
  t.field({
    type: [PropertyDeclarationRef],
    description: 'The declared attributes of customers. Needs program:read.',
    subGraphs: [],
    authScopes: { permission: 'program:read' },
    resolve: (program) => program.attributeSchema,
  }),
);

defineMutation('attributeSchemaSet', {
  description:
    'Replaces the declared attributes of customers as a whole. Refused with STATE_CONFLICT while a customer has a value that the change would contradict: of an attribute taken away, of another type, or outside a narrower oneOf; and with INVALID_RULE while a live or scheduled rule reads what would go. A new required attribute binds later upserts that touch attributes. Causes catalogue.changed.',
  permission: 'program:write',
  errors: [InvalidRuleError],
  input: (t) => ({
    attributes: t.field({
      type: [PropertyDeclarationInput],
      required: true,
      description: 'All declared attributes, 100 at most.',
    }),
  }),
  run: ({ attributes }, context, command) =>
    setAttributeSchema(context.deps, scopeOf(context), command, { attributes: declarationsOf(attributes) }),
  payload: (t) => ({
    attributes: t.field({
      type: [PropertyDeclarationRef],
      description: 'The declared attributes as they stand now.',
      resolve: ({ attributes }) => attributes,
    }),
  }),
});
