import { askedText, type Asked } from './asked-words.ts';
import { listOf, type Format, type Language } from './locale.ts';
import { traceStep, type Explanation } from './trace.ts';

/** An award as it was written down, with what its revision asked for. */
export type ExplainedAward = {
  badgeCode: string;
  levelCode: string;
  name: string;
  revision: number;
  how: 'ACTIVITY' | 'PAST' | 'HAND';
  earnedAt: Date;
  activityId: string | null;
  actor: string;
  /** Why it was given by hand, for the team. */
  reason: string | null;
  points: number | null;
  expiresAt: Date | null;
  /** When it was taken back or its time was over; null while it is held. */
  ended: { at: Date; why: string } | null;
  asked: readonly { asked: Asked; amount: string }[];
  match: 'ALL' | 'ANY';
  /** What the next level takes, or one more; null where nothing is left to earn. */
  next: { name: string; asked: readonly { asked: Asked; needed: string; has: string; missing: string }[] } | null;
};

type BadgeWords = {
  how: Record<ExplainedAward['how'], (name: string, at: string) => string>;
  asked: (list: string) => string;
  points: (points: string) => string;
  until: (at: string) => string;
  ended: (at: string) => string;
  next: (name: string, list: string) => string;
};

const WORDS: Record<Language, BadgeWords> = {
  en: {
    how: {
      ACTIVITY: (name, at) => `You earned ${name} on ${at}.`,
      PAST: (name, at) => `You have ${name} for what you had done by ${at}.`,
      HAND: (name, at) => `Our team gave you ${name} on ${at}.`,
    },
    asked: (list) => `It took ${list}.`,
    points: (points) => `It gave you ${points} points.`,
    until: (at) => `It is yours until ${at}.`,
    ended: (at) => `It ended on ${at}.`,
    next: (name, list) => `For ${name} you still need ${list}.`,
  },
  de: {
    how: {
      ACTIVITY: (name, at) => `Sie haben ${name} am ${at} verdient.`,
      PAST: (name, at) => `Sie haben ${name} für das, was Sie bis zum ${at} getan hatten.`,
      HAND: (name, at) => `Unser Team hat Ihnen ${name} am ${at} gegeben.`,
    },
    asked: (list) => `Dafür brauchte es ${list}.`,
    points: (points) => `Dafür gab es ${points} Punkte.`,
    until: (at) => `Das gilt bis zum ${at}.`,
    ended: (at) => `Das endete am ${at}.`,
    next: (name, list) => `Für ${name} fehlt Ihnen noch ${list}.`,
  },
};

/** Why a customer has or had a badge, and what the next level of it takes. */
export function explainBadge(award: ExplainedAward, format: Format): Explanation {
  const words = WORDS[format.language];
  const { name, how, asked, match, points, expiresAt, ended, next, badgeCode: item, revision } = award;
  const join = (list: readonly string[]): string => listOf(list, format.language, match === 'ALL' ? 'and' : 'or');
  const sentences = [words.how[how](name, format.instant(award.earnedAt))];
  if (how !== 'HAND' && asked.length > 0)
    sentences.push(words.asked(join(asked.map((one) => askedText(one.asked, one.amount, format)))));
  if (points !== null && points > 0) sentences.push(words.points(format.number(points)));
  if (ended !== null) sentences.push(words.ended(format.instant(ended.at)));
  else if (expiresAt !== null) sentences.push(words.until(format.instant(expiresAt)));
  const missing = (next?.asked ?? []).filter((one) => Number(one.missing) > 0);
  if (next !== null && missing.length > 0)
    sentences.push(words.next(next.name, join(missing.map((one) => askedText(one.asked, one.missing, format)))));
  const cause = award.activityId === null ? award.actor : `activity ${award.activityId}`;
  const why = award.reason === null ? '' : `, ${award.reason}`;
  return {
    text: sentences.join(' '),
    trace: [
      traceStep('BADGE', `${item} ${award.levelCode}: ${how} by ${cause}${why}`, {
        ...{ item, revision, at: award.earnedAt, basis: 'RECORDED' },
      }),
      ...asked.map((one) =>
        traceStep('CONDITION', 'it took', {
          item,
          revision,
          part: one.asked.kind,
          needed: one.amount,
          basis: 'RECORDED',
        }),
      ),
      ...(ended === null ? [] : [traceStep('REVERSAL', ended.why, { item, at: ended.at, basis: 'RECORDED' })]),
      ...(next?.asked ?? []).map((one) =>
        traceStep('CONDITION', `${next?.name ?? ''} takes`, {
          ...{ item, part: one.asked.kind, seen: one.has, needed: one.needed, basis: 'TODAY' },
        }),
      ),
    ],
  };
}
