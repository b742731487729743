import type { Statements } from './postgres.ts';

/** Where an import of one source stands. */
export type ImportRun = {
  id: string;
  source: string;
  mapping: string;
  fileName: string;
  state: 'RUNNING' | 'DONE';
  rowsRead: number;
  /** What the importer counts and where it goes on; its own business. */
  counts: unknown;
  startedAt: Date;
  updatedAt: Date;
};

const COLUMNS = `
  id, source, mapping, file_name as "fileName", state, rows_read as "rowsRead", counts,
  started_at as "startedAt", updated_at as "updatedAt"`;

/** The run of that source in the program, or null. */
export async function findImportRun(
  statements: Statements,
  programId: string,
  source: string,
): Promise<ImportRun | null> {
  const [run] = await statements.query<ImportRun>(
    `/* find-import-run */ select ${COLUMNS} from import_run where program_id = $1 and source = $2`,
    [programId, source],
  );
  return run ?? null;
}

/** Makes the run of a source, or leaves the one there is as it is. */
export async function insertImportRun(
  statements: Statements,
  programId: string,
  run: Pick<ImportRun, 'id' | 'source' | 'mapping' | 'fileName'>,
  now: Date,
): Promise<void> {
  await statements.query(
    `/* insert-import-run */ insert into import_run (program_id, id, source, mapping, file_name, started_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $6) on conflict (program_id, source) do nothing`,
    [programId, run.id, run.source, run.mapping, run.fileName, now],
  );
}

export async function updateImportRun(
  statements: Statements,
  programId: string,
  run: Pick<ImportRun, 'id' | 'state' | 'rowsRead' | 'counts'>,
  now: Date,
): Promise<void> {
  await statements.query(
    `/* update-import-run */ update import_run set state = $3, rows_read = $4, counts = $5, updated_at = $6
     where program_id = $1 and id = $2`,
    [programId, run.id, run.state, run.rowsRead, JSON.stringify(run.counts), now],
  );
}
