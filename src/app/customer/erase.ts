import type { ErasedPoints } from '#domain/customer/erasure.ts';
import { normaliseExternalId } from '#domain/customer/identity.ts';
import { applyTransition } from '#domain/enrolment/transition.ts';
import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { expireLot } from '#domain/ledger/expire.ts';
import { readReason } from '#domain/ledger/policy.ts';
import { leaving } from '#domain/team/team.ts';
import { supersedeTokens } from '#storage/caller-store.ts';
import { closeEnrolments, findEnrolments, openEnrolments, saveEnrolmentState } from '#storage/enrolment-store.ts';
import { eraseProfile, leaveBoards, lockForErasure, readBadgesOf } from '#storage/erasure-store.ts';
import { lockLeaderboards } from '#storage/sql/lock-leaderboards.ts';
import { endMember, readTeamsOf, updateTeam } from '#storage/team-store.ts';

import { forgetCaller } from '../caller/resolve.ts';
import { announceEntries } from '../leaderboard/place.ts';
import type { CustomerName } from '../ledger/parties.ts';
import { openLedger, saveLedger } from '../ledger/posting.ts';
import { mutate, type Command } from '../mutation.ts';
import { openTeam } from '../team/open.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';
import { eraseWords, sweepOutcomes } from './sweep-erased.ts';

export type CustomerEraseInput = { customer: CustomerName; reason: string; points: ErasedPoints };
export type CustomerErased = {
  customerId: string;
  /** ISO 8601. */
  erasedAt: string;
  /** Whether an earlier call had done it, and this one changed nothing. */
  wasErased: boolean;
};

/**
 * Erases a customer: what is left is a pseudonym with amounts and instants. Profile, ties to others, inbox, log, free texts
 * and running boards go at once, tokens end, sockets close; ledger, sealed seasons and counts stay as they are. Activities of
 * the program wait meanwhile, so that none is decided for somebody who is being erased. What other transactions had under
 * way is swept up by a job (sweep-erased.ts). Open in an archived program too. Throws InvalidInputError without a reason,
 * NotFoundError.
 */
export async function eraseCustomer(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: CustomerEraseInput,
): Promise<CustomerErased & { replayed: boolean }> {
  const erased = await mutate(deps, { ...scope, archivedToo: true }, command, async (tx): Promise<CustomerErased> => {
    const reason = readReason(input.reason);
    if (reason === null) throw new InvalidInputError('An erasure has a reason.', ['reason']);
    await lockLeaderboards(tx, tx.programId);
    const known = await lockForErasure(tx, tx.programId, {
      id: input.customer.id,
      externalId: input.customer.externalId === null ? null : normaliseExternalId(input.customer.externalId),
    });
    if (known === null) throw new NotFoundError('customer', ['customerId']);
    const { id: customerId, erasedAt } = known;
    if (erasedAt !== null) return { customerId, erasedAt: erasedAt.toISOString(), wasErased: true };
    await leaveEverything(deps, tx, customerId);
    if (input.points === 'EXPIRE') await expirePoints(deps, tx, customerId);
    const badges = await readBadgesOf(tx, tx.programId, customerId);
    await eraseProfile(tx, tx.programId, customerId, tx.now);
    await eraseWords(deps, tx, customerId);
    announceEntries(tx, await leaveBoards(tx, tx.programId, customerId));
    await supersedeTokens(tx, tx.programId, customerId);
    tx.emit({ type: 'customer.erased', customerId, ...badges });
    tx.emit({ type: 'caller.revoked', customerId });
    tx.audit({
      action: 'customer.erased',
      subject: publicId('Customer', customerId),
      after: { reason, points: input.points },
    });
    return { customerId, erasedAt: tx.now.toISOString(), wasErased: false };
  });
  forgetCaller(deps, (caller) => caller.kind === 'CUSTOMER' && caller.customerId === erased.customerId);
  await sweepOutcomes(deps, scope, erased.customerId);
  return erased;
}

/** Ends the membership in the programme, and in a team. */
async function leaveEverything(deps: AppDeps, tx: Tx, customerId: string): Promise<void> {
  const history = (await findEnrolments(tx, tx.programId, [customerId])).get(customerId) ?? [];
  const open = history.find(({ toAt }) => toAt === null);
  if (open !== undefined && open.state !== 'LEFT' && open.state !== 'BLOCKED') {
    const at = open.fromAt > tx.now ? open.fromAt : tx.now;
    await closeEnrolments(tx, tx.programId, [{ customerId, toAt: at }]);
    const opened = applyTransition(history, 'LEFT', at).slice(history.length);
    await openEnrolments(
      tx,
      opened.map(({ state, fromAt }) => ({ id: deps.newId(), customerId, state, fromAt, reason: null })),
    );
    await saveEnrolmentState(tx, customerId, 'LEFT', null);
    tx.emit({ type: 'enrolment.changed', customerId, state: 'LEFT' });
  }
  const current = (await readTeamsOf(tx, tx.programId, [customerId])).get(customerId);
  if (current === undefined) return;
  const now = await openTeam(tx, current.teamId);
  const { captainId, isDisbanded } = leaving(now, customerId);
  await endMember(tx, tx.programId, { teamId: now.team.id, customerId, toAt: tx.now });
  const disbandedAt = isDisbanded ? tx.now : null;
  await updateTeam(tx, tx.programId, { ...now.team, captainId: captainId ?? now.team.captainId, disbandedAt });
  tx.emit({ type: 'team.changed', teamId: now.team.id, change: isDisbanded ? 'DISBANDED' : 'LEFT', customerId });
}

/** Lets all points expire now, pending ones too. What is held stays with its hold, and expires by its own date. */
async function expirePoints(deps: AppDeps, tx: Tx, customerId: string): Promise<void> {
  const { currencies } = await deps.catalogues.at(tx, tx.programId);
  const keys = currencies.map(({ id }) => ({ customerId, currencyId: id }));
  const ledger = await openLedger(deps, tx, keys);
  for (const account of ledger.accounts) {
    for (const lot of account.lots) if (lot.remaining > 0) expireLot(ledger.posting, account, lot, tx.now);
  }
  await saveLedger(tx, ledger.posting);
}
