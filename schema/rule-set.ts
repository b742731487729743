import { removeItem, saveItem } from '#app/rule-set/edit-draft.ts';
import { publishRuleSet } from '#app/rule-set/publish.ts';
import { InvalidRuleError, StaleVersionError } from '#domain/errors.ts';
import { diffContent, type RuleSetDifference } from '#domain/rule-set/diff.ts';
import { readDraft, readRevision, type RuleSetDraft, type RuleSetRevision } from '#storage/rule-set-store.ts';

import { builder } from './builder.ts';
import { programOf, scopeOf, type Context } from './context.ts';
import { EarningRuleInputRef, ruleOf } from './earning-rule-input.ts';
import { EarningRuleRef } from './earning-rule.ts';
import { defineMutation } from './mutation.ts';

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

const RuleDifferenceRef = builder.objectRef<RuleSetDifference>('RuleDifference').implement({
  description: 'One item that differs between two rule sets.',
  fields: (t) => ({
    section: t.exposeString('section', { description: 'The section that it stands in, such as earningRules.' }),
    code: t.exposeString('code', { description: 'Its code.' }),
    change: t.field({ type: RuleChangeEnum, description: 'How it differs.', resolve: (it) => it.change }),
    fields: t.field({ type: [FieldDifferenceRef], description: 'What differs.', resolve: (it) => it.fields }),
  }),
});

const RevisionRef = builder.objectRef<RuleSetRevision>('RuleSetRevision').implement({
  description: 'A published rule set. It never changes; every ledger transaction of an earning names its number.',
  fields: (t) => ({
    revision: t.exposeInt('revision', { description: 'Its number, from 1.' }),
    earningRules: t.field({
      type: [EarningRuleRef],
      description: 'All its earning rules.',
      resolve: (it) => it.content.earningRules,
    }),
    diff: t.field({
      type: [RuleDifferenceRef],
      description: 'What it changed against the revision before it.',
      resolve: (it) => it.diff,
    }),
    note: t.exposeString('note', { nullable: true, description: 'What the publisher said of it.' }),
    publishedAt: t.expose('publishedAt', { type: 'DateTime', description: 'When it went live.' }),
    publishedBy: t.exposeString('publishedBy', { description: 'Who published it.' }),
  }),
});

const DraftRef = builder.objectRef<RuleSetDraft>('RuleSetDraft').implement({
  description: 'The rule set that is being edited. It affects nothing until it is published.',
  fields: (t) => ({
    version: t.exposeInt('version', {
      description: 'Counts up with every edit; give it back to be sure that nobody edited meanwhile.',
    }),
    earningRules: t.field({
      type: [EarningRuleRef],
      description: 'All its earning rules.',
      resolve: (it) => it.content.earningRules,
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

const draftOf = (context: Context): Promise<RuleSetDraft> =>
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

const expectedVersion = 'The draft’s version that this edit is based on; null edits whatever stands there.';

defineMutation('earningRuleSave', {
  description:
    'Puts a rule into the draft, replacing the one of the same code. Only its form is checked until it is published.',
  permission: 'rule:write',
  errors: [InvalidRuleError, StaleVersionError],
  input: (t) => ({
    rule: t.field({ type: EarningRuleInputRef, required: true, description: 'The whole rule.' }),
    expectedVersion: t.int({ description: expectedVersion }),
  }),
  run: (input, context, command) =>
    saveItem(context.deps, scopeOf(context), command, 'earningRules', {
      item: ruleOf(input.rule),
      expectedVersion: input.expectedVersion ?? null,
    }),
  payload: (t) => ({
    draft: t.field({
      type: DraftRef,
      description: 'The draft as it is now.',
      resolve: (_result, _args, context) => draftOf(context),
    }),
  }),
});

defineMutation('earningRuleRemove', {
  description: 'Takes a rule out of the draft. It stays in the revisions that have it.',
  permission: 'rule:write',
  errors: [StaleVersionError],
  input: (t) => ({
    code: t.string({ required: true, description: 'The rule’s code.' }),
    expectedVersion: t.int({ description: expectedVersion }),
  }),
  run: (input, context, command) =>
    removeItem(context.deps, scopeOf(context), command, 'earningRules', {
      code: input.code,
      expectedVersion: input.expectedVersion ?? null,
    }),
  payload: (t) => ({
    draft: t.field({
      type: DraftRef,
      description: 'The draft as it is now.',
      resolve: (_result, _args, context) => draftOf(context),
    }),
  }),
});

defineMutation('ruleSetPublish', {
  description:
    'Makes the draft live as the next revision, at once. Every problem of every rule is told before anything changes.',
  permission: 'rule:publish',
  errors: [InvalidRuleError, StaleVersionError],
  input: (t) => ({
    expectedVersion: t.int({
      description: 'The draft’s version that was looked at; null publishes whatever stands there.',
    }),
    note: t.string({ description: 'What changes and why.' }),
  }),
  run: (input, context, command) =>
    publishRuleSet(context.deps, scopeOf(context), command, {
      expectedVersion: input.expectedVersion ?? null,
      note: input.note ?? null,
    }),
  payload: (t) => ({
    revision: t.field({
      type: RevisionRef,
      description: 'The revision that went live.',
      resolve: async (result, _args, context) => {
        const revision = await readRevision(context.deps.reads, programOf(context).programId, result.revision);
        if (revision === null) throw new Error('a published revision is on record');
        return revision;
      },
    }),
  }),
});
