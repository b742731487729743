import type { AwardExpiry } from '../earning/expiry-style.ts';
import type { PointCurrency } from '../program/program.ts';

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
