import { findRevisionContent } from '#app/rule-set/find-content.ts';
import { NotFoundError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { diffContent } from '#domain/rule-set/diff.ts';
import { startOf, stateOf, type REVISION_STATES } from '#domain/rule-set/live.ts';
import { readProgramNow } from '#storage/ledger-owner-store.ts';
import { listRevisions } from '#storage/rule-set-store.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { badUserInput, connectionOf, connectionType, isIntegerKey, pageArgs, readPage } from './paging.ts';
import { ProgramRef } from './program.ts';
import { RevisionRef, RuleDifferenceRef } from './rule-set.ts';

const RevisionStateEnum = builder.enumType('RuleSetState', {
  description: 'Where a revision stands in its life.',
  values: {
    SCHEDULED: { description: 'It takes over at its start.' },
    LIVE: { description: 'Decisions are made by it.' },
    SUPERSEDED: { description: 'Another revision has taken over.' },
    CANCELLED: { description: 'It was cancelled before it was live, and never will be.' },
  } satisfies Record<(typeof REVISION_STATES)[number], object>,
});

builder.objectFields(RevisionRef, (t) => ({
  state: t.field({
    type: RevisionStateEnum,
    description:
      'Where it stands by the program’s time. Of the revisions that have started, the one with the latest start is live; of equal starts the higher number.',
    resolve: async (it, _args, context) => {
      const { deps } = context;
      const { programId } = programOf(context);
      const [now, catalogue] = await Promise.all([
        readProgramNow(deps.reads, programId, deps.clock()),
        deps.catalogues.at(deps.reads, programId),
      ]);
      return stateOf(it, catalogue.ruleSet.revision, now);
    },
  }),
  startsAt: t.field({
    type: 'DateTime',
    description:
      'From then on, inclusive, it is live, unless it was cancelled or another revision with a later start has taken over.',
    resolve: startOf,
  }),
  restoresRevision: t.exposeInt('restoresRevision', {
    nullable: true,
    description: 'Of a rollback: the revision whose content this is; null otherwise.',
  }),
  proposalId: t.id({
    nullable: true,
    description: 'The approved proposal that it came from, rsp_…; null when it was published directly.',
    resolve: (it) => (it.proposalId === null ? null : publicId('RuleSetProposal', it.proposalId)),
  }),
  cancelledAt: t.expose('cancelledAt', {
    type: 'DateTime',
    nullable: true,
    description: 'When it was cancelled; null when it was not.',
  }),
  cancelledBy: t.exposeString('cancelledBy', { nullable: true, description: 'Who cancelled it.' }),
  cancellationReason: t.exposeString('cancellationReason', { nullable: true, description: 'Why, as given.' }),
}));

builder.objectField(ProgramRef, 'liveRevision', (t) =>
  t.int({
    subGraphs: [],
    authScopes: { permission: ['program:read', 'program:create'] },
    description:
      'Revision of the rules that is live by the program’s time; 0 before the first. Needs program:read or program:create.',
    resolve: async ({ id }, _args, { deps }) => (await deps.catalogues.at(deps.reads, id)).ruleSet.revision,
  }),
);

const RevisionConnection = connectionType('RuleSetRevision', RevisionRef);
/** Revisions have numbers and no ids; a cursor needs one. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

builder.queryFields((t) => ({
  ruleSetRevisions: t.field({
    type: RevisionConnection,
    description: 'All revisions, the newest first. Needs rule:read.',
    authScopes: { permission: 'rule:read' },
    args: pageArgs,
    resolve: async (_root, args, context) => {
      const page = readPage(args, ['ruleSetRevisions'], isIntegerKey);
      const rows = await listRevisions(context.deps.reads, programOf(context).programId, {
        ...page,
        after: page.after === null ? null : Number(page.after.key),
        before: page.before === null ? null : Number(page.before.key),
      });
      return connectionOf(rows, page, ({ revision }) => ({ key: String(revision), id: NO_ID }));
    },
  }),
  ruleSetDiff: t.field({
    type: [RuleDifferenceRef],
    description: 'What differs between two rule sets, from the first to the second. Needs rule:read.',
    authScopes: { permission: 'rule:read' },
    args: {
      from: t.arg.int({ description: 'Number of a revision; left out, the live one.' }),
      to: t.arg.int({ description: 'Number of a revision; left out, the draft.' }),
    },
    resolve: async (_root, { from, to }, context) => {
      const { programId } = programOf(context);
      const find = (against: number | 'LIVE' | 'DRAFT') =>
        findRevisionContent(context.deps, programId, against).catch((error: unknown) => {
          throw error instanceof NotFoundError ? badUserInput(error.message) : error;
        });
      const [before, after] = await Promise.all([find(from ?? 'LIVE'), find(to ?? 'DRAFT')]);
      return diffContent(before.content, after.content);
    },
  }),
}));
