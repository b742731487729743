import { advanceImportRun } from '#app/import-run/advance.ts';
import { beginImportRun } from '#app/import-run/begin.ts';
import type { AppDeps, Scope } from '#app/transaction.ts';
import type { Statements } from '#storage/postgres.ts';
import { refreshStatistics } from '#storage/sql/refresh-statistics.ts';

import { convertRow } from './convert.ts';
import { readHistories } from './histories.ts';
import { groupInvoices } from './invoices.ts';
import type { Mapping } from './mapping.ts';
import { openRefusedFile } from './refused-file.ts';
import { NOTHING_DONE, parseState, reportOf, type ImportReport, type ImportState } from './report.ts';
import { readRows } from './rows.ts';
import { settleChunk } from './settle-chunk.ts';
import { lockSource } from './source-lock.ts';
import type { Source } from './source.ts';
import type { ImportTarget } from './target.ts';
import type { Conversion, Unit } from './unit.ts';

export type ImportRunDeps = AppDeps & { reads: Statements };

export type ImportOptions = {
  source: Source;
  mapping: Mapping;
  target: ImportTarget;
  dryRun: boolean;
  /** Where refused rows go; nothing is made there unless one is refused. */
  refusedPath: string;
  /** Ends the import after the chunk at hand. */
  signal?: AbortSignal;
  onProgress?: (rows: number) => void;
  onWait?: () => void;
};

/** Activities of one call of the use cases, as many as the API takes at once; of histories, of several calls that run together. */
const CHUNK_ACTIVITIES_MAX = 1_000;
const CHUNK_HISTORIES_MAX = 4_000;
/** Rows without an activity cost nothing but memory. */
const CHUNK_UNITS_MAX = 10_000;

/**
 * Imports a source into the scope's program. However often it is begun, killed, resumed or run at the same time, every row
 * counts once: one import of a source runs at a time, its place is kept after each chunk, and what a killed one had done of
 * the next chunk drops out by message id.
 */
export async function runImport(deps: ImportRunDeps, scope: Scope, options: ImportOptions): Promise<ImportReport> {
  return options.dryRun ? tryImport(deps, scope, options) : writeImport(deps, scope, options);
}

async function tryImport(deps: ImportRunDeps, scope: Scope, options: ImportOptions): Promise<ImportReport> {
  return work(deps, scope, options, NOTHING_DONE, null);
}

async function writeImport(deps: ImportRunDeps, scope: Scope, options: ImportOptions): Promise<ImportReport> {
  const { source, mapping, signal, onWait = () => undefined } = options;
  const lock = await lockSource(deps.postgres, scope.programId, source.hash, onWait, signal);
  try {
    const run = await beginImportRun(deps, scope, {
      source: source.hash,
      mapping: mapping.name,
      fileName: source.name,
    });
    const state = parseState(run.counts);
    if (run.state === 'DONE') {
      const { refusedPath } = options;
      return reportOf(state, mapping, {
        file: source.name,
        dryRun: false,
        finished: true,
        alreadyDone: true,
        seconds: 0,
        refusedPath,
      });
    }
    return await work(deps, scope, options, state, async (next, done) => {
      lock.assertHeld();
      const rowsRead = next.lines.reduce((rows, line) => rows + line.rows, 0);
      await advanceImportRun(deps, scope, { id: run.id, state: done ? 'DONE' : 'RUNNING', rowsRead, counts: next });
    });
  } finally {
    await lock.release();
  }
}

type KeepPlace = (state: ImportState, done: boolean) => Promise<void>;

/** Reads on from the given state, chunk by chunk. */
async function work(
  deps: ImportRunDeps,
  scope: Scope,
  options: ImportOptions,
  from: ImportState,
  keepPlace: KeepPlace | null,
): Promise<ImportReport> {
  const { source, mapping, target, signal, refusedPath, onProgress = () => undefined } = options;
  const startedAt = performance.now();
  const refused = options.dryRun ? null : openRefusedFile(refusedPath, from.refusedBytes);
  const catalogue = await deps.catalogues.current(scope.programId);
  const units = unitsOf(source, mapping, { sourceHash: source.hash, programZone: catalogue.program.timeZone });
  let state = from;
  let finished = true;
  try {
    const most = mapping.history === undefined ? CHUNK_ACTIVITIES_MAX : CHUNK_HISTORIES_MAX;
    for await (const chunk of chunksOf(units, from.units, most)) {
      const settled = await settleChunk(chunk, mapping, target, state);
      const refusedBytes = (await refused?.write(settled.refused)) ?? 0;
      state = { ...settled.state, refusedBytes };
      await keepPlace?.(state, false);
      onProgress(state.lines.reduce((rows, line) => rows + line.rows, 0));
      if (signal?.aborted === true) {
        finished = false;
        break;
      }
    }
    if (finished && keepPlace !== null) {
      await refreshStatistics(deps.reads);
      await keepPlace(state, true);
    }
  } finally {
    await refused?.close();
    await target.close();
  }
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  return reportOf(state, mapping, {
    file: source.name,
    dryRun: options.dryRun,
    finished,
    alreadyDone: false,
    seconds,
    refusedPath,
  });
}

async function* unitsOf(source: Source, mapping: Mapping, conversion: Conversion): AsyncGenerator<Unit> {
  const rows = readRows(source.read(), mapping);
  if (mapping.invoice !== undefined) {
    yield* groupInvoices(rows, mapping, mapping.invoice, conversion);
    return;
  }
  if (mapping.history !== undefined) {
    yield* readHistories(rows, mapping, mapping.history, conversion);
    return;
  }
  for await (const row of rows) yield convertRow(row, mapping, conversion);
}

/** Activities of a unit; a history counts at least once, since its customer has to be made. */
function weightOf({ activity, history }: Unit): number {
  if (history !== undefined) return Math.max(1, history.activities.length);
  return activity === null ? 0 : 1;
}

/** Skips what is done, and puts the rest together in the same way every time. */
async function* chunksOf(units: AsyncIterable<Unit>, done: number, most: number): AsyncGenerator<Unit[]> {
  let chunk: Unit[] = [];
  let activities = 0;
  let position = 0;
  for await (const unit of units) {
    position += 1;
    if (position <= done) continue;
    const weight = weightOf(unit);
    if (chunk.length > 0 && (activities + weight > most || chunk.length === CHUNK_UNITS_MAX)) {
      yield chunk;
      chunk = [];
      activities = 0;
    }
    chunk.push(unit);
    activities += weight;
  }
  if (chunk.length > 0) yield chunk;
}
