import type { PageRequest } from '#domain/page.ts';

import type { Statements } from './postgres.ts';

export type AuditEntryRecord = {
  id: string;
  actor: string;
  action: string;
  subject: string;
  before: unknown;
  after: unknown;
  recordedAt: Date;
};

/** Null leaves a part open. */
export type AuditFilter = {
  subject: string | null;
  action: string | null;
  actor: string | null;
  /** Recorded within [from, until). */
  from: Date | null;
  until: Date | null;
};

/** Entries of a program, newest first (ids are time-ordered). */
export async function listAuditEntries(
  statements: Statements,
  programId: string,
  filter: AuditFilter,
  page: PageRequest,
): Promise<AuditEntryRecord[]> {
  return statements.query<AuditEntryRecord>(
    `/* list-audit-entries */ select id, actor, action, subject, before, after, recorded_at as "recordedAt" from audit_entry
     where program_id = $1 and ($2::uuid is null or id < $2) and ($3::uuid is null or id > $3)
       and ($4::text is null or subject = $4) and ($5::text is null or action = $5) and ($6::text is null or actor = $6)
       and ($8::timestamptz is null or recorded_at >= $8) and ($9::timestamptz is null or recorded_at < $9)
     order by id ${page.backwards ? 'asc' : 'desc'} limit $7`,
    [
      programId,
      page.after?.id ?? null,
      page.before?.id ?? null,
      filter.subject,
      filter.action,
      filter.actor,
      page.limit + 1,
      filter.from,
      filter.until,
    ],
  );
}
