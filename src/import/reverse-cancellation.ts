import { Big } from 'big.js';

import { keyFrom } from '#app/activity/calls.ts';
import { reverseActivity } from '#app/activity/reverse.ts';
import type { AppDeps, Scope } from '#app/transaction.ts';
import type { ReversalRequest } from '#domain/activity/reverse.ts';
import { UserError } from '#domain/errors.ts';
import type { Statements } from '#storage/postgres.ts';

import { cancelOutcome, takeBack, type PurchasedLine } from './cancellation.ts';
import type { InvoiceMapping } from './mapping.ts';
import { readPurchases, type Purchases } from './purchases.ts';
import { formatReason, markOf } from './reversal-reason.ts';
import type { CancelOutcome, CancelResult } from './target.ts';
import type { CancellationUnit } from './unit.ts';

type Deps = AppDeps & { reads: Statements };

/** What a cancellation takes back from one purchase. */
type TakenFrom = { activityId: string; parts: { line: PurchasedLine; quantity: number }[] };

/**
 * Takes back what a cancellation invoice cancels, in the record. Repeatable: what the same cancellation of the same source
 * took back before is read from the reasons of the reversals, counted, and not taken again.
 */
export async function reverseCancellation(
  deps: Deps,
  scope: Scope,
  sourceHash: string,
  invoice: InvoiceMapping,
  unit: CancellationUnit,
): Promise<CancelResult> {
  const mark = markOf(sourceHash, unit);
  const purchases = await readPurchases(deps.reads, scope.programId, invoice, unit, mark);
  const outcomes: CancelOutcome[] = [];
  const parts: TakenFrom['parts'] = [];
  for (const { stockCode, quantity } of unit.lines) {
    const before = Math.min(quantity, purchases.done.get(stockCode) ?? 0);
    purchases.done.set(stockCode, (purchases.done.get(stockCode) ?? 0) - before);
    const found = takeBack(purchases.lines, stockCode, quantity - before);
    parts.push(...found.taken);
    outcomes.push(
      before > 0 && found.taken.length === 0
        ? { kind: found.unmatched === 0 ? 'REVERSED' : 'REVERSED_IN_PART' }
        : cancelOutcome(found),
    );
  }
  const result = { reversals: purchases.reversalsDone, points: purchases.pointsDone };
  for (const taken of byActivity(parts)) {
    for (const request of requestsFor(taken, purchases, invoice)) {
      const reason = formatReason(unit.number, {
        mark,
        parts: request.parts.map(({ line, quantity }) => ({ lineId: line.lineId, quantity })),
      });
      const key = keyFrom(sourceHash, mark, taken.activityId, request.request.kind);
      const input = {
        activityId: taken.activityId,
        messageId: null,
        request: request.request,
        reason,
        occurredAt: unit.occurredAt,
      };
      try {
        const { pointsReversed } = await reverseActivity(
          deps,
          scope,
          { mutation: 'import', idempotencyKey: key, input },
          input,
        );
        result.reversals += 1;
        result.points += pointsReversed;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        refuseLines(unit, outcomes, request.parts, error.message);
      }
    }
  }
  return { ...result, lines: outcomes };
}

/** Parts of one line are put together, parts of one activity stand together, in the order in which they were found. */
function byActivity(parts: TakenFrom['parts']): TakenFrom[] {
  const activities = new Map<string, Map<PurchasedLine, number>>();
  for (const { line, quantity } of parts) {
    const lines = activities.get(line.activityId) ?? new Map<PurchasedLine, number>();
    activities.set(line.activityId, lines.set(line, (lines.get(line) ?? 0) + quantity));
  }
  return [...activities].map(([activityId, lines]) => ({
    activityId,
    parts: [...lines].map(([line, quantity]) => ({ line, quantity })),
  }));
}

type Request = { request: ReversalRequest; parts: TakenFrom['parts'] };

/** All that is left of a purchase is reversed whole; else its untouched lines by name, and parts of lines by their amount. */
function requestsFor({ activityId, parts }: TakenFrom, purchases: Purchases, invoice: InvoiceMapping): Request[] {
  const amount = parts.reduce((sum, part) => sum.plus(amountOf(part)), new Big(0));
  if (purchases.amountLeft.get(activityId)?.eq(amount) === true) return [{ request: { kind: 'WHOLE' }, parts }];
  const whole = parts.filter(({ line, quantity }) => quantity === line.quantity);
  const broken = parts.filter(({ line, quantity }) => quantity !== line.quantity);
  const requests: Request[] = [];
  if (whole.length > 0)
    requests.push({ request: { kind: 'LINES', lineIds: whole.map(({ line }) => line.lineId) }, parts: whole });
  if (broken.length > 0) {
    const sum = broken.reduce((total, part) => total.plus(amountOf(part)), new Big(0));
    requests.push({
      request: { kind: 'AMOUNT', property: invoice.amountProperty, amount: sum.toFixed() },
      parts: broken,
    });
  }
  return requests;
}

/** The line's price times the quantity; exact, since the line's amount is a multiple of it. */
function amountOf({ line, quantity }: { line: PurchasedLine; quantity: number }): Big {
  return new Big(line.amount).times(quantity).div(line.quantity);
}

/** The record keeps fewer points or amounts than the lines say, for instance after a reversal by hand. */
function refuseLines(
  unit: CancellationUnit,
  outcomes: CancelOutcome[],
  parts: TakenFrom['parts'],
  reason: string,
): void {
  const codes = new Set(parts.map(({ line }) => line.stockCode));
  unit.lines.forEach((line, index) => {
    if (codes.has(line.stockCode)) outcomes[index] = { kind: 'REFUSED', reason };
  });
}
