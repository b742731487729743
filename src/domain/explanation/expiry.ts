import type { AwardExpiry } from '../earning/expiry-style.ts';
import { publicId } from '../ids.ts';
import type { LotExpiryMove } from '../ledger/writes.ts';
import type { PointCurrency } from '../program/program.ts';
import type { TransactionFacts } from './cause.ts';
import type { Format } from './locale.ts';
import { traceStep, type TraceStep } from './trace.ts';
import { pointsText, TRANSACTION_WORDS } from './transaction-words.ts';

/** For the trace: when points were to expire as they were given, and who says so. */
export function expiryText(
  expiresAt: string | null,
  expiry: AwardExpiry | null,
  given: { currency: PointCurrency; by: 'rule' | 'milestone' },
): string {
  if (expiresAt === null) return 'never expires';
  if (expiry !== null) return `expires at ${expiresAt}, by the ${given.by}`;
  const later = lastsWithActivity(expiry, given.currency) ? ', later with activity before then' : '';
  return `expires at ${expiresAt}, by the currency${later}`;
}

/** Whether points that a rule or milestone gave so last with their customer's activity. */
export function lastsWithActivity(expiry: AwardExpiry | null, currency: PointCurrency): boolean {
  return expiry === null && currency.expiry?.kind === 'INACTIVITY';
}

/** For the trace: from when to when the expiry of one lot was moved. */
export function expiryMoveStep({ lotId, points, fromExpiresAt, toExpiresAt }: LotExpiryMove): TraceStep {
  const from = fromExpiresAt?.toISOString() ?? 'never';
  const text = `${points} points of ${publicId('Lot', lotId)}: from ${from} to ${toExpiresAt.toISOString()}`;
  return traceStep('EXPIRY', text, { item: publicId('Lot', lotId), at: toExpiresAt, basis: 'RECORDED' });
}

/** For the customer: until when how many points are valid now. */
export function expiryMoveText({ expiryMoves = [], currency, transaction }: TransactionFacts, format: Format): string {
  const points = expiryMoves.reduce((sum, move) => sum + move.points, 0);
  const until = expiryMoves[0]?.toExpiresAt ?? transaction.effectiveAt;
  return TRANSACTION_WORDS[format.language].expiryMoved(
    pointsText(points, currency.name, format),
    format.instant(until),
  );
}
