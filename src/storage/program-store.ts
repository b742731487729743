import type { PageRequest } from '#domain/page.ts';
import type { ProgramPolicies } from '#domain/program/policies.ts';
import type { Program } from '#domain/program/program.ts';

import type { Statements } from './postgres.ts';

/** A program as it stands in the record, with its dates. */
export type ProgramRecord = Program & { catalogueVersion: number; createdAt: Date; archivedAt: Date | null };

const COLUMNS = `
  id, name, time_zone as "timeZone", currency, mode, state, clawback_policy as "clawbackPolicy",
  late_activity_days as "lateActivityDays", future_activity_minutes as "futureActivityMinutes",
  daily_points_cap as "dailyPointsCap", rejoin_policy as "rejoinPolicy", rejoin_after_days as "rejoinAfterDays",
  attribute_schema as "attributeSchema", publish_approval as "publishApproval",
  consent_needed_for as "consentNeededFor", test_clock as "testClock",
  catalogue_version as "catalogueVersion", created_at as "createdAt", archived_at as "archivedAt"`;

/** The program, or null. */
export async function findProgram(statements: Statements, id: string): Promise<ProgramRecord | null> {
  const [program] = await statements.query<ProgramRecord>(
    `/* find-program */ select ${COLUMNS} from program where id = $1`,
    [id],
  );
  return program ?? null;
}

/** The oldest active program of that name, or null. */
export async function findProgramByName(statements: Statements, name: string): Promise<ProgramRecord | null> {
  const [program] = await statements.query<ProgramRecord>(
    `/* find-program-by-name */ select ${COLUMNS} from program where name = $1 and state = 'ACTIVE' order by id limit 1`,
    [name],
  );
  return program ?? null;
}

/** Locks the program's row, so that two changes of it cannot be decided from the same state. */
export async function lockProgram(statements: Statements, id: string): Promise<ProgramRecord | null> {
  const [program] = await statements.query<ProgramRecord>(
    `/* lock-program */ select ${COLUMNS} from program where id = $1 for no key update`,
    [id],
  );
  return program ?? null;
}

/** Programs by their ids; ids of nothing are left out. */
export async function findPrograms(statements: Statements, ids: readonly string[]): Promise<ProgramRecord[]> {
  return statements.query<ProgramRecord>(`/* find-programs */ select ${COLUMNS} from program where id = any($1)`, [
    ids,
  ]);
}

/** Programs of the installation in the order of their creation, which is that of their ids; a page as `PageRequest` says. */
export async function listPrograms(
  statements: Statements,
  page: PageRequest,
  state: Program['state'] | null,
): Promise<ProgramRecord[]> {
  return statements.query<ProgramRecord>(
    `/* list-programs */ select ${COLUMNS} from program
     where ($1::uuid is null or id > $1) and ($2::uuid is null or id < $2) and ($3::text is null or state = $3)
     order by id ${page.backwards ? 'desc' : 'asc'} limit $4`,
    [page.after?.id ?? null, page.before?.id ?? null, state, page.limit + 1],
  );
}

export async function insertProgram(
  statements: Statements,
  program: Pick<Program, 'id' | 'name' | 'timeZone' | 'currency' | 'mode'> & ProgramPolicies,
): Promise<void> {
  await statements.query(
    `/* insert-program */ insert into program (id, name, time_zone, currency, mode, clawback_policy, late_activity_days,
       future_activity_minutes, daily_points_cap, rejoin_policy, rejoin_after_days, publish_approval, consent_needed_for)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      program.id,
      program.name,
      program.timeZone,
      program.currency,
      program.mode,
      program.clawbackPolicy,
      program.lateActivityDays,
      program.futureActivityMinutes,
      program.dailyPointsCap,
      program.rejoinPolicy,
      program.rejoinAfterDays,
      program.publishApproval,
      program.consentNeededFor,
    ],
  );
}

/** Writes name, zone and policies. The catalogue version is counted up by announceCatalogueChange. */
export async function updateProgram(
  statements: Statements,
  program: Pick<Program, 'id' | 'name' | 'timeZone'> & ProgramPolicies,
): Promise<void> {
  await statements.query(
    `/* update-program */ update program set name = $2, time_zone = $3, clawback_policy = $4, late_activity_days = $5,
       future_activity_minutes = $6, daily_points_cap = $7, rejoin_policy = $8, rejoin_after_days = $9, publish_approval = $10,
       consent_needed_for = $11
     where id = $1`,
    [
      program.id,
      program.name,
      program.timeZone,
      program.clawbackPolicy,
      program.lateActivityDays,
      program.futureActivityMinutes,
      program.dailyPointsCap,
      program.rejoinPolicy,
      program.rejoinAfterDays,
      program.publishApproval,
      program.consentNeededFor,
    ],
  );
}

/** Ends all writes of the program. */
export async function archiveProgramRow(statements: Statements, id: string, at: Date): Promise<void> {
  await statements.query(
    "/* archive-program */ update program set state = 'ARCHIVED', archived_at = $2 where id = $1",
    [id, at],
  );
}

/** Sets the test clock; null goes back to the time of day. */
export async function setTestClock(statements: Statements, id: string, instant: Date | null): Promise<void> {
  await statements.query('/* set-test-clock */ update program set test_clock = $2 where id = $1', [id, instant]);
}

/** Counts the catalogue version up and answers the new one. */
export async function bumpCatalogueVersion(statements: Statements, programId: string): Promise<number> {
  const [row] = await statements.query<{ version: number }>(
    '/* bump-catalogue */ update program set catalogue_version = catalogue_version + 1 where id = $1 returning catalogue_version as version',
    [programId],
  );
  return row?.version ?? 0;
}

/** Whether anything that a calendar decided is on record: an activity, or a movement of points. */
export async function hasHistory(statements: Statements, programId: string): Promise<boolean> {
  const [row] = await statements.query<{ found: boolean }>(
    `/* has-history */ select exists (select from activity where program_id = $1)
       or exists (select from ledger_transaction where program_id = $1) as found`,
    [programId],
  );
  return row?.found === true;
}

/** An empty draft, so that saving rules is always an update. */
export async function insertRuleSetDraft(statements: Statements, programId: string, actor: string): Promise<void> {
  await statements.query(
    '/* insert-rule-set-draft */ insert into rule_set_draft (program_id, updated_by) values ($1, $2)',
    [programId, actor],
  );
}
