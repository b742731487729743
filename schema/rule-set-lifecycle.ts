import { cancelRuleSet } from '#app/rule-set/cancel.ts';
import { approveRuleSet, rejectRuleSet } from '#app/rule-set/decide-proposal.ts';
import { publishRuleSet } from '#app/rule-set/publish.ts';
import type { Released } from '#app/rule-set/release.ts';
import { rollBackRuleSet } from '#app/rule-set/rollback.ts';
import { InvalidRuleError, SecondPersonError, StaleVersionError } from '#domain/errors.ts';
import { readProposal } from '#storage/rule-set-proposal-store.ts';
import { readRevision } from '#storage/rule-set-store.ts';

import { programOf, scopeOf, type Context } from './context.ts';
import { present, wantedUuid } from './ids.ts';
import { defineMutation, type Inputs, type Outputs } from './mutation.ts';
import { ProposalRef } from './rule-set-proposal.ts';
import { RevisionRef } from './rule-set.ts';

const releasedFields = <Result extends Released>(t: Outputs<Result>) => ({
  revision: t.field({
    type: RevisionRef,
    nullable: true,
    description: 'The new revision; null when a second person has to approve it first, or turned it down.',
    resolve: ({ revision }, _args, context) => (revision === null ? null : revisionOf(context, revision)),
  }),
  proposal: t.field({
    type: ProposalRef,
    nullable: true,
    description: 'The proposal, where the program’s policy is SECOND_PERSON; else null.',
    resolve: ({ proposalId }, _args, context) =>
      proposalId === null ? null : present(readProposal(context.deps.reads, programOf(context).programId, proposalId)),
  }),
});

const revisionOf = (context: Context, revision: number) =>
  present(readRevision(context.deps.reads, programOf(context).programId, revision));

defineMutation('ruleSetPublish', {
  description:
    'Publishes the draft as the next revision, live at once or from an instant on. Every problem of every item is told before anything changes. Under the policy SECOND_PERSON it answers a proposal instead. Causes rule-set.published, catalogue.changed.',
  permission: 'rule:publish',
  errors: [InvalidRuleError, StaleVersionError],
  input: (t) => ({
    expectedVersion: t.int({
      description: 'The draft’s version that was looked at; null publishes whatever stands there.',
    }),
    note: t.string({ description: 'What changes and why.' }),
    at: t.field({
      type: 'DateTime',
      description:
        'From then on, inclusive, it is live, by the program’s time: at least 5 seconds ahead. Null publishes at once.',
    }),
  }),
  run: ({ expectedVersion = null, note = null, at = null }, context, command) =>
    publishRuleSet(context.deps, scopeOf(context), command, { expectedVersion, note, at }),
  payload: releasedFields,
});

defineMutation('ruleSetRollback', {
  description:
    'Publishes the content of an earlier revision as a new one, live at once; the draft stays as it is. Under the policy SECOND_PERSON it answers a proposal instead. Causes rule-set.published, catalogue.changed.',
  permission: 'rule:publish',
  errors: [InvalidRuleError],
  input: (t) => ({
    revision: t.int({ required: true, description: 'The revision whose content comes back.' }),
    note: t.string({ description: 'Why.' }),
  }),
  run: ({ revision, note = null }, context, command) =>
    rollBackRuleSet(context.deps, scopeOf(context), command, { revision, note }),
  payload: releasedFields,
});

defineMutation('ruleSetCancel', {
  description:
    'Keeps a scheduled revision from ever going live; possible until 5 seconds before its start. Causes catalogue.changed.',
  permission: 'rule:publish',
  input: (t) => ({
    revision: t.int({ required: true, description: 'A scheduled revision.' }),
    reason: t.string({ description: 'Why.' }),
  }),
  run: ({ revision, reason = null }, context, command) =>
    cancelRuleSet(context.deps, scopeOf(context), command, { revision, reason }),
  payload: (t) => ({
    revision: t.field({
      type: RevisionRef,
      description: 'The cancelled revision.',
      resolve: ({ revision }, _args, context) => revisionOf(context, revision),
    }),
  }),
});

const decisionFields = (t: Inputs) => ({
  proposalId: t.id({ required: true, description: 'A pending proposal of somebody else, rsp_….' }),
  note: t.string({ description: 'Why.' }),
});

const decisionOf = ({ proposalId, note }: { proposalId: string | number; note?: string | null | undefined }) => ({
  proposalId: wantedUuid('RuleSetProposal', proposalId, 'proposal', ['proposalId']),
  note: note ?? null,
});

defineMutation('ruleSetApprove', {
  description:
    'Publishes what somebody else proposed, exactly as proposed. Refused to its author, and once another revision was published since. Causes rule-set.published, catalogue.changed.',
  permission: 'rule:publish',
  errors: [InvalidRuleError, StaleVersionError, SecondPersonError],
  input: decisionFields,
  run: (input, context, command) => approveRuleSet(context.deps, scopeOf(context), command, decisionOf(input)),
  payload: releasedFields,
});

defineMutation('ruleSetReject', {
  description: 'Turns down what somebody else proposed. Refused to its author.',
  permission: 'rule:publish',
  errors: [SecondPersonError],
  input: decisionFields,
  run: (input, context, command) => rejectRuleSet(context.deps, scopeOf(context), command, decisionOf(input)),
  payload: releasedFields,
});
