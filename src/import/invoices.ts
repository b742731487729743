import { Big } from 'big.js';

import { noTime, readCustomer, readOccurredAt, readProperties, refusedRow, settleRow } from './convert.ts';
import { readLine, type InvoiceLine } from './invoice-line.ts';
import type { InvoiceMapping, Mapping } from './mapping.ts';
import type { SourceRow } from './rows.ts';
import { messageIdOf, type Conversion, type Customer, type SettledRow, type Unit } from './unit.ts';

type Line = InvoiceLine & { row: SourceRow };
type OpenInvoice = { number: string; customer: Customer; cancels: boolean; lines: Line[]; lastRow: number };

/** As many lines as one activity takes; a longer invoice becomes several purchases. */
const LINES_MAX = 2_000;

/**
 * Puts the lines of an invoice together while the source streams by. Lines of one invoice may be mixed with those of others
 * as long as they stand at most `windowRows` rows apart; what comes later is a purchase of its own. At most as many rows as
 * the window has are held. Lines without a customer, or that no purchase can contain, are settled at once.
 */
export async function* groupInvoices(
  rows: AsyncIterable<SourceRow>,
  mapping: Mapping,
  invoice: InvoiceMapping,
  conversion: Conversion,
): AsyncGenerator<Unit> {
  // In the order of their last rows: the first is the first to fall out of the window.
  const open = new Map<string, OpenInvoice>();
  for await (const row of rows) {
    for (const [key, oldest] of open) {
      if (row.number - oldest.lastRow <= invoice.windowRows) break;
      open.delete(key);
      yield closeInvoice(oldest, mapping, invoice, conversion);
    }
    const placed = placeRow(row, mapping, invoice);
    if ('category' in placed) {
      yield { settled: [placed], activity: null, cancellation: null };
      continue;
    }
    const key = `${placed.number}\0${placed.customer.externalId}`;
    const known = open.get(key);
    open.delete(key);
    if (known === undefined) {
      open.set(key, placed);
      continue;
    }
    known.lines.push(...placed.lines);
    known.lastRow = row.number;
    if (known.lines.length < LINES_MAX) open.set(key, known);
    else yield closeInvoice(known, mapping, invoice, conversion);
  }
  for (const invoiceLeft of open.values()) yield closeInvoice(invoiceLeft, mapping, invoice, conversion);
}

/** The row as the beginning of an invoice, or its fate when it belongs to none. */
function placeRow(row: SourceRow, mapping: Mapping, invoice: InvoiceMapping): OpenInvoice | SettledRow {
  const settled = settleRow(row, mapping);
  if (settled !== null) return settled;
  const number = (row.fields[invoice.column] ?? '').trim();
  const customer = readCustomer(row.fields, mapping);
  if (number === '') return refusedRow(row, `${invoice.column} is empty.`);
  if (customer === null) return refusedRow(row, `${mapping.customer.externalId} is empty.`);
  const line = readLine(row.fields, invoice);
  if (typeof line === 'string') return refusedRow(row, line);
  const cancels = number.startsWith(invoice.cancellationPrefix);
  const leftOut = (category: string): SettledRow => ({
    row: row.number,
    category,
    amount: line.amount,
    reason: null,
    fields: row.fields,
  });
  if (cancels ? line.quantity >= 0 : line.quantity <= 0) return leftOut('no_quantity');
  if (cancels && invoice.adjustmentCodes.includes(line.stockCode)) return leftOut('adjustment');
  return { number, customer, cancels, lines: [{ ...line, row }], lastRow: row.number };
}

/** An invoice's time is that of its first line. */
function closeInvoice(open: OpenInvoice, mapping: Mapping, invoice: InvoiceMapping, conversion: Conversion): Unit {
  const [first] = open.lines;
  if (first === undefined) return { settled: [], activity: null, cancellation: null };
  const { fields } = first.row;
  const occurredAt = readOccurredAt(fields, mapping, conversion);
  if (occurredAt === null) {
    const reason = noTime(fields, mapping);
    return { settled: open.lines.map((line) => refusedRow(line.row, reason)), activity: null, cancellation: null };
  }
  if (open.cancels) {
    const lines = open.lines.map(({ row, stockCode, quantity, amount }) => ({
      row: row.number,
      fields: row.fields,
      amount,
      stockCode,
      quantity: -quantity,
    }));
    return {
      settled: [],
      activity: null,
      cancellation: { customer: open.customer, number: open.number, occurredAt, lines },
    };
  }
  return {
    settled: [],
    cancellation: null,
    activity: {
      customer: open.customer,
      rows: open.lines.map(({ row, amount }) => ({ row: row.number, amount, fields: row.fields })),
      report: {
        type: mapping.activity.type,
        customerId: null,
        customerExternalId: open.customer.externalId,
        messageId: messageIdOf(conversion.sourceHash, first.row.number),
        occurredAt,
        channel: mapping.activity.channel,
        properties: {
          ...readProperties(fields, mapping),
          [invoice.amountProperty]: open.lines.reduce((sum, line) => sum.plus(line.amount), new Big(0)).toFixed(),
          [invoice.itemsProperty]: open.lines.reduce((sum, line) => sum + line.quantity, 0),
        },
        lines: open.lines.map((line) => ({
          id: lineIdOf(line.row.number, line.stockCode),
          amounts: { [invoice.amountProperty]: line.amount, [invoice.itemsProperty]: String(line.quantity) },
        })),
      },
    },
  };
}

/** A line's name inside its activity: its row, and the article for those who look for it. */
export function lineIdOf(row: number, stockCode: string): string {
  return `${row}:${stockCode}`;
}

export function stockCodeOfLine(lineId: string): string {
  return lineId.slice(lineId.indexOf(':') + 1);
}
