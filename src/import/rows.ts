import type { Readable } from 'node:stream';

import { CsvError, parse } from 'csv-parse';

import { InvalidInputError } from '#domain/errors.ts';

import { columnsOf, type Mapping } from './mapping.ts';

/** One row as it stands in the file: its number, counted from 1 without the header, and its columns as text. */
export type SourceRow = {
  number: number;
  fields: Readonly<Record<string, string>>;
  /** Why the row cannot be taken as it is; null when it can. */
  problem: string | null;
};

/** Longest row, in bytes. A quote that is never closed would otherwise swallow the file. */
export const ROW_BYTES_MAX = 1_048_576;

/**
 * The rows of a source, one after another, in constant memory. A row with too few or too many columns, or broken text,
 * comes with its problem. Throws InvalidInputError when the file as a whole does not fit the mapping.
 */
export async function* readRows(content: Readable, mapping: Mapping): AsyncGenerator<SourceRow> {
  const rows = mapping.input.format === 'CSV' ? csvRows(content, mapping.input) : lineRows(content, mapping.input);
  let checked = false;
  for await (const row of rows) {
    if (!checked && mapping.input.format !== 'NDJSON') {
      assertColumns(Object.keys(row.fields), mapping);
      checked = true;
    }
    yield row.problem === null && isBroken(row.fields) ? { ...row, problem: 'The text is not UTF-8.' } : row;
  }
}

function assertColumns(names: readonly string[], mapping: Mapping): void {
  const missing = columnsOf(mapping).filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new InvalidInputError(
      `The file has no column ${missing.join(', ')}; its columns are ${names.slice(0, 30).join(', ')}.`,
    );
  }
}

/** Bytes that are no UTF-8 have become replacement characters by now, and a NUL fits no database. */
function isBroken(fields: Readonly<Record<string, string>>): boolean {
  for (const name in fields) {
    const text = fields[name] ?? '';
    if (text.includes('\uFFFD') || text.includes('\0')) return true;
  }
  return false;
}

type CsvInput = Extract<Mapping['input'], { format: 'CSV' }>;

async function* csvRows(content: Readable, input: CsvInput): AsyncGenerator<SourceRow> {
  const parser = parse({
    bom: true,
    delimiter: input.delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: ROW_BYTES_MAX,
  });
  content.once('error', (error) => parser.destroy(error));
  let names = input.columns;
  let number = 0;
  try {
    for await (const record of content.pipe(parser) as AsyncIterable<string[]>) {
      if (names === undefined) {
        names = record.map((name) => name.trim());
        continue;
      }
      number += 1;
      yield rowOf(number, names, record);
    }
  } catch (error) {
    throw error instanceof CsvError
      ? new InvalidInputError(`After row ${number} the file is no CSV: ${error.message}.`)
      : error;
  } finally {
    content.destroy();
  }
}

function rowOf(number: number, names: readonly string[], values: readonly string[]): SourceRow {
  const fields: Record<string, string> = {};
  for (let index = 0; index < names.length; index += 1) fields[names[index] ?? ''] = values[index] ?? '';
  const problem =
    values.length === names.length ? null : `The row has ${values.length} columns in place of ${names.length}.`;
  return { number, fields, problem };
}

async function* lineRows(content: Readable, input: Exclude<Mapping['input'], CsvInput>): AsyncGenerator<SourceRow> {
  let number = 0;
  for await (const line of linesOf(content)) {
    if (line !== null && line.trim() === '') continue;
    number += 1;
    if (line === null) yield { number, fields: {}, problem: `The row is longer than ${ROW_BYTES_MAX} bytes.` };
    else if (input.format === 'SPACED') yield rowOf(number, input.columns, line.trim().split(/\s+/));
    else yield jsonRow(number, line);
  }
}

/** Lines without their ends; null in place of one that is too long to be held. */
async function* linesOf(content: Readable): AsyncGenerator<string | null> {
  const decoder = new TextDecoder();
  let rest = '';
  let overlong = false;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      yield overlong || line.length > ROW_BYTES_MAX ? null : line;
      overlong = false;
    }
    if (rest.length > ROW_BYTES_MAX) {
      overlong = true;
      rest = '';
    }
  }
  rest += decoder.decode();
  if (rest !== '' || overlong) yield overlong ? null : rest;
}

function jsonRow(number: number, line: string): SourceRow {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { number, fields: {}, problem: 'The row is no JSON.' };
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { number, fields: {}, problem: 'The row is no JSON object.' };
  }
  const fields: Record<string, string> = {};
  for (const [name, field] of Object.entries(value)) {
    if (typeof field === 'string') fields[name] = field;
    else if (typeof field === 'number' || typeof field === 'boolean') fields[name] = String(field);
  }
  return { number, fields, problem: null };
}
