// A program that can take what the built-in mappings report, and a picture of its whole state to compare with another.
import { saveActivityType } from '#app/activity-type/save.ts';
import { createLeaderboard } from '#app/leaderboard/create.ts';
import { replaceDraft } from '#app/rule-set/edit-draft.ts';
import { publishRuleSet } from '#app/rule-set/publish.ts';
import type { LeaderboardDefinition } from '#domain/leaderboard/definition.ts';
import type { ItemInput } from '#domain/rule-set/content.ts';
import type { Deps } from '#src/deps.ts';
import { loadMapping } from '#src/import/mappings/index.ts';
import { openRecord } from '#src/import/record-target.ts';
import type { ImportReport } from '#src/import/report.ts';
import { runImport } from '#src/import/run.ts';
import { openSource } from '#src/import/source.ts';
import { openTrial } from '#src/import/trial-target.ts';

import { DEMO_ACTIVITY_TYPES, DEMO_LEADERBOARDS, DEMO_RULES } from '../../prisma/demo-program.ts';
import { aCommand, aProgram, type TestProgram } from '../support/program.ts';

export const CDNOW = 'data/cdnow/CDNOW_sample.txt';

/** A program with the demo's activity types and rules, and its boards unless others are given. */
export async function aShop(
  deps: Deps,
  timeZone = 'America/New_York',
  boards = DEMO_LEADERBOARDS,
): Promise<TestProgram> {
  const program = await aProgram(deps, { name: `Shop ${Math.random()}`, timeZone });
  for (const type of DEMO_ACTIVITY_TYPES)
    await saveActivityType(deps, program.scope, aCommand('activityTypeSave', type), type);
  await publish(deps, program, DEMO_RULES);
  await addBoards(deps, program, boards);
  return program;
}

export async function publish(
  deps: Deps,
  { scope }: TestProgram,
  rules: readonly ItemInput<'earningRules'>[],
): Promise<void> {
  await replaceDraft(deps, scope, aCommand('draftReplace', rules), { earningRules: rules });
  await publishRuleSet(deps, scope, aCommand('rulesPublish', rules), { expectedVersion: null, note: null });
}

export async function addBoards(
  deps: Deps,
  { scope }: TestProgram,
  boards: readonly LeaderboardDefinition[],
): Promise<void> {
  for (const board of boards) await createLeaderboard(deps, scope, aCommand('leaderboardCreate', board), board);
}

export type ImportFileOptions = { dryRun?: boolean; refusedPath?: string };

/** Imports a file into the program within this process. */
export async function importFile(
  deps: Deps,
  { scope }: TestProgram,
  file: string,
  mappingName: string,
  { dryRun = false, refusedPath = '/dev/null' }: ImportFileOptions = {},
): Promise<ImportReport> {
  const mapping = await loadMapping(mappingName);
  const source = await openSource(file, mapping);
  const target = dryRun ? openTrial(deps, scope, mapping) : openRecord(deps, scope, source.hash, mapping);
  return runImport(deps, scope, { source, mapping, target, dryRun, refusedPath });
}

/** Rows of a report by category. */
export function rowsByCategory(report: ImportReport): Record<string, number> {
  return Object.fromEntries(report.categories.map(({ category, rows }) => [category, rows]));
}

const PICTURE: Record<string, string> = {
  customers: `select external_id, display_name, enrolment_state, eligible_since from customer where program_id = $1 order by external_id`,
  enrolments: `select c.external_id, e.state, e.from_at, e.to_at from enrolment e join customer c on c.program_id = e.program_id and c.id = e.customer_id
    where e.program_id = $1 order by 1, 3`,
  activities: `select a.message_id, c.external_id, a.occurred_at, a.channel, a.properties, a.lines,
      (select sum((e ->> 'points')::bigint) from jsonb_array_elements(a.effects) e) as points
    from activity a join customer c on c.program_id = a.program_id and c.id = a.customer_id where a.program_id = $1 order by 1`,
  reversals: `select a.message_id, r.kind, r.property, r.amount, r.line_ids, r.reason, r.occurred_at, r.points_reversed, r.points_uncollected
    from activity_reversal r join activity a on a.program_id = r.program_id and a.id = r.activity_id where r.program_id = $1 order by 1, 6, 3`,
  balances: `select c.external_id, l.pending, l.available, l.held from ledger_account l join customer c on c.program_id = l.program_id and c.id = l.customer_id
    where l.program_id = $1 order by 1`,
  transactions: `select c.external_id, t.kind, t.amount, t.effective_at from ledger_transaction t join customer c on c.program_id = t.program_id and c.id = t.customer_id
    where t.program_id = $1 order by 1, 4, 2, 3`,
  boards: `select b.code, s.key, c.external_id, e.score from leaderboard_entry e join season s on s.program_id = e.program_id and s.id = e.season_id
    join leaderboard b on b.program_id = s.program_id and b.id = s.leaderboard_id join customer c on c.program_id = e.program_id and c.id = e.customer_id
    where e.program_id = $1 order by 1, 2, 3`,
};

/** All that an import may change, as a hash a table, in words that do not name ids: equal pictures, equal states. */
export async function pictureOf(deps: Deps, { programId }: TestProgram): Promise<Record<string, string>> {
  const picture: Record<string, string> = {};
  for (const [name, query] of Object.entries(PICTURE)) {
    const [row] = await deps.reads.query<{ rows: number; hash: string | null }>(
      `select count(*) as rows, md5(string_agg(picture::text, ',')) as hash from (${query}) as picture`,
      [programId],
    );
    picture[name] = `${row?.rows} rows ${row?.hash}`;
  }
  return picture;
}
