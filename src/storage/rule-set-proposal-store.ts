import { emptyContent, type RuleSetContent } from '#domain/rule-set/content.ts';
import type { RuleSetDifference } from '#domain/rule-set/diff.ts';

import type { Statements } from './postgres.ts';

export const PROPOSAL_STATES = ['PENDING', 'APPROVED', 'REJECTED'] as const;
export type ProposalState = (typeof PROPOSAL_STATES)[number];

/** A publication that waits for a second person, or the record of one that did. */
export type RuleSetProposal = {
  id: string;
  state: ProposalState;
  content: RuleSetContent;
  diff: RuleSetDifference[];
  note: string | null;
  scheduledFor: Date | null;
  restoresRevision: number | null;
  /** The newest revision when it was made. */
  afterRevision: number;
  proposedAt: Date;
  proposedBy: string;
  decidedAt: Date | null;
  decidedBy: string | null;
  decisionNote: string | null;
  /** What its approval published. */
  revision: number | null;
};

const COLUMNS = `id, state, content, diff, note, scheduled_for as "scheduledFor", restores_revision as "restoresRevision",
  after_revision as "afterRevision", proposed_at as "proposedAt", proposed_by as "proposedBy", decided_at as "decidedAt",
  decided_by as "decidedBy", decision_note as "decisionNote", revision`;

/** Writes a new proposal. */
export async function insertProposal(
  statements: Statements,
  programId: string,
  proposal: Omit<RuleSetProposal, 'state' | 'decidedAt' | 'decidedBy' | 'decisionNote' | 'revision'>,
): Promise<void> {
  await statements.query(
    `/* insert-proposal */ insert into rule_set_proposal (program_id, id, content, diff, note, scheduled_for, restores_revision,
      after_revision, proposed_at, proposed_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      programId,
      proposal.id,
      JSON.stringify(proposal.content),
      JSON.stringify(proposal.diff),
      proposal.note,
      proposal.scheduledFor,
      proposal.restoresRevision,
      proposal.afterRevision,
      proposal.proposedAt,
      proposal.proposedBy,
    ],
  );
}

/** The proposal, locked until the transaction ends, so that it is decided once; null when there is none. */
export async function lockProposal(
  statements: Statements,
  programId: string,
  id: string,
): Promise<RuleSetProposal | null> {
  return firstOf(
    await statements.query<RuleSetProposal>(
      `/* lock-proposal */ select ${COLUMNS} from rule_set_proposal where program_id = $1 and id = $2 for update`,
      [programId, id],
    ),
  );
}

export async function readProposal(
  statements: Statements,
  programId: string,
  id: string,
): Promise<RuleSetProposal | null> {
  return firstOf(
    await statements.query<RuleSetProposal>(
      `/* read-proposal */ select ${COLUMNS} from rule_set_proposal where program_id = $1 and id = $2`,
      [programId, id],
    ),
  );
}

/** The newest proposals first, at most a hundred. */
export async function listProposals(
  statements: Statements,
  programId: string,
  state: ProposalState | null,
): Promise<RuleSetProposal[]> {
  const rows = await statements.query<RuleSetProposal>(
    `/* list-proposals */ select ${COLUMNS} from rule_set_proposal
    where program_id = $1 and ($2::text is null or state = $2) order by id desc limit 100`,
    [programId, state],
  );
  return rows.map(withAllSections);
}

/** Writes the decision on a pending proposal. */
export async function decideProposal(
  statements: Statements,
  programId: string,
  id: string,
  decision: { state: 'APPROVED' | 'REJECTED'; at: Date; by: string; note: string | null; revision: number | null },
): Promise<void> {
  await statements.query(
    `/* decide-proposal */ update rule_set_proposal set state = $3, decided_at = $4, decided_by = $5, decision_note = $6, revision = $7
    where program_id = $1 and id = $2`,
    [programId, id, decision.state, decision.at, decision.by, decision.note, decision.revision],
  );
}

function firstOf([row]: RuleSetProposal[]): RuleSetProposal | null {
  return row === undefined ? null : withAllSections(row);
}

/** What was proposed before a section existed has it empty. */
function withAllSections(row: RuleSetProposal): RuleSetProposal {
  return { ...row, content: { ...emptyContent(), ...row.content } };
}
