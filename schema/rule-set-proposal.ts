import { publicId, uuidOf } from '#domain/ids.ts';
import {
  listProposals,
  readProposal,
  type PROPOSAL_STATES,
  type RuleSetProposal,
} from '#storage/rule-set-proposal-store.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { RuleDifferenceRef } from './rule-set.ts';

const ProposalStateEnum = builder.enumType('RuleSetProposalState', {
  description: 'What became of a proposal.',
  values: {
    PENDING: { description: 'It waits for a second person.' },
    APPROVED: { description: 'A second person published it.' },
    REJECTED: { description: 'A second person turned it down.' },
  } satisfies Record<(typeof PROPOSAL_STATES)[number], object>,
});

export const ProposalRef = builder.objectRef<RuleSetProposal>('RuleSetProposal').implement({
  description:
    'A publication that a second person decides on, under the policy SECOND_PERSON. Its content is frozen: later edits of the draft do not reach it.',
  fields: (t) => ({
    id: t.id({ description: 'Its id, rsp_….', resolve: (it) => publicId('RuleSetProposal', it.id) }),
    state: t.field({ type: ProposalStateEnum, description: 'What became of it.', resolve: (it) => it.state }),
    diff: t.field({
      type: [RuleDifferenceRef],
      description: 'What it would change, or changed, against the revision that it takes over from.',
      resolve: (it) => it.diff,
    }),
    content: t.field({
      type: 'JSONObject',
      description: 'The whole rule set, section by section.',
      resolve: (it) => it.content,
    }),
    note: t.exposeString('note', { nullable: true, description: 'What its author said of it.' }),
    startsAt: t.expose('scheduledFor', {
      type: 'DateTime',
      nullable: true,
      description: 'From when it would be live; null: from its approval on.',
    }),
    restoresRevision: t.exposeInt('restoresRevision', {
      nullable: true,
      description: 'Of a rollback: the revision whose content this is.',
    }),
    proposedAt: t.expose('proposedAt', { type: 'DateTime', description: 'When it was proposed.' }),
    proposedBy: t.exposeString('proposedBy', { description: 'Who proposed it, and so cannot decide on it.' }),
    decidedAt: t.expose('decidedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was decided on; null while it is pending.',
    }),
    decidedBy: t.exposeString('decidedBy', { nullable: true, description: 'Who decided; null while it is pending.' }),
    decisionNote: t.exposeString('decisionNote', { nullable: true, description: 'What they said.' }),
    revisionNumber: t.exposeInt('revision', {
      nullable: true,
      description: 'The revision that its approval published; null without one.',
    }),
  }),
});

builder.queryFields((t) => ({
  ruleSetProposal: t.field({
    type: ProposalRef,
    nullable: true,
    description: 'A proposal by id; null when there is none. Needs rule:read.',
    authScopes: { permission: 'rule:read' },
    args: { id: t.arg.id({ required: true, description: 'Its id, rsp_….' }) },
    resolve: (_root, { id }, context) => {
      const uuid = uuidOf('RuleSetProposal', String(id));
      return uuid === null ? null : readProposal(context.deps.reads, programOf(context).programId, uuid);
    },
  }),
  ruleSetProposals: t.field({
    type: [ProposalRef],
    description: 'Proposals, the newest first, at most 100. Needs rule:read.',
    authScopes: { permission: 'rule:read' },
    args: { state: t.arg({ type: ProposalStateEnum, description: 'Only those in this state; left out, all.' }) },
    resolve: (_root, { state }, context) =>
      listProposals(context.deps.reads, programOf(context).programId, state ?? null),
  }),
}));
