import type { StreakState } from '../streak/standing.ts';
import type { Format, Language } from './locale.ts';
import { traceStep, type Explanation } from './trace.ts';

/** Where a streak stands, with what was seen of the period that decides, and what it needed. */
export type ExplainedStreak = {
  code: string;
  name: string;
  revision: number;
  state: StreakState;
  length: number;
  freezes: number;
  /** By whose calendar. */
  zone: string;
  deadline: Date | null;
  broke: { period: string; length: number; at: Date } | null;
  /** Of the missed period where it is broken, else of the one that has to be met next. */
  period: string | null;
  match: 'ALL' | 'ANY';
  conditions: readonly { what: string; condition: string; seen: string; needed: string }[];
};

type Words = {
  states: Record<StreakState, (streak: ExplainedStreak, format: Format) => string>;
  conditions: (streak: ExplainedStreak, format: Format) => string;
};

const until = ({ deadline }: ExplainedStreak, format: Format): string =>
  deadline === null ? '' : format.instant(deadline);

const WORDS: Record<Language, Words> = {
  en: {
    states: {
      NONE: ({ name }) => `${name} has not begun yet.`,
      ACTIVE: (it, f) => `${it.name} is ${it.length} long and goes on; the next one is due by ${until(it, f)}.`,
      AT_RISK: (it, f) => `${it.name} is ${it.length} long and ends on ${until(it, f)} unless you go on.`,
      FROZEN: (it, f) => `${it.name} is ${it.length} long: a freeze kept it. Go on by ${until(it, f)}.`,
      PAUSED: (it) => `${it.name} is ${it.length} long and paused.`,
      BROKEN: ({ name, broke }, f) =>
        broke === null
          ? `${name} is broken.`
          : `${name} broke on ${f.instant(broke.at)} after ${broke.length}: ${broke.period} was missed, and no freeze was left.`,
    },
    conditions: ({ conditions, period, match }, f) =>
      `${period} saw ${conditions.map((one) => `${f.number(one.seen)} of ${f.number(one.needed)} (${one.what})`).join(match === 'ALL' ? ' and ' : ' or ')}.`,
  },
  de: {
    states: {
      NONE: ({ name }) => `${name} hat noch nicht begonnen.`,
      ACTIVE: (it, f) => `${it.name} ist ${it.length} lang und läuft; weiter geht es bis ${until(it, f)}.`,
      AT_RISK: (it, f) => `${it.name} ist ${it.length} lang und endet am ${until(it, f)}, wenn Sie nicht weitermachen.`,
      FROZEN: (it, f) => `${it.name} ist ${it.length} lang: ein Freeze hat sie gehalten. Weiter bis ${until(it, f)}.`,
      PAUSED: (it) => `${it.name} ist ${it.length} lang und pausiert.`,
      BROKEN: ({ name, broke }, f) =>
        broke === null
          ? `${name} ist abgerissen.`
          : `${name} ist am ${f.instant(broke.at)} nach ${broke.length} abgerissen: ${broke.period} wurde versäumt, und kein Freeze war übrig.`,
    },
    conditions: ({ conditions, period, match }, f) =>
      `${period}: ${conditions.map((one) => `${f.number(one.seen)} von ${f.number(one.needed)} (${one.what})`).join(match === 'ALL' ? ' und ' : ' oder ')}.`,
  },
};

/** Why a streak stands as it does: which period decides, what was seen in it, and what it needed. */
export function explainStreak(streak: ExplainedStreak, format: Format): Explanation {
  const words = WORDS[format.language];
  const { code: item, revision, broke, period, zone, deadline } = streak;
  const sentences = [words.states[streak.state](streak, format)];
  if (period !== null) sentences.push(words.conditions(streak, format));
  const text = `${streak.state}, ${streak.length} long, ${streak.freezes} freezes, by the calendar of ${zone}`;
  return {
    text: sentences.join(' '),
    trace: [
      traceStep('STREAK', text, { item, revision, at: deadline, basis: 'RECORDED' }),
      ...(broke === null
        ? []
        : [traceStep('STREAK', `${broke.period} was missed, which lost ${broke.length}`, { item, at: broke.at })]),
      ...streak.conditions.map(({ what, condition, seen, needed }) =>
        traceStep('CONDITION', `${what} in ${period}`, {
          ...{ item, revision, seen, needed, part: what, basis: 'RECORDED' },
          condition: condition === '' ? null : condition,
        }),
      ),
    ],
  };
}
