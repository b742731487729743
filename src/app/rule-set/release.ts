import { InvalidInputError, InvalidRuleError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { surroundingsOf } from '#domain/program/catalogue.ts';
import { emptyContent, type RuleSetContent } from '#domain/rule-set/content.ts';
import { diffContent, type RuleSetDifference } from '#domain/rule-set/diff.ts';
import { pickLive } from '#domain/rule-set/live.ts';
import { compileRuleSet, type RuleSet } from '#domain/rule-set/rule-set.ts';
import { insertProposal } from '#storage/rule-set-proposal-store.ts';
import { appendRevision, readLastRevision } from '#storage/rule-set-store.ts';

import { followBadges } from '../badge/follow.ts';
import { announceCatalogueChange } from '../program/announce-change.ts';
import { findStockProblems } from '../reward/check-stock.ts';
import { followStreaks } from '../streak/follow.ts';
import { followLadders } from '../tier/follow.ts';
import type { AppDeps, Tx } from '../transaction.ts';

/** Content on its way to go live, checked and compared with what it takes over from. */
export type Release = {
  content: RuleSetContent;
  diff: RuleSetDifference[];
  note: string | null;
  scheduledFor: Date | null;
  restoresRevision: number | null;
  /** The content, compiled. */
  ruleSet: RuleSet;
};

/** Either a revision, or a proposal that a second person has to approve. */
export type Released = { revision: number | null; proposalId: string | null };

/** So far ahead lies the start of a scheduled revision, so that it is on record before anybody decides by it. */
export const LEAD_MS = 5_000;

/**
 * Type-checks and compiles content that is to go live at once (`at` null) or at an instant, and compares it with the
 * revision that it will take over from. The draft must be locked, so that nobody else publishes meanwhile. Throws
 * InvalidRuleError with every problem found, StateConflictError when nothing would change, InvalidInputError for an instant
 * that is not ahead.
 */
export async function prepareRelease(
  deps: AppDeps,
  tx: Tx,
  content: RuleSetContent,
  { at, note, restoresRevision = null }: { at: Date | null; note: string | null; restoresRevision?: number | null },
): Promise<Release> {
  if (at !== null) assertAhead(at, tx.now);
  const catalogue = await deps.catalogues.at(tx, tx.programId);
  const next = (await readLastRevision(tx, tx.programId)) + 1;
  const compiled = compileRuleSet(next, content, surroundingsOf(catalogue));
  if ('problems' in compiled) throw new InvalidRuleError(compiled.problems);
  const shortages = await findStockProblems(tx, compiled.ruleSet.rewards);
  if (shortages.length > 0) throw new InvalidRuleError(shortages);
  const before = pickLive(catalogue.published, at ?? tx.now)?.ruleSet.content ?? emptyContent();
  const diff = diffContent(before, content);
  if (diff.length === 0)
    throw new StateConflictError('This equals the revision it would take over from: nothing changes.', 'UNCHANGED');
  return { content, diff, note, scheduledFor: at, restoresRevision, ruleSet: compiled.ruleSet };
}

/** Throws InvalidInputError unless a revision can still be scheduled for the instant. */
export function assertAhead(at: Date, now: Date): void {
  if (at.getTime() - now.getTime() < LEAD_MS)
    throw new InvalidInputError(
      `A revision is scheduled at least ${LEAD_MS / 1_000} seconds ahead; leave the instant out to publish at once.`,
      ['at'],
    );
}

/** Publishes, or proposes where the program's policy asks for a second person. */
export async function releaseOrPropose(deps: AppDeps, tx: Tx, release: Release): Promise<Released> {
  const { program } = await deps.catalogues.at(tx, tx.programId);
  if (program.publishApproval === 'NONE') {
    return { revision: await releaseRevision(deps, tx, release, null), proposalId: null };
  }
  const proposalId = deps.newId();
  await insertProposal(tx, tx.programId, {
    ...release,
    id: proposalId,
    afterRevision: await readLastRevision(tx, tx.programId),
    proposedAt: tx.now,
    proposedBy: tx.actor,
  });
  const { diff, note, scheduledFor, restoresRevision } = release;
  tx.audit({
    action: 'rule_set.proposed',
    subject: publicId('RuleSetProposal', proposalId),
    after: { diff, note, scheduledFor, restoresRevision },
  });
  return { revision: null, proposalId };
}

/** Writes the revision, which never changes again, and tells every process. Causes rule-set.published. */
export async function releaseRevision(
  deps: AppDeps,
  tx: Tx,
  release: Release,
  proposalId: string | null,
): Promise<number> {
  const catalogue = await deps.catalogues.at(tx, tx.programId);
  await followLadders(tx, catalogue, release.ruleSet, release.scheduledFor ?? tx.now);
  await followStreaks(tx, catalogue, release.ruleSet, release.scheduledFor ?? tx.now);
  await followBadges(tx, release.ruleSet, release.scheduledFor ?? tx.now);
  const revision = await appendRevision(tx, tx.programId, {
    ...release,
    publishedAt: tx.now,
    publishedBy: tx.actor,
    proposalId,
  });
  await announceCatalogueChange(tx);
  const startsAt = (release.scheduledFor ?? tx.now).toISOString();
  tx.emit({ type: 'rule-set.published', revision, startsAt });
  const { diff, note, restoresRevision } = release;
  tx.audit({
    action: restoresRevision === null ? 'rule_set.published' : 'rule_set.rolled_back',
    subject: `revision:${revision}`,
    after: { revision, startsAt, diff, note, restoresRevision },
  });
  return revision;
}
