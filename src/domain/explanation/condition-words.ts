import { NO_COUNTERS } from '../earning/facts.ts';
import type { Comparison, ConditionPart, Literal, Operator } from './condition.ts';
import { listOf, type Format, type Language } from './locale.ts';

/** A part of a condition for people. Where it is of no simple shape it stays code, and is marked as such. */
export type ConditionWords = { text: string; inWords: boolean };

/** Says a part of a condition in words. */
export function describePart(part: ConditionPart, format: Format): ConditionWords {
  const text = part.comparison === null ? null : wordsOf(part.comparison, format);
  return text === null ? { text: part.text, inWords: false } : { text, inWords: true };
}

type Counter = keyof typeof NO_COUNTERS;

const OPERATOR_WORDS: Record<Language, Record<Operator, string>> = {
  en: {
    '==': 'is',
    '!=': 'is not',
    '<': 'is below',
    '<=': 'is at most',
    '>': 'is above',
    '>=': 'is at least',
    in: 'is',
    has: 'is given',
  },
  de: {
    '==': 'ist',
    '!=': 'ist nicht',
    '<': 'liegt unter',
    '<=': 'ist höchstens',
    '>': 'liegt über',
    '>=': 'ist mindestens',
    in: 'ist',
    has: 'ist angegeben',
  },
};

const COUNTER_WORDS: Record<Language, Record<Counter, string>> = {
  en: {
    today: 'the number of times before on the same day',
    thisWeek: 'the number of times before in the same week',
    thisMonth: 'the number of times before in the same month',
    thisYear: 'the number of times before in the same year',
    allTime: 'the number of times before',
  },
  de: {
    today: 'die Zahl der Male davor am selben Tag',
    thisWeek: 'die Zahl der Male davor in derselben Woche',
    thisMonth: 'die Zahl der Male davor im selben Monat',
    thisYear: 'die Zahl der Male davor im selben Jahr',
    allTime: 'die Zahl der Male davor',
  },
};

const FIRST_TIME: Record<Language, Record<Counter, string>> = {
  en: {
    today: 'it is the first time on that day',
    thisWeek: 'it is the first time in that week',
    thisMonth: 'it is the first time in that month',
    thisYear: 'it is the first time in that year',
    allTime: 'it is the first time',
  },
  de: {
    today: 'es ist das erste Mal an dem Tag',
    thisWeek: 'es ist das erste Mal in der Woche',
    thisMonth: 'es ist das erste Mal in dem Monat',
    thisYear: 'es ist das erste Mal in dem Jahr',
    allTime: 'es ist das erste Mal',
  },
};

const SUBJECTS: Record<Language, Record<string, string>> = {
  en: {
    tier: 'your tier',
    'activity.channel': 'the channel',
    'activity.occurredAt': 'the time',
    'customer.locale': 'your language',
    'customer.timeZone': 'your time zone',
    'customer.enrolmentState': 'your membership',
    'account.externalId': 'your company',
    'account.name': 'the name of your company',
  },
  de: {
    tier: 'Ihre Stufe',
    'activity.channel': 'der Kanal',
    'activity.occurredAt': 'die Zeit',
    'customer.locale': 'Ihre Sprache',
    'customer.timeZone': 'Ihre Zeitzone',
    'customer.enrolmentState': 'Ihre Mitgliedschaft',
    'account.externalId': 'Ihre Firma',
    'account.name': 'der Name Ihrer Firma',
  },
};

function wordsOf(comparison: Comparison, format: Format): string | null {
  const { operator, literals, path } = comparison;
  const counter = counterIn(path);
  if (counter !== null) return counterWords(counter, comparison, format);
  const subject = subjectOf(path, format.language);
  if (subject === null) return null;
  const [only] = literals;
  if (typeof only === 'boolean') return flagWords(subject, (operator === '!=') !== only, format.language);
  if (operator === 'has') return `${subject} ${OPERATOR_WORDS[format.language].has}`;
  if (operator === '==' && only === '') return noneWords(subject, format.language);
  const values = listOf(
    literals.map((literal) => valueOf(literal, format)),
    format.language,
    'or',
  );
  return `${subject} ${OPERATOR_WORDS[format.language][operator]} ${values}`;
}

function counterWords(counter: Counter, { operator, literals }: Comparison, format: Format): string {
  const [count] = literals;
  const first =
    (operator === '==' && count === 0) || (operator === '<' && count === 1) || (operator === '<=' && count === 0);
  if (first) return FIRST_TIME[format.language][counter];
  const values = literals.map((literal) => valueOf(literal, format));
  return `${COUNTER_WORDS[format.language][counter]} ${OPERATOR_WORDS[format.language][operator]} ${listOf(values, format.language, 'or')}`;
}

function counterIn(path: string): Counter | null {
  const name = path.startsWith('counters.') ? path.slice('counters.'.length) : '';
  return Object.hasOwn(NO_COUNTERS, name) ? (name as Counter) : null;
}

function subjectOf(path: string, language: Language): string | null {
  const named = SUBJECTS[language][path];
  if (named !== undefined) return named;
  const property = /^activity\.properties\.(\w+)$/.exec(path)?.[1];
  if (property !== undefined) return property;
  const attribute = /^customer\.attributes\.(\w+)$/.exec(path)?.[1];
  if (attribute === undefined) return null;
  return language === 'en' ? `your ${attribute}` : `Ihr Merkmal ${attribute}`;
}

function valueOf(literal: Literal, format: Format): string {
  if (typeof literal === 'number') return format.number(literal);
  if (typeof literal === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(literal)) return format.instant(literal);
  return String(literal);
}

function flagWords(subject: string, holds: boolean, language: Language): string {
  if (language === 'en') return `${subject} is ${holds ? 'true' : 'false'}`;
  return `${subject} ist ${holds ? 'wahr' : 'falsch'}`;
}

function noneWords(subject: string, language: Language): string {
  return language === 'en' ? `${subject} is none` : `${subject} ist keine`;
}
