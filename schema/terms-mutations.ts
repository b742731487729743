import type { CustomerName } from '#app/ledger/parties.ts';
import { publishTerms } from '#app/terms/publish.ts';
import { acceptTerms, withdrawTerms } from '#app/terms/record-consent.ts';
import { ForbiddenError } from '#domain/errors.ts';
import { uuidOf } from '#domain/ids.ts';
import { LANGUAGES_MAX, MARKDOWN_MAX, TEXTS_MAX } from '#domain/terms/version.ts';

import { builder } from './builder.ts';
import { ConsentChannelEnum } from './consent.ts';
import { programOf, scopeOf, type Context } from './context.ts';
import { CustomerRef } from './customer.ts';
import { customerNameOf } from './ledger-party.ts';
import { defineMutation } from './mutation.ts';
import { TermsVersionRef } from './terms.ts';

type Inputs = Parameters<Parameters<typeof defineMutation>[1]['input']>[0];

const OWN = ['consent:write', 'self:consent'] as const;

const TermsTextInput = builder.inputType('TermsTextInput', {
  description: 'The terms in one language: markdown or url, one of the two.',
  fields: (t) => ({
    language: t.string({ required: true, description: 'A locale such as en or de-AT; one text each.' }),
    title: t.string({ required: true, description: 'What they are called, 1 to 200 characters.' }),
    markdown: t.string({ description: `CommonMark, 1 to ${MARKDOWN_MAX} characters.` }),
    url: t.string({
      description:
        'An https address. Only the address is kept: what customers agree to stays provable as long as that page does not change.',
    }),
  }),
});

defineMutation('termsPublish', {
  description:
    'Publishes the next version of the programme’s terms, which never changes again. It is audited. Causes terms.published and catalogue.changed.',
  permission: 'terms:write',
  input: (t) => ({
    texts: t.field({
      type: [TermsTextInput],
      required: true,
      description: `The terms, in 1 to ${LANGUAGES_MAX} languages and with at most ${TEXTS_MAX} characters in all.`,
    }),
    effectiveFrom: t.field({
      type: 'DateTime',
      description:
        'From when it is in force; left out, now. It may lie in the past, but not before the version that is in force.',
    }),
    renewsConsent: t.boolean({
      required: true,
      defaultValue: true,
      description: 'Whether those who agreed to an earlier version must agree anew; they must by default.',
    }),
    note: t.string({ description: 'Why, for the team, 1 to 500 characters.' }),
  }),
  run: ({ texts, effectiveFrom, renewsConsent, note }, context, command) =>
    publishTerms(context.deps, scopeOf(context), command, {
      texts: texts.map(({ markdown = null, url = null, ...text }) => ({ ...text, markdown, url })),
      effectiveFrom: effectiveFrom ?? null,
      renewsConsent,
      note: note ?? null,
    }),
  payload: (t) => ({
    terms: t.field({
      type: TermsVersionRef,
      description: 'The version.',
      resolve: async ({ version }, _args, context) => {
        const { catalogues, reads } = context.deps;
        const { terms } = await catalogues.at(reads, programOf(context).programId);
        const published = terms.find(({ number }) => number === version);
        if (published === undefined) throw new Error(`version ${version} of the terms is gone`);
        return published;
      },
    }),
  }),
});

const customerFields = (t: Inputs) => ({
  customerId: t.id({ description: 'Who, cus_…. This or customerExternalId; a customer token needs neither.' }),
  customerExternalId: t.string({ description: 'Who, by the tenant’s own id.' }),
  channel: t.field({ type: ConsentChannelEnum, required: true, description: 'How the customer said so.' }),
  at: t.field({
    type: 'DateTime',
    description:
      'When the customer said so; left out, now. Not ahead of now, and not before what is on record. A customer token says nothing else than now.',
  }),
});

type Named = {
  customerId?: string | number | null | undefined;
  customerExternalId?: string | null | undefined;
  at?: Date | null | undefined;
};

/** Whose consent, when, and whether their own token records it. A customer token speaks for its own customer, about now. */
function sayingOf(context: Context, { customerId, customerExternalId, at }: Named) {
  const caller = programOf(context);
  const byCustomer = caller.kind === 'CUSTOMER';
  if (!byCustomer) return { customer: customerNameOf(customerId, customerExternalId), at: at ?? null, byCustomer };
  const isOwn =
    customerId === null || customerId === undefined || uuidOf('Customer', String(customerId)) === caller.customerId;
  if (!isOwn || typeof customerExternalId === 'string' || at instanceof Date)
    throw new ForbiddenError('A customer token agrees and withdraws for its own customer, and now.');
  const customer: CustomerName = { id: caller.customerId, externalId: null };
  return { customer, at: null, byCustomer };
}

const customerOf = ({ customerId }: { customerId: string }, _args: object, context: Context) =>
  context.loaders.customer.load(customerId);
const CUSTOMER = {
  type: CustomerRef,
  nullable: true,
  description: 'The customer; null where the caller does not hold customer:read.',
  resolve: customerOf,
} as const;

defineMutation('termsAccept', {
  description:
    'Records that a customer agrees to a version of the terms: the one in force, or one that comes. What is agreed to already stays as it was. A customer’s own token agrees for itself. Causes consent.changed.',
  permission: OWN,
  isPublic: true,
  input: (t) => ({
    ...customerFields(t),
    version: t.int({
      required: true,
      description: 'Which version: the number that was shown. Of an earlier time (at): one that was in force then.',
    }),
    language: t.string({ required: true, description: 'In which of its languages it was read.' }),
  }),
  run: ({ version, language, channel, ...named }, context, command) =>
    acceptTerms(context.deps, scopeOf(context), command, {
      ...sayingOf(context, named),
      ...{ version, language, channel },
    }),
  payload: (t) => ({
    version: t.exposeInt('version', { description: 'The version agreed to.' }),
    wasAccepted: t.exposeBoolean('wasAccepted', {
      description: 'True when it was agreed to before: that consent counts, and nothing was written.',
    }),
    customer: t.field(CUSTOMER),
  }),
});

defineMutation('termsWithdraw', {
  description:
    'Records that a customer takes back all that they agreed to. Where they stand with the program stays as it is: customerLeave takes them out. A customer’s own token withdraws for itself. Causes consent.changed.',
  permission: OWN,
  isPublic: true,
  input: (t) => customerFields(t),
  run: ({ channel, ...named }, context, command) =>
    withdrawTerms(context.deps, scopeOf(context), command, { ...sayingOf(context, named), channel }),
  payload: (t) => ({
    version: t.exposeInt('version', { description: 'The newest version that was taken back.' }),
    customer: t.field(CUSTOMER),
  }),
});
