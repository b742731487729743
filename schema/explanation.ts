import { explainById } from '#app/explanation/explain.ts';
import { may, type Permission } from '#domain/caller.ts';
import type { Explanation, FactBasis, TraceKind, TraceStep } from '#domain/explanation/trace.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';

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
    STREAK: { description: 'Where a streak stands, or how it was lost.' },
    BADGE: { description: 'How an award of a badge came about, or what its next level takes.' },
    CHALLENGE: { description: 'How a prize of a challenge came about, or how far a try at one is.' },
    DRAW: { description: 'A ticket of a prize draw, what it cost, and what it drew.' },
    REFUSAL: { description: 'One reason of a refusal.' },
  } satisfies Record<TraceKind, object>,
});

const FactBasisEnum = builder.enumType('FactBasis', {
  description: 'From where the value of a trace comes.',
  values: {
    RECORDED: { description: 'It was written down with what happened: as it was then.' },
    TODAY: { description: 'It is as of now; what was seen then is not kept.' },
    NOT_KEPT: { description: 'What was seen then is not kept, and cannot be told any more.' },
  } satisfies Record<FactBasis, object>,
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

export const ExplanationRef = builder.objectRef<Explanation>('Explanation').implement({
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

builder.queryField('explain', (t) =>
  t.field({
    type: ExplanationRef,
    nullable: true,
    subGraphs: ['Public'],
    description:
      'Why something is as it is: a ledger transaction (ltx_…), a balance by its account (lac_…), a tier held (tmb_…), an award of a badge (baw_…) with what the next one takes, a prize of a challenge (chp_…), a try at a challenge (chr_…) with what is missing, a refused redemption (rfd_…), a play of a prize draw (dpl_…). Null for what is missing, of another kind, or not the caller’s to see. Each is seen by who may read it (ledger:read, tier:read, customer:read, redemption:read), and by the customer with self:read.',
    authScopes: { permission: ['ledger:read', 'tier:read', 'customer:read', 'redemption:read', 'self:read'] },
    args: {
      id: t.arg.id({ required: true, description: 'Global id of what is to be explained.' }),
      locale: t.arg.string({
        description: 'Language of the text, such as de-AT; left out, the customer’s own. English unless it is German.',
      }),
    },
    resolve: (_root, { id, locale }, context) => {
      const caller = programOf(context);
      const reader = {
        customerId: caller.kind === 'CUSTOMER' ? caller.customerId : null,
        may: (permission: Permission) => may(caller, permission),
      };
      return explainById(context.deps, caller.programId, String(id), reader, locale ?? null);
    },
  }),
);
