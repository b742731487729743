import { levelsOf } from '#domain/badge/badge.ts';
import type { CompiledBadge } from '#domain/badge/compile.ts';
import { heldUntil } from '#domain/badge/law.ts';
import { InvalidInputError, NotFoundError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { findCustomerFacts } from '#storage/activity-store.ts';
import {
  findAwards,
  listAwards,
  revokeAwards,
  showAwards,
  writeBadges,
  type AwardRow,
} from '#storage/badge-award-store.ts';
import { lockAccounts } from '#storage/ledger-store.ts';

import { requireCustomers, requireUsers, type CustomerName } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';
import { awardedEvent } from './announce.ts';

const REASON_LENGTH_MAX = 500;
/** The period of what people give: it never stands in the way of what is earned. */
export const BY_HAND = 'hand';

export type GiveBadge = {
  customer: CustomerName;
  badge: string;
  /** Code of the level; null is the lowest. */
  level: string | null;
  reason: string;
  /** When it was earned; null is now. */
  earnedAt: Date | null;
};

/**
 * Gives a customer a badge by hand, without points: held like one that was earned, and not awarded once more by an activity.
 * A badge of which there is only one is given to who does not hold it. Throws NotFoundError, InvalidInputError for an instant
 * ahead of now, and StateConflictError for who has left or is blocked, or holds it. Causes badge.awarded.
 */
export function giveBadge(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: GiveBadge,
): Promise<{ awardId: string; customerId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const reason = requireReason(input.reason);
    const earnedAt = input.earnedAt ?? tx.now;
    if (earnedAt > tx.now) throw new InvalidInputError('A badge is not earned ahead of now.', ['earnedAt']);
    const catalogue = await deps.catalogues.at(tx, tx.programId);
    const compiled = catalogue.ruleSet.badges.byCode.get(input.badge);
    if (compiled === undefined) throw new NotFoundError('badge', ['badge']);
    const level = input.level === null ? 0 : compiled.indexOf.get(input.level);
    if (level === undefined) throw new NotFoundError('level', ['level']);
    const [customerId = ''] = await requireUsers(tx, [{ ...input.customer, path: ['customerId'] }]);
    await lockAccounts(tx, deps.newId, tx.programId, [{ customerId, currencyId: catalogue.defaultCurrency.id }]);
    const known = await listAwards(tx, tx.programId, [customerId], [compiled.badge.id]);
    assertFree(compiled, level, known, tx.now);
    const levelCode = levelsOf(compiled.badge)[level]?.code ?? '';
    const earlier = known.filter((award) => award.byHand && award.levelCode === levelCode);
    const expiresAt = heldUntil(compiled.badge, earnedAt, catalogue.program.timeZone);
    const award = {
      id: deps.newId(),
      customerId,
      badgeId: compiled.badge.id,
      badgeCode: compiled.badge.code,
      levelCode,
      levelNumber: level + 1,
      period: BY_HAND,
      occurrence: Math.max(0, ...earlier.map(({ occurrence }) => occurrence)) + 1,
      byHand: true,
      earnedAt,
      recordedAt: tx.now,
      expiresAt,
      activityId: null,
      revision: catalogue.ruleSet.revision,
      silent: false,
      points: null,
      transactionId: null,
      reason,
      actor: tx.actor,
    };
    await writeBadges(tx, tx.programId, { awards: [award], addedDays: [], wholeDays: [] });
    const [customer] = await findCustomerFacts(tx, tx.programId, [customerId], []);
    tx.emit(awardedEvent(catalogue, award, customer?.locale ?? null));
    tx.audit({
      action: 'badge.given',
      subject: publicId('Customer', customerId),
      after: { award: publicId('BadgeAward', award.id), badge: input.badge, level: levelCode, reason },
    });
    return { awardId: award.id, customerId };
  });
}

function assertFree({ badge, indexOf }: CompiledBadge, level: number, known: readonly AwardRow[], now: Date): void {
  if (badge.repeat.kind !== 'ONCE') return;
  const held = known.find(
    ({ levelCode, revokedAt, expiresAt }) =>
      revokedAt === null && (expiresAt === null || expiresAt > now) && (indexOf.get(levelCode) ?? 0) >= level,
  );
  if (held !== undefined)
    throw new StateConflictError(`The customer holds this badge at level ${held.levelCode} already.`, 'HELD', [
      'badge',
    ]);
}

/**
 * Takes an award back, with a reason that the team sees. It stays on record, and its activity does not earn it again; what
 * points it gave stays. Throws NotFoundError, and StateConflictError when it is not held any more. Causes badge.revoked.
 */
export function revokeBadge(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { awardId: string; reason: string },
): Promise<{ awardId: string; customerId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const reason = requireReason(input.reason);
    const [award] = await findAwards(tx, tx.programId, [input.awardId]);
    if (award === undefined) throw new NotFoundError('badge award', ['awardId']);
    const { customerId } = award;
    const catalogue = await deps.catalogues.at(tx, tx.programId);
    await lockAccounts(tx, deps.newId, tx.programId, [{ customerId, currencyId: catalogue.defaultCurrency.id }]);
    const by = { at: tx.now, why: 'HAND' as const, reason, actor: tx.actor };
    const [revoked] = award.expiredAt === null ? await revokeAwards(tx, tx.programId, [award.id], by) : [];
    if (revoked === undefined)
      throw new StateConflictError(
        'This award is not held any more.',
        award.expiredAt === null ? 'REVOKED' : 'EXPIRED',
        ['awardId'],
      );
    const { badgeId, badgeCode: badge, id: awardId } = revoked;
    tx.emit({ type: 'badge.revoked', customerId, awardId, badgeId, badge, why: 'HAND' });
    tx.audit({
      action: 'badge.revoked',
      subject: publicId('Customer', customerId),
      after: { award: publicId('BadgeAward', awardId), badge, reason },
    });
    return { awardId, customerId };
  });
}

/**
 * Shows a badge to others, or hides it from them: all awards of it that the customer has. Throws NotFoundError where the
 * customer has none. Causes badge.shown.
 */
export function showBadge(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { customer: CustomerName; badge: string; visible: boolean },
): Promise<{ customerId: string; visible: boolean; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const [customerId = ''] = await requireCustomers(tx, [{ ...input.customer, path: ['customerId'] }]);
    const badgeId = await requireAwarded(tx, customerId, input.badge);
    const changed = await showAwards(tx, tx.programId, customerId, badgeId, input.visible);
    if (changed.length > 0) tx.emit({ type: 'badge.shown', customerId, badgeId, visible: input.visible });
    return { customerId, visible: input.visible };
  });
}

async function requireAwarded(tx: Tx, customerId: string, code: string): Promise<string> {
  const award = (await listAwards(tx, tx.programId, [customerId])).find(({ badgeCode }) => badgeCode === code);
  if (award === undefined) throw new NotFoundError('badge', ['badge']);
  return award.badgeId;
}

function requireReason(reason: string): string {
  const trimmed = reason.trim();
  if (trimmed === '' || trimmed.length > REASON_LENGTH_MAX)
    throw new InvalidInputError(`A reason has 1 to ${REASON_LENGTH_MAX} characters.`, ['reason']);
  return trimmed;
}
