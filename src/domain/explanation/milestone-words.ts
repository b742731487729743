import type { Milestone, MilestonePeriod } from '../milestone/milestone.ts';
import { listOf, type Format, type Language } from './locale.ts';

/** What a milestone is about, by the names that people know. */
export type MilestoneNames = { award: string; activity: string; counted: string };

type MilestoneWords = {
  /** Amounts of what is counted: 10 times Purchase, 1,000 of amount for Purchase, 500 Points earned. */
  amount: (measure: Milestone['measure'], amounts: string, names: MilestoneNames) => string;
  periods: Record<MilestonePeriod, string>;
  at: (points: string, amount: string, period: string) => string;
  every: (points: string, amount: string, period: string) => string;
  reached: (name: string, amount: string, period: string) => string;
};

const EN: MilestoneWords = {
  amount: (measure, amounts, { activity, counted }) => {
    if (measure.kind === 'COUNT') return `${amounts} times ${activity}`;
    return measure.kind === 'SUM' ? `${amounts} of ${counted} for ${activity}` : `${amounts} ${counted} earned`;
  },
  periods: { ALL_TIME: 'in all', YEAR: 'in a calendar year', MONTH: 'in a calendar month' },
  at: (points, amount, period) => `${points} on reaching ${amount} ${period}.`,
  every: (points, amount, period) => `${points} for every ${amount} ${period}.`,
  reached: (name, amount, period) => `You reached the milestone “${name}”: ${amount} ${period}.`,
};

const DE: MilestoneWords = {
  amount: (measure, amounts, { activity, counted }) => {
    if (measure.kind === 'COUNT') return `${amounts} Mal ${activity}`;
    return measure.kind === 'SUM' ? `${amounts} an ${counted} für ${activity}` : `${amounts} verdienten ${counted}`;
  },
  periods: { ALL_TIME: 'insgesamt', YEAR: 'im Kalenderjahr', MONTH: 'im Kalendermonat' },
  at: (points, amount, period) => `${points} bei ${amount} ${period}.`,
  every: (points, amount, period) => `${points} für je ${amount} ${period}.`,
  reached: (name, amount, period) => `Sie haben den Meilenstein „${name}“ erreicht: ${amount} ${period}.`,
};

const MILESTONE_WORDS: Record<Language, MilestoneWords> = { en: EN, de: DE };

/** A milestone as one sentence for a customer. */
export function milestoneSentence(milestone: Milestone, names: MilestoneNames, format: Format): string {
  const { measure, period, thresholds, every } = milestone;
  const words = MILESTONE_WORDS[format.language];
  const points = `${format.number(milestone.points)} ${names.award}`;
  const amounts = listOf((every === null ? thresholds : [every]).map(format.number), format.language, 'or');
  return words[every === null ? 'at' : 'every'](points, words.amount(measure, amounts, names), words.periods[period]);
}

/** That a customer reached a threshold of it. */
export function milestoneReachedSentence(
  { name, measure, period }: Milestone,
  threshold: string,
  names: MilestoneNames,
  format: Format,
): string {
  const words = MILESTONE_WORDS[format.language];
  return words.reached(name, words.amount(measure, format.number(threshold), names), words.periods[period]);
}
