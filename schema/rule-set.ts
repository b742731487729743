import { diffContent, type RuleSetDifference } from '#domain/rule-set/diff.ts';
import { readDraft, readRevision, type RuleSetDraft, type RuleSetRevision } from '#storage/rule-set-store.ts';

import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';

const RuleChangeEnum = builder.enumType('RuleChange', {
  description: 'How an item differs between two rule sets.',
  values: {
    ADDED: { description: 'Only the newer set has it.' },
    REMOVED: { description: 'Only the older set has it.' },
    CHANGED: { description: 'Both have it, with different fields.' },
  },
});

const FieldDifferenceRef = builder.objectRef<RuleSetDifference['fields'][number]>('RuleFieldDifference').implement({
  description: 'One field that differs, in JSON form.',
  fields: (t) => ({
    field: t.exposeString('field', { description: 'The field’s name.' }),
    before: t.string({
      description: 'JSON of the older value; null where there was none.',
      resolve: (it) => JSON.stringify(it.before),
    }),
    after: t.string({
      description: 'JSON of the newer value; null where there is none.',
      resolve: (it) => JSON.stringify(it.after),
    }),
  }),
});

export const RuleDifferenceRef = builder.objectRef<RuleSetDifference>('RuleDifference').implement({
  description: 'One item that differs between two rule sets.',
  fields: (t) => ({
    section: t.exposeString('section', { description: 'The section that it stands in, such as earningRules.' }),
    code: t.exposeString('code', { description: 'Its code.' }),
    change: t.field({ type: RuleChangeEnum, description: 'How it differs.', resolve: (it) => it.change }),
    fields: t.field({ type: [FieldDifferenceRef], description: 'What differs.', resolve: (it) => it.fields }),
  }),
});

export const RevisionRef = builder.objectRef<RuleSetRevision>('RuleSetRevision').implement({
  description: 'A published rule set. It never changes; every ledger transaction of an earning names its number.',
  fields: (t) => ({
    revision: t.exposeInt('revision', { description: 'Its number, from 1.' }),
    diff: t.field({
      type: [RuleDifferenceRef],
      description: 'What it changed against the revision that it takes over from, as was known when it was published.',
      resolve: (it) => it.diff,
    }),
    note: t.exposeString('note', { nullable: true, description: 'What the publisher said of it.' }),
    publishedAt: t.expose('publishedAt', {
      type: 'DateTime',
      description: 'When it was published, which is not always when it is live.',
    }),
    publishedBy: t.exposeString('publishedBy', { description: 'Who published it.' }),
  }),
});

/** The draft; sections add their own field to it. */
export const DraftRef = builder.objectRef<RuleSetDraft>('RuleSetDraft').implement({
  description: 'The rule set that is being edited. It affects nothing until it is published.',
  fields: (t) => ({
    version: t.exposeInt('version', {
      description: 'Counts up with every edit; give it back to be sure that nobody edited meanwhile.',
    }),
    diff: t.field({
      type: [RuleDifferenceRef],
      description: 'What publishing it would change.',
      resolve: async (draft, _args, context) =>
        diffContent(
          (await context.deps.catalogues.at(context.deps.reads, programOf(context).programId)).ruleSet.content,
          draft.content,
        ),
    }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last edited.' }),
    updatedBy: t.exposeString('updatedBy', { description: 'Who edited it last.' }),
  }),
});

/** The draft of the caller’s program. */
export const draftOf = (context: Context): Promise<RuleSetDraft> =>
  readDraft(context.deps.reads, programOf(context).programId);

builder.queryFields((t) => ({
  ruleSetDraft: t.field({
    type: DraftRef,
    description: 'The program’s draft. Needs rule:read.',
    authScopes: { permission: 'rule:read' },
    resolve: (_root, _args, context) => draftOf(context),
  }),
  ruleSetRevision: t.field({
    type: RevisionRef,
    nullable: true,
    description:
      'A published revision, by default the live one; null when there is none of that number. Needs rule:read.',
    authScopes: { permission: 'rule:read' },
    args: { revision: t.arg.int({ description: 'Its number; null takes the live one.' }) },
    resolve: async (_root, args, context) => {
      const { programId } = programOf(context);
      const revision =
        args.revision ?? (await context.deps.catalogues.at(context.deps.reads, programId)).ruleSet.revision;
      return readRevision(context.deps.reads, programId, revision);
    },
  }),
}));
