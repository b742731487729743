import { Big } from 'big.js';

import type { Statements } from '#storage/postgres.ts';
import { selectPurchasedLines, selectReversalsOf, type ReversalRow } from '#storage/sql/select-purchased-lines.ts';

import type { PurchasedLine } from './cancellation.ts';
import { stockCodeOfLine } from './invoices.ts';
import type { InvoiceMapping } from './mapping.ts';
import { parseReason } from './reversal-reason.ts';
import type { CancellationUnit } from './unit.ts';

/** What a customer bought before a cancellation of the articles that it names, as the record has it. */
export type Purchases = {
  lines: PurchasedLine[];
  /** What is left of each activity's amount after all reversals. */
  amountLeft: Map<string, Big>;
  /** Quantity by article that this very cancellation took back in an earlier attempt. */
  done: Map<string, number>;
  reversalsDone: number;
  pointsDone: number;
};

/** Reads the purchases; `mark` names the cancellation in the reasons of its own reversals. */
export async function readPurchases(
  statements: Statements,
  programId: string,
  invoice: InvoiceMapping,
  unit: CancellationUnit,
  mark: string,
): Promise<Purchases> {
  const codes = [...new Set(unit.lines.map((line) => line.stockCode))];
  const rows = await selectPurchasedLines(statements, programId, unit.customer.externalId, unit.occurredAt, codes);
  const lines = rows.flatMap(({ activityId, lineId, amounts }, order): PurchasedLine[] => {
    const quantity = Number(amounts[invoice.itemsProperty]);
    const amount = amounts[invoice.amountProperty];
    if (!Number.isSafeInteger(quantity) || quantity <= 0 || amount === undefined) return [];
    return [{ activityId, lineId, stockCode: stockCodeOfLine(lineId), order, quantity, amount, remaining: quantity }];
  });
  const purchases: Purchases = {
    lines,
    amountLeft: new Map(
      rows.map(({ activityId, properties }) => [activityId, decimalOf(properties[invoice.amountProperty])]),
    ),
    done: new Map(),
    reversalsDone: 0,
    pointsDone: 0,
  };
  const ids = [...purchases.amountLeft.keys()];
  const reversals = ids.length === 0 ? [] : await selectReversalsOf(statements, programId, ids);
  for (const reversal of reversals) subtract(purchases, reversal, invoice, mark);
  return purchases;
}

/** A reversal by lines has a row a property: the one of the amount stands for it, the points are on any one of them. */
function subtract(purchases: Purchases, reversal: ReversalRow, invoice: InvoiceMapping, mark: string): void {
  const { activityId, kind, property, amount, lineIds } = reversal;
  const reason = parseReason(reversal.reason ?? '');
  if (reason?.mark === mark) purchases.pointsDone += reversal.points;
  const ofActivity = purchases.lines.filter((line) => line.activityId === activityId);
  for (const line of ofActivity) if (kind === 'WHOLE' || lineIds?.includes(line.lineId) === true) line.remaining = 0;
  if (kind === 'PART' && property !== invoice.amountProperty) return;

  const left = purchases.amountLeft.get(activityId) ?? new Big(0);
  purchases.amountLeft.set(activityId, kind === 'WHOLE' ? new Big(0) : left.minus(amount ?? 0));
  if (reason?.mark === mark) purchases.reversalsDone += 1;
  for (const { lineId, quantity } of reason?.parts ?? []) {
    const line = ofActivity.find((known) => known.lineId === lineId);
    if (line !== undefined) line.remaining = Math.max(0, line.remaining - quantity);
    if (reason?.mark !== mark) continue;
    const code = stockCodeOfLine(lineId);
    purchases.done.set(code, (purchases.done.get(code) ?? 0) + quantity);
  }
}

function decimalOf(value: unknown): Big {
  return typeof value === 'string' || typeof value === 'number' ? new Big(value) : new Big(0);
}
