import type { Permission } from '#domain/caller.ts';
import type { Explanation } from '#domain/explanation/trace.ts';
import { parsePublicId, type IdType } from '#domain/ids.ts';
import { findAwards } from '#storage/badge-award-store.ts';
import { readPrizes, readPrizesOfRuns } from '#storage/challenge-prize-store.ts';
import { readRuns } from '#storage/challenge-store.ts';
import { findPlays } from '#storage/draw-store.ts';
import { findAccountOwners } from '#storage/ledger-owner-store.ts';
import { findTransactions } from '#storage/ledger-transaction-store.ts';
import { findRefusedAttempts } from '#storage/redemption-refusal-store.ts';
import { findMemberships } from '#storage/tier-membership-store.ts';

import { explainBadgeAward } from './explain-badge.ts';
import { explainLedgerAccount } from './explain-balance.ts';
import { explainChallengeRun } from './explain-challenge.ts';
import { explainDrawPlay } from './explain-play.ts';
import { explainRefusedRedemption } from './explain-refusal.ts';
import { explainTierMembership } from './explain-tier.ts';
import { explainLedgerTransaction } from './explain-transaction.ts';
import type { ExplanationReads } from './reads.ts';

/** Who asks: a customer sees their own, others what they may read. */
export type ExplanationReader = { customerId: string | null; may: (permission: Permission) => boolean };

type Asked = { programId: string; id: string; reader: ExplanationReader; locale: string | null };
type Explainer = (deps: ExplanationReads, asked: Asked) => Promise<Explanation | null>;

const EXPLAINERS: Partial<Record<IdType, Explainer>> = {
  LedgerTransaction: async (deps, { programId, id, reader, locale }) => {
    const [transaction] = await findTransactions(deps.reads, programId, [id]);
    if (transaction === undefined) return null;
    const isReceiver = reader.customerId !== null && reader.customerId === transaction.toCustomerId;
    const viewer = isReceiver ? reader.customerId : transaction.customerId;
    if (viewer === null || !maySee(reader, 'ledger:read', viewer)) return null;
    return explainLedgerTransaction(deps, programId, transaction, viewer, locale);
  },
  LedgerAccount: async (deps, { programId, id, reader, locale }) => {
    const owner = (await findAccountOwners(deps.reads, programId, [id])).get(id);
    if (owner === undefined || !maySee(reader, 'ledger:read', owner.customerId)) return null;
    return explainLedgerAccount(deps, programId, id, owner, locale);
  },
  TierMembership: async (deps, { programId, id, reader, locale }) => {
    const [membership] = await findMemberships(deps.reads, programId, [id]);
    if (membership === undefined || !maySee(reader, 'tier:read', membership.customerId)) return null;
    return explainTierMembership(deps, programId, membership, locale);
  },
  RedemptionRefusal: async (deps, { programId, id, reader, locale }) => {
    const [attempt] = await findRefusedAttempts(deps.reads, programId, [id]);
    if (attempt === undefined || !maySee(reader, 'redemption:read', attempt.customerId)) return null;
    return explainRefusedRedemption(deps, programId, attempt, locale);
  },
  BadgeAward: async (deps, { programId, id, reader, locale }) => {
    const [award] = await findAwards(deps.reads, programId, [id]);
    if (award === undefined || !maySee(reader, 'customer:read', award.customerId)) return null;
    return explainBadgeAward(deps, programId, award, locale);
  },
  ChallengePrize: async (deps, { programId, id, reader, locale }) => {
    const [prize] = await readPrizes(deps.reads, programId, [id]);
    if (prize === undefined || !maySee(reader, 'tier:read', prize.customerId)) return null;
    const [run] = await readRuns(deps.reads, programId, [prize.runId]);
    if (run === undefined) return null;
    return explainChallengeRun(deps, programId, run, { prize, customerId: prize.customerId, locale });
  },
  ChallengeRun: async (deps, { programId, id, reader, locale }) => {
    const [run] = await readRuns(deps.reads, programId, [id]);
    if (run === undefined) return null;
    // What all work on together, every one of them may see.
    const customerId = run.goal === 'PERSONAL' ? run.ownerId : reader.customerId;
    const isSeen =
      run.goal === 'COMMUNITY' ? reader.may('tier:read') || reader.may('self:read') : reader.may('tier:read');
    if (!isSeen && (run.goal === 'TEAM' || customerId === null || !maySee(reader, 'tier:read', customerId)))
      return null;
    const [prize = null] = await readPrizesOfRuns(deps.reads, programId, customerId === null ? [] : [customerId], [id]);
    return explainChallengeRun(deps, programId, run, { prize, customerId, locale });
  },
  DrawPlay: async (deps, { programId, id, reader, locale }) => {
    const [play] = await findPlays(deps.reads, programId, [id]);
    if (play === undefined || !maySee(reader, 'redemption:read', play.customerId)) return null;
    return explainDrawPlay(deps, programId, play, locale);
  },
};

/** Why something is as it is, by its public id. Null for what is missing, of another kind, or not the reader's to see. */
export async function explainById(
  deps: ExplanationReads,
  programId: string,
  publicId: string,
  reader: ExplanationReader,
  locale: string | null,
): Promise<Explanation | null> {
  const parsed = parsePublicId(publicId);
  const explainer = parsed === null ? undefined : EXPLAINERS[parsed.type];
  if (parsed === null || explainer === undefined) return null;
  return explainer(deps, { programId, id: parsed.uuid, reader, locale });
}

function maySee(reader: ExplanationReader, permission: Permission, customerId: string): boolean {
  return reader.may(permission) || (reader.customerId === customerId && reader.may('self:read'));
}
