import type { TierReason } from '../tier/standing.ts';
import type { Format, Language } from './locale.ts';
import { traceStep, type Explanation } from './trace.ts';

/** An interval of a customer's history on a ladder, as it was written down. */
export type HeldTier = {
  ladderCode: string;
  tierName: string;
  previousCode: string | null;
  fromAt: Date;
  toAt: Date | null;
  reason: TierReason;
  note: string | null;
  lockedUntil: Date | null;
  revision: number;
  activityId: string | null;
  actor: string;
  tierCode: string;
  /** What the revision that decided asked for, such as `1,000 points within a year`; null when it has no threshold. */
  threshold: string | null;
};

type TierWords = {
  reasons: Record<TierReason, (tier: string, from: string) => string>;
  until: (instant: string) => string;
  ended: (instant: string) => string;
};

const WORDS: Record<Language, TierWords> = {
  en: {
    reasons: {
      EARNED: (tier, from) => `You reached ${tier} on ${from} by what you did.`,
      REVIEWED: (tier, from) => `At the review on ${from} you came to ${tier}.`,
      MANUAL: (tier, from) => `Our team gave you ${tier} on ${from}.`,
      INVITED: (tier, from) => `You were invited to ${tier} on ${from}.`,
      RECALCULATED: (tier, from) => `By what you did, you have been ${tier} since ${from}.`,
    },
    until: (instant) => `It is yours until ${instant} at least.`,
    ended: (instant) => `It ended on ${instant}.`,
  },
  de: {
    reasons: {
      EARNED: (tier, from) => `Sie haben ${tier} am ${from} durch Ihre Aktivität erreicht.`,
      REVIEWED: (tier, from) => `Bei der Prüfung am ${from} sind Sie auf ${tier} gekommen.`,
      MANUAL: (tier, from) => `Unser Team hat Ihnen ${tier} am ${from} gegeben.`,
      INVITED: (tier, from) => `Sie wurden am ${from} zu ${tier} eingeladen.`,
      RECALCULATED: (tier, from) => `Durch Ihre Aktivität sind Sie seit dem ${from} ${tier}.`,
    },
    until: (instant) => `Das gilt mindestens bis zum ${instant}.`,
    ended: (instant) => `Das endete am ${instant}.`,
  },
};

/** Why a customer holds or held a tier. */
export function explainTier(held: HeldTier, format: Format): Explanation {
  const words = WORDS[format.language];
  const sentences = [words.reasons[held.reason](held.tierName, format.instant(held.fromAt))];
  if (held.toAt !== null) sentences.push(words.ended(format.instant(held.toAt)));
  else if (held.lockedUntil !== null) sentences.push(words.until(format.instant(held.lockedUntil)));
  const cause = held.activityId === null ? held.actor : `activity ${held.activityId}`;
  return {
    text: sentences.join(' '),
    trace: [
      traceStep(
        'TIER',
        `${held.previousCode ?? 'none'} to ${held.tierCode} on ${held.ladderCode}: ${held.reason} by ${cause}${held.note === null ? '' : `, ${held.note}`}`,
        {
          item: held.tierCode,
          revision: held.revision,
          part: held.threshold,
          needed: held.threshold,
          at: held.fromAt,
          basis: 'RECORDED',
        },
      ),
    ],
  };
}
