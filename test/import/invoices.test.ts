import { describe, expect, test } from 'vitest';

import { groupInvoices } from '../../src/import/invoices.ts';
import type { InvoiceMapping, Mapping } from '../../src/import/mapping.ts';
import { loadMapping } from '../../src/import/mappings/index.ts';
import type { Unit } from '../../src/import/unit.ts';

const mapping: Mapping = await loadMapping('online-retail');
const conversion = { sourceHash: 'f'.repeat(64), programZone: 'UTC' };
type Line = [invoice: string, code: string, quantity: string, price: string, customer: string];

async function unitsOf(lines: readonly Line[], windowRows = 1_000): Promise<Unit[]> {
  const rows = lines.map(([InvoiceNo, StockCode, Quantity, UnitPrice, CustomerID], index) => ({
    number: index + 1,
    problem: null,
    fields: {
      InvoiceNo,
      StockCode,
      Quantity,
      UnitPrice,
      CustomerID,
      InvoiceDate: '2010-12-01 08:26:00',
      Country: 'France',
    },
  }));
  const invoice: InvoiceMapping = { ...wanted(mapping.invoice), windowRows };
  const source = (async function* () {
    yield* rows;
  })();
  return Array.fromAsync(groupInvoices(source, mapping, invoice, conversion));
}

function wanted<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('not there');
  return value;
}

describe('an invoice', () => {
  test('is one purchase of the sum of its lines, named by its first row', async () => {
    const [unit] = await unitsOf([
      ['1', '85123a', '6', '2.55', '17850'],
      ['1', '71053', '3', '0.1', '17850'],
    ]);
    expect(unit?.activity?.report).toMatchObject({
      type: 'purchase',
      customerExternalId: '17850',
      messageId: `${'f'.repeat(32)}:1`,
      occurredAt: new Date('2010-12-01T08:26:00Z'),
      properties: { invoice: '1', country: 'France', amount: '15.6', items: 9 },
      lines: [
        { id: '1:85123A', amounts: { amount: '15.3', items: '6' } },
        { id: '2:71053', amounts: { amount: '0.3', items: '3' } },
      ],
    });
  });

  test('is put together though others stand between its lines, as far as the window reaches', async () => {
    const mixed: Line[] = [
      ['1', 'A', '1', '1', 'x'],
      ['2', 'B', '1', '1', 'y'],
      ['1', 'C', '1', '1', 'x'],
    ];
    expect((await unitsOf(mixed, 2)).map((unit) => unit.activity?.rows.map(({ row }) => row))).toEqual([[2], [1, 3]]);
    expect((await unitsOf(mixed, 1)).map((unit) => unit.activity?.rows.map(({ row }) => row))).toEqual([[1], [2], [3]]);
  });

  test('with two customers is a purchase of each', async () => {
    const units = await unitsOf([
      ['1', 'A', '1', '1', 'x'],
      ['1', 'A', '1', '1', 'y'],
    ]);
    expect(units.map((unit) => unit.activity?.customer.externalId)).toEqual(['x', 'y']);
  });
});

test('lines that are no part of any purchase are settled at once under their category, with their money', async () => {
  const units = await unitsOf([
    ['1', 'A', '2', '1.5', ''],
    ['1', 'A', '2', '0', 'x'],
    ['1', 'A', '-2', '1', 'x'],
    ['C1', 'POST', '-1', '18', 'x'],
    ['1', 'A', 'two', '1', 'x'],
    ['1', 'A', '2', '1e3', 'x'],
  ]);
  const settled = units.flatMap((unit) => unit.settled);
  expect(settled.map(({ row, category, amount }) => ({ row, category, amount }))).toEqual([
    { row: 1, category: 'no_customer', amount: '3' },
    { row: 2, category: 'no_price', amount: '0' },
    { row: 3, category: 'no_quantity', amount: '-2' },
    { row: 4, category: 'adjustment', amount: '-18' },
    { row: 5, category: 'refused', amount: undefined },
    { row: 6, category: 'refused', amount: undefined },
  ]);
  expect(settled.at(-1)?.reason).toBe('UnitPrice must be a plain decimal number, not "1e3".');
});

test('a cancellation invoice keeps its lines with positive quantities', async () => {
  const [unit] = await unitsOf([['C9', '85123a', '-3', '2.5', 'x']]);
  expect(unit?.activity).toBeNull();
  expect(unit?.cancellation).toMatchObject({
    number: 'C9',
    lines: [{ row: 1, stockCode: '85123A', quantity: 3, amount: '-7.5' }],
  });
});
