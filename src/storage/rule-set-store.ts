import { emptyContent, type RuleSetContent, type SectionName } from '#domain/rule-set/content.ts';
import type { RuleSetDifference } from '#domain/rule-set/diff.ts';
import type { RevisionTiming } from '#domain/rule-set/live.ts';

import { onlyRow, type Statements } from './postgres.ts';

export type RuleSetDraft = { content: RuleSetContent; version: number; updatedAt: Date; updatedBy: string };
export type RuleSetRevision = {
  revision: number;
  content: RuleSetContent;
  diff: RuleSetDifference[];
  note: string | null;
  publishedAt: Date;
  publishedBy: string;
  /** When it takes over; null took over when it was published. */
  scheduledFor: Date | null;
  /** Of a rollback: the revision whose content this is. */
  restoresRevision: number | null;
  /** The approved proposal that it came from. */
  proposalId: string | null;
  cancelledAt: Date | null;
  cancelledBy: string | null;
  cancellationReason: string | null;
};

/** What a new revision is made of. */
export type NewRevision = Pick<
  RuleSetRevision,
  'content' | 'diff' | 'note' | 'publishedAt' | 'publishedBy' | 'scheduledFor' | 'restoresRevision' | 'proposalId'
>;

const DRAFT_COLUMNS = 'content, version, updated_at as "updatedAt", updated_by as "updatedBy"';
const REVISIONS = `
  select r.revision, r.content, r.diff, r.note, r.published_at as "publishedAt", r.published_by as "publishedBy",
    r.scheduled_for as "scheduledFor", r.restores_revision as "restoresRevision", r.proposal_id as "proposalId",
    c.cancelled_at as "cancelledAt", c.cancelled_by as "cancelledBy", c.reason as "cancellationReason"
  from rule_set_revision r left join rule_set_cancellation c on c.program_id = r.program_id and c.revision = r.revision`;

/** The program's draft. */
export async function readDraft(statements: Statements, programId: string): Promise<RuleSetDraft> {
  const [row] = await statements.query<RuleSetDraft>(
    `/* read-draft */ select ${DRAFT_COLUMNS} from rule_set_draft where program_id = $1`,
    [programId],
  );
  return row === undefined
    ? { content: emptyContent(), version: 0, updatedAt: new Date(0), updatedBy: 'nobody' }
    : withAllSections(row);
}

/** The draft, locked until the transaction ends, so that two editors cannot overwrite each other. */
export async function lockDraft(statements: Statements, programId: string, actor: string): Promise<RuleSetDraft> {
  await statements.query(
    '/* create-draft */ insert into rule_set_draft (program_id, updated_by) values ($1, $2) on conflict do nothing',
    [programId, actor],
  );
  return withAllSections(
    onlyRow(
      await statements.query<RuleSetDraft>(
        `/* lock-draft */ select ${DRAFT_COLUMNS} from rule_set_draft where program_id = $1 for update`,
        [programId],
      ),
    ),
  );
}

/** Replaces what the draft holds and counts its version up. */
export async function saveDraft(
  statements: Statements,
  programId: string,
  content: RuleSetContent,
  actor: string,
  now: Date,
): Promise<number> {
  const { version } = onlyRow(
    await statements.query<{ version: number }>(
      '/* save-draft */ update rule_set_draft set content = $2, version = version + 1, updated_at = $3, updated_by = $4 where program_id = $1 returning version',
      [programId, JSON.stringify(content), now, actor],
    ),
  );
  return version;
}

/** One published revision, or null. */
export async function readRevision(
  statements: Statements,
  programId: string,
  revision: number,
): Promise<RuleSetRevision | null> {
  const [row] = await statements.query<RuleSetRevision>(
    `/* read-revision */ ${REVISIONS} where r.program_id = $1 and r.revision = $2`,
    [programId, revision],
  );
  return row === undefined ? null : withAllSections(row);
}

/** Revisions of a program, the newest first; a page as `PageRequest` says, its keys being numbers. */
export async function listRevisions(
  statements: Statements,
  programId: string,
  page: { after: number | null; before: number | null; backwards: boolean; limit: number },
): Promise<RuleSetRevision[]> {
  const rows = await statements.query<RuleSetRevision>(
    `/* list-revisions */ ${REVISIONS}
    where r.program_id = $1 and ($2::int is null or r.revision < $2) and ($3::int is null or r.revision > $3)
    order by r.revision ${page.backwards ? 'asc' : 'desc'} limit $4`,
    [programId, page.after, page.before, page.limit + 1],
  );
  return rows.map(withAllSections);
}

/** When each revision takes over; cancelled ones are left out. */
export async function readTimings(statements: Statements, programId: string): Promise<RevisionTiming[]> {
  return statements.query<RevisionTiming>(
    `/* read-timings */ select revision, published_at as "publishedAt", scheduled_for as "scheduledFor"
    from rule_set_revision r
    where program_id = $1 and not exists (
      select from rule_set_cancellation c where c.program_id = r.program_id and c.revision = r.revision)`,
    [programId],
  );
}

/** What was written before a section existed has it empty. */
function withAllSections<Row extends { content: RuleSetContent }>(row: Row): Row {
  return { ...row, content: { ...emptyContent(), ...row.content } };
}

/** Number of the newest revision, whatever became of it; 0 before the first. */
export async function readLastRevision(statements: Statements, programId: string): Promise<number> {
  const [row] = await statements.query<{ last: number }>(
    '/* read-last-revision */ select last_revision as last from program where id = $1',
    [programId],
  );
  return row?.last ?? 0;
}

/** Writes the next revision. Returns its number. */
export async function appendRevision(
  statements: Statements,
  programId: string,
  revision: NewRevision,
): Promise<number> {
  const { last_revision: next } = onlyRow(
    await statements.query<{ last_revision: number }>(
      '/* next-revision */ update program set last_revision = last_revision + 1 where id = $1 returning last_revision',
      [programId],
    ),
  );
  await statements.query(
    `/* append-revision */ insert into rule_set_revision (program_id, revision, content, diff, note, published_at, published_by,
      scheduled_for, restores_revision, proposal_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      programId,
      next,
      JSON.stringify(revision.content),
      JSON.stringify(revision.diff),
      revision.note,
      revision.publishedAt,
      revision.publishedBy,
      revision.scheduledFor,
      revision.restoresRevision,
      revision.proposalId,
    ],
  );
  return next;
}

/** Keeps a scheduled revision from ever going live. */
export async function cancelRevision(
  statements: Statements,
  programId: string,
  cancellation: { revision: number; at: Date; by: string; reason: string | null },
): Promise<void> {
  await statements.query(
    '/* cancel-revision */ insert into rule_set_cancellation (program_id, revision, cancelled_at, cancelled_by, reason) values ($1, $2, $3, $4, $5)',
    [programId, cancellation.revision, cancellation.at, cancellation.by, cancellation.reason],
  );
}

/** Active programs of which a revision has something in the section. */
export async function listProgramsWith(statements: Statements, section: SectionName): Promise<string[]> {
  const rows = await statements.query<{ id: string }>(
    `/* list-programs-with */ select p.id from program p where p.state = 'ACTIVE' and exists (
       select from rule_set_revision r where r.program_id = p.id and jsonb_array_length(coalesce(r.content -> $1, '[]')) > 0)
     order by p.id`,
    [section],
  );
  return rows.map(({ id }) => id);
}
