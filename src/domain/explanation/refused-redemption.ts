import type { RedemptionRefusal } from '../reward/refusal.ts';
import type { Format } from './locale.ts';
import { refusalText } from './refusal-texts.ts';
import { traceStep, type Explanation, type TraceStep } from './trace.ts';

/** An attempt to redeem as it was refused; everything in it was written down then. */
export type RefusedRedemption = {
  rewardCode: string;
  revision: number;
  quantity: number;
  points: number;
  refusals: readonly RedemptionRefusal[];
  refusedAt: Date;
};

/** Why a redemption was refused: every reason to the customer, with what was seen and needed to the team. */
export function explainRefusal(refused: RefusedRedemption, format: Format): Explanation {
  return {
    text: refused.refusals.map((refusal) => refusalText(refusal, format)).join(' '),
    trace: refused.refusals.map((refusal) => refusalStep(refusal, refused)),
  };
}

function refusalStep(refusal: RedemptionRefusal, refused: RefusedRedemption): TraceStep {
  const { code, ...data } = refusal;
  return traceStep(
    'REFUSAL',
    `${refused.quantity} × ${refused.rewardCode} for ${refused.points} points: ${code} ${JSON.stringify(data)}`,
    {
      item: refused.rewardCode,
      revision: refused.revision,
      at: refused.refusedAt,
      basis: 'RECORDED',
      part: refusal.code === 'NOT_IN_AUDIENCE' ? refusal.failing : code,
      ...comparedBy(refusal),
    },
  );
}

/** What was seen and what was needed, where the refusal is a comparison. */
function comparedBy(refusal: RedemptionRefusal): { seen: string | null; needed: string | null } {
  switch (refusal.code) {
    case 'INSUFFICIENT_POINTS':
      return { seen: String(refusal.available), needed: `>= ${refusal.needed}` };
    case 'OUT_OF_STOCK':
      return { seen: String(refusal.left), needed: `>= ${refusal.wanted}` };
    case 'CUSTOMER_LIMIT':
    case 'ACCOUNT_LIMIT':
    case 'TOTAL_LIMIT':
      return { seen: `${refusal.used} + ${refusal.wanted}`, needed: `<= ${refusal.limit} per ${refusal.per}` };
    case 'TIER_REQUIRED':
      return { seen: refusal.has.join(', '), needed: refusal.tiers.join(', ') };
    case 'NOT_YET':
      return { seen: null, needed: `from ${refusal.from}` };
    case 'NO_LONGER':
      return { seen: null, needed: `before ${refusal.until}` };
    case 'NOT_ENROLLED':
      return { seen: refusal.state, needed: 'ENROLLED' };
    case 'CONSENT_REQUIRED':
      return { seen: null, needed: `consent to version ${refusal.version} of the terms` };
    case 'BLOCKED':
    case 'PAUSED':
    case 'NOT_IN_AUDIENCE':
    case 'NO_CODES_LEFT':
    case 'PAYMENT_REQUIRED':
    case 'STEP_UP_REQUIRED':
      return { seen: null, needed: null };
  }
}
