import { Readable } from 'node:stream';

import { describe, expect, test } from 'vitest';

import { MappingSchema, type MappingInput } from '../../src/import/mapping.ts';
import { readRows, ROW_BYTES_MAX, type SourceRow } from '../../src/import/rows.ts';

const activity = { type: 'purchase', channel: 'WEB', occurredAt: { column: 'at', format: 'INSTANT' } } as const;
const base = { name: 'mine', customer: { externalId: 'who' }, activity } as const;

/** Rows of a text that arrives in pieces of some bytes, as files do. */
async function rowsOf(content: string | Buffer, input: MappingInput['input'], pieceBytes = 7): Promise<SourceRow[]> {
  const mapping = MappingSchema.parse({ ...base, input });
  const bytes = Buffer.from(content);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
    bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  );
  return Array.fromAsync(readRows(Readable.from(pieces), mapping));
}

describe('CSV', () => {
  test('rows are numbered from 1 without the header, quotes and blank lines cost no number', async () => {
    const rows = await rowsOf('\uFEFFwho,at\r\n"a,""1""",t1\r\n\r\nb,t2\r\n', { format: 'CSV' });
    expect(rows).toEqual([
      { number: 1, fields: { who: 'a,"1"', at: 't1' }, problem: null },
      { number: 2, fields: { who: 'b', at: 't2' }, problem: null },
    ]);
  });

  test('a row of another width is told with its number, and the ones after it are read', async () => {
    const rows = await rowsOf('who,at\na\nb,t,x\nc,t\n', { format: 'CSV' });
    expect(rows.map((row) => row.problem)).toEqual([
      'The row has 1 columns in place of 2.',
      'The row has 3 columns in place of 2.',
      null,
    ]);
  });

  test('a file without a column that the mapping reads is refused as a whole', async () => {
    await expect(rowsOf('who,when\na,t\n', { format: 'CSV' })).rejects.toThrow(
      'no column at; its columns are who, when',
    );
  });

  test('a quote that is never closed ends in one clear line and not in memory', async () => {
    const endless = `who,at\n"${'x'.repeat(ROW_BYTES_MAX + 10)}`;
    await expect(rowsOf(endless, { format: 'CSV' }, 65_536)).rejects.toThrow(/After row 0 the file is no CSV/);
  });

  test('bytes that are no UTF-8 are a problem of their row alone', async () => {
    const content = Buffer.concat([Buffer.from('who,at\na'), Buffer.from([0xff]), Buffer.from(',t\nb,t\n')]);
    const rows = await rowsOf(content, { format: 'CSV' });
    expect(rows.map((row) => row.problem)).toEqual(['The text is not UTF-8.', null]);
  });
});

test('columns apart by blanks are read without a header', async () => {
  const rows = await rowsOf(' 00004 0001  t\r\n 00005 0002  t', { format: 'SPACED', columns: ['cohort', 'who', 'at'] });
  expect(rows.map((row) => row.fields)).toEqual([
    { cohort: '00004', who: '0001', at: 't' },
    { cohort: '00005', who: '0002', at: 't' },
  ]);
});

test('NDJSON rows keep their plain fields as text and broken ones are told', async () => {
  const rows = await rowsOf('{"who":"ä","at":"t","n":1.5,"deep":{"x":1}}\nnonsense\n[1]\n', { format: 'NDJSON' }, 1);
  expect(rows).toEqual([
    { number: 1, fields: { who: 'ä', at: 't', n: '1.5' }, problem: null },
    { number: 2, fields: {}, problem: 'The row is no JSON.' },
    { number: 3, fields: {}, problem: 'The row is no JSON object.' },
  ]);
});
