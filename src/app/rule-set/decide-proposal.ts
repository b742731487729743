import { NotFoundError, SecondPersonError, StaleVersionError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { decideProposal, lockProposal, type RuleSetProposal } from '#storage/rule-set-proposal-store.ts';
import { lockDraft, readLastRevision } from '#storage/rule-set-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';
import { prepareRelease, releaseRevision, type Released } from './release.ts';

export type ProposalDecision = { proposalId: string; note: string | null };

/**
 * Publishes what another person proposed, exactly as it was proposed. Throws SecondPersonError for the one who proposed it,
 * StaleVersionError when a revision was published since, for then its diff is no longer what would happen, and
 * StateConflictError once it is decided.
 */
export function approveRuleSet(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: ProposalDecision,
): Promise<Released & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const proposal = await openProposal(tx, input.proposalId);
    const last = await readLastRevision(tx, tx.programId);
    if (last !== proposal.afterRevision)
      throw new StaleVersionError('Another revision was published since. Propose it again.', last, ['proposalId']);
    const release = await prepareRelease(deps, tx, proposal.content, { ...proposal, at: proposal.scheduledFor });
    const revision = await releaseRevision(deps, tx, release, proposal.id);
    await decide(tx, proposal, 'APPROVED', input.note, revision);
    return { revision, proposalId: proposal.id };
  });
}

/** Turns a proposal of another person down; nothing goes live. Throws SecondPersonError and StateConflictError. */
export function rejectRuleSet(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: ProposalDecision,
): Promise<Released & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const proposal = await openProposal(tx, input.proposalId);
    await decide(tx, proposal, 'REJECTED', input.note, null);
    return { revision: null, proposalId: proposal.id };
  });
}

async function openProposal(tx: Tx, id: string): Promise<RuleSetProposal> {
  // The lock of the draft comes first here, too: it keeps all who publish one after the other.
  await lockDraft(tx, tx.programId, tx.actor);
  const proposal = await lockProposal(tx, tx.programId, id);
  if (proposal === null) throw new NotFoundError('proposal', ['proposalId']);
  if (proposal.state !== 'PENDING')
    throw new StateConflictError('This proposal is decided already.', proposal.state, ['proposalId']);
  if (proposal.proposedBy === tx.actor) throw new SecondPersonError(proposal.proposedBy, ['proposalId']);
  return proposal;
}

async function decide(
  tx: Tx,
  proposal: RuleSetProposal,
  state: 'APPROVED' | 'REJECTED',
  note: string | null,
  revision: number | null,
): Promise<void> {
  await decideProposal(tx, tx.programId, proposal.id, { state, at: tx.now, by: tx.actor, note, revision });
  tx.audit({
    action: state === 'APPROVED' ? 'rule_set.approved' : 'rule_set.rejected',
    subject: publicId('RuleSetProposal', proposal.id),
    before: { state: proposal.state, proposedBy: proposal.proposedBy },
    after: { state, note, revision },
  });
}
