import { findAuditPage } from '#app/audit-entry/list.ts';
import { publicId } from '#domain/ids.ts';
import type { AuditEntryRecord } from '#storage/audit-store.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { connectionOf, connectionType, isEmptyKey, pageArgs, readPage } from './paging.ts';

const AuditEntryRef = builder.objectRef<AuditEntryRecord>('AuditEntry').implement({
  description:
    'One change in the administration of the program: who, what, when, before and after. Never holds a secret.',
  fields: (t) => ({
    id: t.id({ description: 'Its id.', resolve: (it) => publicId('AuditEntry', it.id) }),
    actor: t.exposeString('actor', {
      description: 'Who: key:key_…, staff:<sub>, operator:opk_…, or the command line.',
    }),
    action: t.exposeString('action', { description: 'What, in the past tense, such as api_key.revoked.' }),
    subject: t.exposeString('subject', {
      description: 'Id of the thing that changed; of rules `draft`, `revision:7` or a proposal rsp_….',
    }),
    before: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'What was; null when there was nothing to keep.',
      resolve: (it) => it.before,
    }),
    after: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'What is; null when there is nothing to keep.',
      resolve: (it) => it.after,
    }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When, by the time of day.' }),
  }),
});

const AuditEntryWhere = builder.inputType('AuditEntryWhere', {
  description: 'Which entries; all parts must hold.',
  fields: (t) => ({
    subject: t.string({ description: 'About this id; left out, about any.' }),
    action: t.string({ description: 'Of this action; left out, of any.' }),
    actor: t.string({ description: 'By this actor; left out, by any.' }),
    recordedFrom: t.field({ type: 'DateTime', description: 'From then on, inclusive; left out, from the beginning.' }),
    recordedUntil: t.field({ type: 'DateTime', description: 'Before then, exclusive; left out, until now.' }),
  }),
});

const AuditEntryConnection = connectionType('AuditEntry', AuditEntryRef);

builder.queryField('auditEntries', (t) =>
  t.field({
    type: AuditEntryConnection,
    description:
      'Changes in the administration of the program, newest first: keys, policies, currencies, types, drafts and revisions of rules with what they were and became. Needs audit:read.',
    authScopes: { permission: 'audit:read' },
    args: { ...pageArgs, where: t.arg({ type: AuditEntryWhere, description: 'Which ones.' }) },
    resolve: async (_root, { where, ...args }, context) => {
      const filter = {
        subject: where?.subject ?? null,
        action: where?.action ?? null,
        actor: where?.actor ?? null,
        from: where?.recordedFrom ?? null,
        until: where?.recordedUntil ?? null,
      };
      const page = readPage(args, ['auditEntries', filter], isEmptyKey);
      const rows = await findAuditPage(context.deps, programOf(context).programId, filter, page);
      return connectionOf(rows, page, ({ id }) => ({ key: '', id }));
    },
  }),
);
