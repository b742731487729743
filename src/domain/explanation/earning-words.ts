import type { Boost } from '../earning/boost.ts';
import type { Award, Cap, CapPeriod, EarningRule, Rounding } from '../earning/rule.ts';
import type { Occasion } from '../occasion/occasion.ts';
import type { Format, Language } from './locale.ts';

/** The sentences about an earning rule, one table a language. Names (currency, activity) are the tenant's own. */
export type EarningWords = {
  award: (award: Award, currency: string, activity: string, format: Format) => string;
  conditions: (parts: readonly string[]) => string;
  cap: (cap: Cap, currency: string, format: Format) => string;
  pending: (pending: NonNullable<EarningRule['pending']>, activity: string | null) => string;
  until: (instant: Date, format: Format) => string;
  coolDown: (minutes: number, format: Format) => string;
  certainHours: string;
  /** What multiplies the points, and when. */
  boost: (boost: Boost, conditions: readonly string[], format: Format) => string;
  /** That the activity comes by itself on a day of the year. */
  occasion: (occasion: Occasion, conditions: readonly string[]) => string;
};

const EN_PERIODS: Record<CapPeriod, string> = {
  ACTIVITY: 'at a time',
  DAY: 'a day',
  WEEK: 'a week',
  MONTH: 'a month',
  YEAR: 'a year',
  ALL_TIME: 'in all',
};
const DE_PERIODS: Record<CapPeriod, string> = {
  ACTIVITY: 'auf einmal',
  DAY: 'am Tag',
  WEEK: 'in der Woche',
  MONTH: 'im Monat',
  YEAR: 'im Jahr',
  ALL_TIME: 'insgesamt',
};
const EN_ROUNDINGS: Record<Rounding, string> = {
  FLOOR: 'rounded down',
  CEILING: 'rounded up',
  HALF_UP: 'rounded to the nearest whole number',
  HALF_EVEN: 'rounded to the nearest whole number',
};
const DE_ROUNDINGS: Record<Rounding, string> = {
  FLOOR: 'abgerundet',
  CEILING: 'aufgerundet',
  HALF_UP: 'kaufmännisch gerundet',
  HALF_EVEN: 'gerundet',
};

const EN: EarningWords = {
  award: (award, currency, activity, { number }) => {
    if (award.kind === 'FIXED') return `${number(award.points)} ${currency} for ${activity}`;
    if (award.kind === 'PER_UNIT')
      return `${number(award.pointsPerUnit)} ${currency} for each unit of ${award.property}, ${EN_ROUNDINGS[award.rounding]}, for ${activity}`;
    return `A varying number of ${currency} for ${activity}`;
  },
  conditions: (parts) => `if ${parts.join(' and ')}`,
  cap: ({ points, uses, per }, currency, { number }) => {
    const bounds = [
      points === null ? null : `${number(points)} ${currency}`,
      uses === null ? null : `${number(uses)} times`,
    ].filter((bound) => bound !== null);
    return `At most ${bounds.join(' and ')} ${EN_PERIODS[per]}.`;
  },
  pending: (pending, activity) => {
    if (pending.kind === 'DAYS')
      return `They can be spent after ${pending.days === 1 ? 'a day' : `${pending.days} days`}.`;
    return pending.kind === 'UNTIL_ACTIVITY'
      ? `They can be spent once there is ${activity ?? pending.activityType} for it.`
      : 'They can be spent once we have checked them.';
  },
  until: (instant, format) => `Until ${format.instant(instant)}.`,
  coolDown: (minutes, { number }) => `At least ${number(minutes)} minutes must lie between two times.`,
  certainHours: 'Only at certain times.',
  boost: ({ name, multiplier, hours, validUntil }, conditions, { number, instant }) => {
    const parts = [`${number(multiplier)} times the points`];
    if (hours.length > 0) parts.push('at certain times');
    if (validUntil !== null) parts.push(`until ${instant(validUntil)}`);
    return `“${name}”: ${parts.join(' ')}${conditions.length === 0 ? '' : `, ${EN.conditions(conditions)}`}.`;
  },
  occasion: ({ date }, conditions) => {
    const day = {
      BIRTHDAY: 'your birthday',
      JOINING: 'the anniversary of your joining',
      ATTRIBUTE: date.kind === 'ATTRIBUTE' ? `the anniversary of ${date.attribute}` : '',
    }[date.kind];
    return `By itself, once a year, on ${day}${conditions.length === 0 ? '' : `, ${EN.conditions(conditions)}`}.`;
  },
};

const DE: EarningWords = {
  award: (award, currency, activity, { number }) => {
    if (award.kind === 'FIXED') return `${number(award.points)} ${currency} für ${activity}`;
    if (award.kind === 'PER_UNIT')
      return `${number(award.pointsPerUnit)} ${currency} für jede Einheit von ${award.property}, ${DE_ROUNDINGS[award.rounding]}, für ${activity}`;
    return `Eine wechselnde Zahl von ${currency} für ${activity}`;
  },
  conditions: (parts) => `wenn gilt: ${parts.join(' und ')}`,
  cap: ({ points, uses, per }, currency, { number }) => {
    const bounds = [
      points === null ? null : `${number(points)} ${currency}`,
      uses === null ? null : `${number(uses)}-mal`,
    ].filter((bound) => bound !== null);
    return `Höchstens ${bounds.join(' und ')} ${DE_PERIODS[per]}.`;
  },
  pending: (pending, activity) => {
    if (pending.kind === 'DAYS') return `Einlösbar nach ${pending.days === 1 ? 'einem Tag' : `${pending.days} Tagen`}.`;
    return pending.kind === 'UNTIL_ACTIVITY'
      ? `Einlösbar, sobald ${activity ?? pending.activityType} dazu vorliegt.`
      : 'Einlösbar nach unserer Prüfung.';
  },
  until: (instant, format) => `Bis ${format.instant(instant)}.`,
  coolDown: (minutes, { number }) => `Zwischen zwei Malen müssen mindestens ${number(minutes)} Minuten liegen.`,
  certainHours: 'Nur zu bestimmten Zeiten.',
  boost: ({ name, multiplier, hours, validUntil }, conditions, { number, instant }) => {
    const parts = [`${number(multiplier)}-mal so viel`];
    if (hours.length > 0) parts.push('zu bestimmten Zeiten');
    if (validUntil !== null) parts.push(`bis ${instant(validUntil)}`);
    return `„${name}“: ${parts.join(' ')}${conditions.length === 0 ? '' : `, ${DE.conditions(conditions)}`}.`;
  },
  occasion: ({ date }, conditions) => {
    const day = {
      BIRTHDAY: 'an Ihrem Geburtstag',
      JOINING: 'am Jahrestag Ihres Beitritts',
      ATTRIBUTE: date.kind === 'ATTRIBUTE' ? `am Jahrestag von ${date.attribute}` : '',
    }[date.kind];
    return `Von selbst, einmal im Jahr, ${day}${conditions.length === 0 ? '' : `, ${DE.conditions(conditions)}`}.`;
  },
};

export const EARNING_WORDS: Record<Language, EarningWords> = { en: EN, de: DE };
