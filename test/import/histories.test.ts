import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { loadMapping } from '#src/import/mappings/index.ts';
import { openRecord } from '#src/import/record-target.ts';
import { runImport } from '#src/import/run.ts';
import { openSource } from '#src/import/source.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';

import { testDatabase } from '../support/database.ts';
import { testDeps, type TestProgram } from '../support/program.ts';
import { anAirline } from './airline.ts';
import { importFile, pictureOf, publish, rowsByCategory } from './shop.ts';

const { url } = await testDatabase();
const now = new Date('2026-03-02T12:00:00Z');
const deps = testDeps(url, { clock: () => now });

const folder = mkdtempSync(join(tmpdir(), 'laurel-airline-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER =
  'loyalty_number,year,month,flights_booked,flights_with_companions,total_flights,distance,points_accumulated,points_redeemed,dollar_cost_points_redeemed';
/** Rows of member, month of 2017, points earned, points redeemed. */
function aFile(name: string, rows: readonly (readonly [string, number | string, string, string])[]): string {
  const path = join(folder, name);
  const lines = rows.map(
    ([member, month, earned, redeemed]) => `${member},2017,${month},1,0,1,100,${earned},${redeemed},0`,
  );
  writeFileSync(path, `${[HEADER, ...lines].join('\n')}\n`);
  return path;
}

async function balances({ programId }: TestProgram): Promise<Record<string, number>> {
  const rows = await deps.reads.query<{ id: string; available: number }>(
    `select c.external_id as id, coalesce(a.available, 0) as available from customer c
     left join ledger_account a on a.program_id = c.program_id and a.customer_id = c.id where c.program_id = $1`,
    [programId],
  );
  return Object.fromEntries(rows.map(({ id, available }) => [id, available]));
}

describe('histories of points', () => {
  const rows = [
    ['7', 3, '10', '130.5'],
    ['7', 1, '100', '0'],
    ['8', 2, '5.25', '0'],
    ['7', 3, '1', '0'],
    ['9', 1, '0', '0'],
    ['8', 13, '5', '0'],
    ['8', 4, '5.123', '0'],
    ['8', 4, '1', 'x'],
  ] as const;

  test('are put in order of time, and get just the opening balance that their redemptions need', async () => {
    const program = await anAirline(deps);
    const file = aFile('small.csv', rows);
    const trial = await importFile(deps, program, file, 'airline', { dryRun: true });
    expect(await balances(program)).toEqual({});
    const report = await importFile(deps, program, file, 'airline');
    expect(report).toMatchObject({
      rowsRead: 8,
      activities: 4,
      pointsEarned: 11_625,
      redemptions: 1,
      pointsRedeemed: 13_050,
      openingBalances: 1,
      pointsOpened: 1_950,
    });
    expect(rowsByCategory(report)).toEqual({ imported: 4, no_points: 1, refused: 3 });
    expect(rowsByCategory(trial)).toEqual(rowsByCategory(report));
    expect(trial).toMatchObject({ activities: 4, redemptions: 1, pointsRedeemed: 13_050, pointsOpened: 1_950 });
    expect(await balances(program)).toEqual({ 7: 0, 8: 525, 9: 0 });
    const booked = await deps.reads.query(
      `select kind, amount, effective_at::date::text as day, reason from ledger_transaction where program_id = $1 and kind <> 'EARN' order by id`,
      [program.programId],
    );
    expect(booked).toEqual([
      {
        kind: 'ADJUST',
        amount: 1_950,
        day: '2017-01-01',
        reason: expect.stringMatching(/^Opening balance: more was redeemed than earned \([0-9a-f]{12}\)$/),
      },
      { kind: 'SPEND', amount: 13_050, day: '2017-03-01', reason: expect.stringMatching(/:1\)$/) },
    ]);
  });

  test('are not doubled by an import that was cut off anywhere and begins again', async () => {
    const program = await anAirline(deps);
    const file = aFile('small.csv', rows);
    await importFile(deps, program, file, 'airline');
    const before = await pictureOf(deps, program);
    await deps.reads.query('delete from import_run where program_id = $1', [program.programId]);
    const mapping = await loadMapping('airline');
    const source = await openSource(file, mapping);
    const target = openRecord(deps, program.scope, source.hash, mapping);
    const cut = { ...target, takeOver: () => Promise.reject(new Error('cut off')) };
    const options = { source, mapping, dryRun: false, refusedPath: '/dev/null' };
    await expect(runImport(deps, program.scope, { ...options, target: cut })).rejects.toThrow('cut off');
    const again = await runImport(deps, program.scope, { ...options, target });
    expect(again).toMatchObject({
      activities: 4,
      redemptions: 1,
      pointsRedeemed: 13_050,
      openingBalances: 1,
      pointsOpened: 1_950,
    });
    expect(await pictureOf(deps, program)).toEqual(before);
    expect(await checkInvariants(deps.reads, program.programId)).toEqual([]);
  });

  test('refuse a redemption that the live rules issued too few points for, and tell it', async () => {
    const program = await anAirline(deps);
    await publish(deps, program, []);
    const report = await importFile(deps, program, aFile('poor.csv', [['1', 1, '10', '4']]), 'airline');
    expect(rowsByCategory(report)).toEqual({ refused: 1 });
    expect(report).toMatchObject({ activities: 1, redemptions: 0, pointsRedeemed: 0 });
  });
});
