import { emptyContent, type RuleSetContent } from '#domain/rule-set/content.ts';
import type { RuleSetDifference } from '#domain/rule-set/diff.ts';

import { onlyRow, type Statements } from './postgres.ts';

export type RuleSetDraft = { content: RuleSetContent; version: number; updatedAt: Date; updatedBy: string };
export type RuleSetRevision = {
  revision: number;
  content: RuleSetContent;
  diff: RuleSetDifference[];
  note: string | null;
  publishedAt: Date;
  publishedBy: string;
};

const DRAFT_COLUMNS = 'content, version, updated_at as "updatedAt", updated_by as "updatedBy"';
const REVISION_COLUMNS = 'revision, content, diff, note, published_at as "publishedAt", published_by as "publishedBy"';

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
    `/* read-revision */ select ${REVISION_COLUMNS} from rule_set_revision where program_id = $1 and revision = $2`,
    [programId, revision],
  );
  return row === undefined ? null : withAllSections(row);
}

/** The newest revisions first, below `before` when given. */
export async function listRevisions(
  statements: Statements,
  programId: string,
  before: number | null,
  limit: number,
): Promise<RuleSetRevision[]> {
  const rows = await statements.query<RuleSetRevision>(
    `/* list-revisions */ select ${REVISION_COLUMNS} from rule_set_revision where program_id = $1 and ($2::int is null or revision < $2)
    order by revision desc limit $3`,
    [programId, before, limit],
  );
  return rows.map(withAllSections);
}

/** What was written before a section existed has it empty. */
function withAllSections<Row extends { content: RuleSetContent }>(row: Row): Row {
  return { ...row, content: { ...emptyContent(), ...row.content } };
}

/** Writes the next revision and makes it live. Returns its number. */
export async function appendRevision(
  statements: Statements,
  programId: string,
  revision: Omit<RuleSetRevision, 'revision'>,
): Promise<number> {
  const { live_revision: next } = onlyRow(
    await statements.query<{ live_revision: number }>(
      '/* next-revision */ update program set live_revision = live_revision + 1 where id = $1 returning live_revision',
      [programId],
    ),
  );
  await statements.query(
    `/* append-revision */ insert into rule_set_revision (program_id, revision, content, diff, note, published_at, published_by)
    values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      programId,
      next,
      JSON.stringify(revision.content),
      JSON.stringify(revision.diff),
      revision.note,
      revision.publishedAt,
      revision.publishedBy,
    ],
  );
  return next;
}
