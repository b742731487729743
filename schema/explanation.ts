import { explainLedgerAccount } from '#app/explanation/explain-balance.ts';
import { explainRefusedRedemption } from '#app/explanation/explain-refusal.ts';
import { explainLedgerTransaction } from '#app/explanation/explain-transaction.ts';
import { may } from '#domain/caller.ts';
import { FACT_BASES, TRACE_KINDS, type Explanation, type TraceStep } from '#domain/explanation/trace.ts';
import { parsePublicId, type IdType } from '#domain/ids.ts';
import { findAccountOwners } from '#storage/ledger-owner-store.ts';
import { findRefusedAttempts } from '#storage/redemption-refusal-store.ts';

import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { maySeeLedgerOf } from './loaders/ledger.ts';

const TraceKindEnum = builder.enumType('TraceKind', {
  description: 'What a step of a trace tells.',
  values: {
    CAUSE: { description: 'What happened, when, by whom.' },
    RULE: { description: 'The rule that decided, as it was in its revision.' },
    CONDITION: { description: 'One part of its condition.' },
    AWARD: { description: 'How the points were computed.' },
    BOOST: { description: 'What multiplied them.' },
    LIMIT: { description: 'What cut them.' },
    WAIT: { description: 'What they wait for.' },
    EXPIRY: { description: 'When they expire.' },
    LOT: { description: 'Points that came together and are still there.' },
    HOLD: { description: 'Points that are set aside.' },
    DEBT: { description: 'Points that are owed.' },
    REVERSAL: { description: 'What was undone.' },
    TIER: { description: 'How a tier came about.' },
    REFUSAL: { description: 'One reason of a refusal.' },
  } satisfies Record<(typeof TRACE_KINDS)[number], object>,
});

const FactBasisEnum = builder.enumType('FactBasis', {
  description: 'From where the value of a trace comes.',
  values: {
    RECORDED: { description: 'It was written down with what happened: as it was then.' },
    TODAY: { description: 'It is as of now; what was seen then is not kept.' },
    NOT_KEPT: { description: 'What was seen then is not kept, and cannot be told any more.' },
  } satisfies Record<(typeof FACT_BASES)[number], object>,
});

const TraceStepRef = builder.objectRef<TraceStep>('TraceStep').implement({
  description: 'One step of why something is as it is. What does not apply is null.',
  fields: (t) => ({
    kind: t.field({ type: TraceKindEnum, description: 'What it tells.', resolve: (it) => it.kind }),
    text: t.exposeString('text', { description: 'In English, for the team; its wording may change.' }),
    revision: t.exposeInt('revision', { nullable: true, description: 'The rule set’s revision that decided.' }),
    item: t.exposeString('item', { nullable: true, description: 'Code of the rule, boost, tier or reward.' }),
    condition: t.exposeString('condition', { nullable: true, description: 'The whole condition, in CEL.' }),
    part: t.exposeString('part', { nullable: true, description: 'The part of it that is meant.' }),
    valueSeen: t.exposeString('seen', { nullable: true, description: 'The value that it saw, as text.' }),
    valueNeeded: t.exposeString('needed', { nullable: true, description: 'The value that it needs, as text.' }),
    basis: t.field({
      type: FactBasisEnum,
      nullable: true,
      description: 'From where the value comes.',
      resolve: (it) => it.basis,
    }),
    at: t.expose('at', { type: 'DateTime', nullable: true, description: 'The instant that is meant.' }),
  }),
});

const ExplanationRef = builder.objectRef<Explanation>('Explanation').implement({
  description: 'Why something is as it is.',
  subGraphs: ['Public'],
  fields: (t) => ({
    text: t.exposeString('text', {
      description: 'For the customer, in their language or the asked one: English or German.',
    }),
    trace: t.field({
      type: [TraceStepRef],
      subGraphs: [],
      authScopes: { permission: 'rule:read' },
      description: 'For the team: revision, conditions, values seen and needed. Needs rule:read.',
      resolve: (it) => it.trace,
    }),
  }),
});

type Explainer = (context: Context, id: string, locale: string | null) => Promise<Explanation | null>;

/** By the type of the id. What is not there, or not for this caller, is null. */
const EXPLAINERS: Partial<Record<IdType, Explainer>> = {
  LedgerTransaction: async (context, id, locale) => {
    const transaction = await context.loaders.ledgerTransaction.load(id);
    if (transaction === null) return null;
    const caller = programOf(context);
    const viewer = caller.kind === 'CUSTOMER' ? caller.customerId : transaction.customerId;
    return explainLedgerTransaction(context.deps, caller.programId, transaction, viewer, locale);
  },
  LedgerAccount: async (context, id, locale) => {
    const caller = programOf(context);
    const owner = (await findAccountOwners(context.deps.reads, caller.programId, [id])).get(id);
    if (owner === undefined || !maySeeLedgerOf(caller, owner.customerId)) return null;
    return explainLedgerAccount(context.deps, caller.programId, id, owner, locale);
  },
  RedemptionRefusal: async (context, id, locale) => {
    const caller = programOf(context);
    const [attempt] = await findRefusedAttempts(context.deps.reads, caller.programId, [id]);
    const isOwn = caller.kind === 'CUSTOMER' && caller.customerId === attempt?.customerId;
    if (attempt === undefined || !(isOwn || may(caller, 'redemption:read'))) return null;
    return explainRefusedRedemption(context.deps, caller.programId, attempt, locale);
  },
};

builder.queryField('explain', (t) =>
  t.field({
    type: ExplanationRef,
    nullable: true,
    subGraphs: ['Public'],
    description:
      'Why something is as it is: a ledger transaction (ltx_…), a balance by its account (lac_…), a tier held (tmb_…), a refused redemption (rfd_…). Null for what is missing, of another kind, or not the caller’s to see. Needs ledger:read, or self:read for one’s own.',
    authScopes: { permission: ['ledger:read', 'self:read'] },
    args: {
      id: t.arg.id({ required: true, description: 'Global id of what is to be explained.' }),
      locale: t.arg.string({
        description: 'Language of the text, such as de-AT; left out, the customer’s own. English unless it is German.',
      }),
    },
    resolve: async (_root, { id, locale }, context) => {
      const parsed = parsePublicId(String(id));
      const explainer = parsed === null ? undefined : EXPLAINERS[parsed.type];
      return parsed === null || explainer === undefined ? null : explainer(context, parsed.uuid, locale ?? null);
    },
  }),
);
