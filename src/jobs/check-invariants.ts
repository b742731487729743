import type { Statements } from '#storage/postgres.ts';

import { BADGE_CHECKS } from './invariants/badge-checks.ts';
import { BOARD_CHECKS } from './invariants/board-checks.ts';
import { CHALLENGE_CHECKS } from './invariants/challenge-checks.ts';
import { DRAW_CHECKS } from './invariants/draw-checks.ts';
import { DUEL_CHECKS } from './invariants/duel-checks.ts';
import { ECONOMY_CHECKS } from './invariants/economy-checks.ts';
import type { InvariantCheck } from './invariants/invariant.ts';
import { LEDGER_CHECKS } from './invariants/ledger-checks.ts';
import { MILESTONE_CHECKS } from './invariants/milestone-checks.ts';
import { RECORD_CHECKS } from './invariants/record-checks.ts';
import { REDEMPTION_CHECKS } from './invariants/redemption-checks.ts';
import { REFERENCE_CHECKS } from './invariants/reference-checks.ts';
import { SEASON_CHECKS } from './invariants/season-checks.ts';
import { STREAK_CHECKS } from './invariants/streak-checks.ts';
import { STREAM_CHECKS } from './invariants/stream-checks.ts';
import { TIER_CHECKS } from './invariants/tier-checks.ts';

export type Offence = {
  check: string;
  law: string;
  severity: 'ERROR' | 'WARNING';
  offenders: Record<string, unknown>[];
};

export const INVARIANTS: readonly InvariantCheck[] = [
  ...LEDGER_CHECKS,
  ...RECORD_CHECKS,
  ...REDEMPTION_CHECKS,
  ...DRAW_CHECKS,
  ...ECONOMY_CHECKS,
  ...REFERENCE_CHECKS,
  ...TIER_CHECKS,
  ...BOARD_CHECKS,
  ...MILESTONE_CHECKS,
  ...BADGE_CHECKS,
  ...STREAK_CHECKS,
  ...CHALLENGE_CHECKS,
  ...DUEL_CHECKS,
  ...SEASON_CHECKS,
  ...STREAM_CHECKS,
];

const OFFENDERS_MAX = 20;

/** Runs every check and gives those that some row breaks, with up to 20 of their offenders. An empty list is health. */
export async function checkInvariants(reads: Statements, programId: string | null = null): Promise<Offence[]> {
  const offences: Offence[] = [];
  for (const { name, law, severity, query } of INVARIANTS) {
    const offenders = await reads.query<Record<string, unknown>>(
      `/* invariant ${name} */ ${query} limit ${OFFENDERS_MAX}`,
      [programId],
    );
    if (offenders.length > 0) offences.push({ check: name, law, severity, offenders });
  }
  return offences;
}
