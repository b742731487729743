import {
  standingOf,
  type ConsentAction,
  type ConsentChannel,
  type ConsentDemand,
  type ConsentEntry,
} from '#domain/terms/consent.ts';
import { versionInForce, type TermsVersion } from '#domain/terms/version.ts';

import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { CustomerRef } from './customer.ts';
import { termsAround, TermsVersionRef } from './terms.ts';

const publicSurface = { subGraphs: ['Public' as const] };

/** Most lines of one history that a query answers. */
const HISTORY_MAX = 100;

export const ConsentChannelEnum = builder.enumType('ConsentChannel', {
  description: 'How a customer said yes to the terms, or took it back.',
  ...publicSurface,
  values: {
    WEB: { description: 'On a page.' },
    APP: { description: 'In an app.' },
    EMAIL: { description: 'By e-mail.' },
    PHONE: { description: 'On the telephone.' },
    IN_PERSON: { description: 'To somebody’s face.' },
    PAPER: { description: 'On paper.' },
  } satisfies Record<ConsentChannel, object>,
});

const ConsentActionEnum = builder.enumType('ConsentAction', {
  description: 'What a customer said.',
  ...publicSurface,
  values: {
    ACCEPTED: { description: 'Agreed to a version.' },
    WITHDRAWN: { description: 'Took back all that was agreed to.' },
  } satisfies Record<ConsentAction, object>,
});

const EntryRef = builder.objectRef<ConsentEntry>('ConsentEntry').implement({
  description:
    'One line of a customer’s history with the terms. It never changes, and holds nothing of the person beside whose it is.',
  ...publicSurface,
  fields: (t) => ({
    action: t.field({ type: ConsentActionEnum, description: 'What was said.', resolve: (it) => it.action }),
    version: t.exposeInt('version', {
      description: 'The version agreed to; of a withdrawal, the newest one that it takes back.',
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When the customer said so.' }),
    channel: t.field({ type: ConsentChannelEnum, description: 'How.', resolve: (it) => it.channel }),
    language: t.exposeString('language', {
      nullable: true,
      description: 'In which language the terms were read; null of a withdrawal.',
    }),
    byCustomer: t.exposeBoolean('byCustomer', {
      description: 'True where the customer’s own token recorded it; false where the tenant did on their behalf.',
    }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was written down.' }),
    recordedBy: t.exposeString('recordedBy', {
      subGraphs: [],
      authScopes: { permission: 'customer:read' },
      description: 'Who wrote it down: the key, the member of staff, or the customer. Needs customer:read.',
    }),
  }),
});

const MissingRef = builder.objectRef<ConsentDemand & { terms: TermsVersion }>('ConsentMissing').implement({
  description: 'The consent that a customer has not given.',
  ...publicSurface,
  fields: (t) => ({
    version: t.field({
      type: TermsVersionRef,
      description: 'The version to accept: the one in force.',
      resolve: (it) => it.terms,
    }),
    atLeast: t.exposeInt('atLeast', { description: 'Any version from this one to the one in force will do.' }),
    since: t.expose('since', {
      type: 'DateTime',
      description: 'Since when it is missing: when the terms began to ask for it, or when consent was withdrawn.',
    }),
  }),
});

/** A customer whose consent is asked for; the rest is read once a field. */
type Consenting = { history: readonly ConsentEntry[] };

const standing = async ({ history }: Consenting, context: Context) => {
  const { catalogue, now } = await termsAround(context);
  return { catalogue, now, ...standingOf(catalogue.terms, history, now) };
};

const ConsentRef = builder.objectRef<Consenting>('CustomerConsent').implement({
  description:
    'Where a customer stands with the programme’s terms. Any version from the last one that asked anew to the one in force is enough; a withdrawal takes everything back.',
  ...publicSurface,
  fields: (t) => ({
    isCurrent: t.boolean({
      description: 'True when nothing is missing: the terms in force are accepted, or there are none.',
      resolve: async (it, _args, context) => (await standing(it, context)).missing === null,
    }),
    accepted: t.field({
      type: EntryRef,
      nullable: true,
      description: 'The consent to the newest version that was given and not withdrawn; null when there is none.',
      resolve: async (it, _args, context) => (await standing(it, context)).accepted,
    }),
    missing: t.field({
      type: MissingRef,
      nullable: true,
      description: 'What is to be accepted; null when nothing is missing.',
      resolve: async (it, _args, context) => {
        const { catalogue, missing, now } = await standing(it, context);
        const terms = versionInForce(catalogue.terms, now);
        return missing === null || terms === null ? null : { ...missing, terms };
      },
    }),
    history: t.field({
      type: [EntryRef],
      description: `All that was said, newest first, the latest ${HISTORY_MAX}.`,
      resolve: ({ history }) => history.slice(-HISTORY_MAX).toReversed(),
    }),
  }),
});

builder.objectField(CustomerRef, 'consent', (t) =>
  t.field({
    type: ConsentRef,
    description: 'Where the customer stands with the terms of the programme, and the history.',
    resolve: async ({ id }, _args, context) => ({ history: await context.loaders.consents.load(id) }),
  }),
);
