import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { beforeEach, describe, expect, test } from 'vitest';

import { laurel, startLaurel } from '../cli/run-laurel.ts';
import { testDatabase } from '../support/database.ts';
import { testDeps } from '../support/program.ts';
import { aShop } from './shop.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const shop = await aShop(deps, 'UTC', []);

const mapping = {
  name: 'till',
  input: { format: 'NDJSON' },
  customer: { externalId: 'who' },
  activity: {
    type: 'purchase',
    channel: 'POINT_OF_SALE',
    occurredAt: { column: 'at', format: 'INSTANT' },
    properties: [
      { name: 'amount', column: 'sum', type: 'DECIMAL' },
      { name: 'discs', column: 'n', type: 'INTEGER' },
    ],
    messageId: 'id',
  },
  leaveOut: [
    { category: 'staff', description: 'bought by staff', when: { column: 'who', is: 'ONE_OF', values: ['staff'] } },
  ],
};

const rows = [
  { id: 'r1', who: 'ada', at: '2026-01-02T10:00:00Z', sum: '10.50' },
  { id: 'r2', who: 'ada', at: '2026-01-02T10:00:00Z', sum: 'ten' },
  { id: 'r3', who: 'ada', at: 'yesterday', sum: '10' },
  { id: 'r4', who: 'staff', at: '2026-01-02T10:00:00Z', sum: '10' },
  { id: 'r5', who: '', at: '2026-01-02T10:00:00Z', sum: '10' },
  { id: 'r6', who: 'x'.repeat(300), at: '2026-01-02T10:00:00Z', sum: '10' },
  { id: 'r7', who: 'bob', at: '2999-01-02T10:00:00Z', sum: '10' },
  { id: 'r1', who: 'ada', at: '2026-01-02T10:00:00Z', sum: '10.50' },
  { id: 'r8', who: 'bob', at: '2026-01-02T10:00:00Z', sum: '3', n: 'two' },
  { id: 'r9', who: 'bob', at: '2026-01-02T10:00:00Z', sum: '3', n: 2 },
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'laurel-import-'));
  writeFileSync(join(folder, 'till.json'), JSON.stringify(mapping));
});

/** The arguments that import rows through the mapping above. */
function args(content: string, more: readonly string[] = []): string[] {
  const file = join(folder, 'rows.ndjson.gz');
  writeFileSync(file, gzipSync(content));
  const mappingFile = join(folder, 'till.json');
  return [
    'import',
    file,
    '-m',
    mappingFile,
    '-p',
    shop.publicId,
    '--refused',
    join(folder, 'refused'),
    '--json',
    ...more,
  ];
}

const text = rows.map((row) => JSON.stringify(row)).join('\n');
const categories = (stdout: string): Record<string, number> => {
  const report = JSON.parse(stdout) as { categories: { category: string; rows: number }[] };
  return Object.fromEntries(report.categories.map(({ category, rows: count }) => [category, count]));
};

describe('a mapping of one’s own, in JSON', () => {
  test('a dry run tells what would be refused and writes neither rows nor the file of refused ones', async () => {
    const { exitCode, stdout } = await laurel(args(text, ['--dry-run']), url);
    expect(exitCode).toBe(0);
    expect(categories(stdout)).toEqual({ imported: 2, already_there: 1, refused: 6, staff: 1 });
    expect(existsSync(join(folder, 'refused'))).toBe(false);
    expect(await deps.reads.query('select 1 from activity where program_id = $1', [shop.programId])).toEqual([]);
  });

  test('good rows go in, each refused row is told with its number, its reason and itself', async () => {
    const { exitCode, stdout } = await laurel(args(text), url);
    expect(exitCode).toBe(0);
    expect(categories(stdout)).toEqual({ imported: 2, already_there: 1, refused: 6, staff: 1 });
    expect(JSON.parse(stdout)).toMatchObject({ rowsRead: 10, activities: 2, pointsEarned: 13 });
    const refused = readFileSync(join(folder, 'refused'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Refused);
    expect(refused.map(({ row }) => row)).toEqual([2, 3, 5, 6, 7, 9]);
    expect(refused[0]).toEqual({
      row: 2,
      reason: expect.stringMatching(/^amount must be a plain decimal/),
      fields: rows[1],
    });
    expect(refused.map(({ reason }) => reason.slice(0, 24))).toEqual([
      'amount must be a plain d',
      'at must be an instant wi',
      'who is empty.',
      'An external id has 1 to ',
      'This program takes activ',
      'discs must be a whole nu',
    ]);
  });

  test('rows that name their own message ids drop out when a longer file brings them again', async () => {
    const longer = `${text}\n${JSON.stringify({ id: 'r10', who: 'cy', at: '2026-01-03T10:00:00Z', sum: '7' })}`;
    const { stdout } = await laurel(args(longer), url);
    expect(categories(stdout)).toEqual({ imported: 1, already_there: 3, refused: 6, staff: 1 });
  });

  test('standard input is a file like any other', { timeout: 60_000 }, async () => {
    const [, , ...rest] = args('');
    const row = JSON.stringify({ id: 'r11', who: 'cy', at: '2026-01-03T10:00:00Z', sum: '7' });
    const { exitCode, stdout } = await startLaurel(['import', '-', ...rest], url, row).done;
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ file: 'standard input', activities: 1 });
  });
});

type Refused = { row: number; reason: string; fields: Record<string, string> };

describe('what cannot work is refused before the first row', () => {
  const attempt = async (change: Record<string, unknown>, content: string | Buffer = text): Promise<string> => {
    writeFileSync(join(folder, 'bad.json'), JSON.stringify({ ...mapping, ...change }));
    const file = join(folder, 'rows');
    writeFileSync(file, content);
    const { exitCode, stderr } = await laurel(
      ['import', file, '-m', join(folder, 'bad.json'), '-p', shop.publicId],
      url,
    );
    expect(exitCode).toBe(1);
    return stderr;
  };

  test('an activity type or property that the program does not declare', async () => {
    expect(await attempt({ activity: { ...mapping.activity, type: 'sale' } })).toContain('no activity type sale');
    const properties = [{ name: 'weight', column: 'w', type: 'DECIMAL' }];
    expect(await attempt({ activity: { ...mapping.activity, properties } })).toContain(
      'does not declare weight (DECIMAL)',
    );
  });

  test('a mapping with a mistake, told with its place', async () => {
    expect(await attempt({ input: { format: 'XML' } })).toMatch(/mapping .* is not valid: input\.format/);
    expect(
      await attempt({ leaveOut: [{ category: 'A b', description: 'x', when: { column: 'x', is: 'EMPTY' } }] }),
    ).toContain('leaveOut.0.category');
  });

  test('a gzip file that breaks off', async () => {
    expect(await attempt({}, gzipSync(text.repeat(200)).subarray(0, 400))).toContain('cannot be read to its end');
  });
});
