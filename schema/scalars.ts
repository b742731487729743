import { GraphQLError, Kind, type ValueNode } from 'graphql';

import { POINTS_MAX } from '#domain/points.ts';
import { isTimeZone } from '#domain/time.ts';

import { builder } from './builder.ts';

const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const DECIMAL = /^-?\d{1,29}(\.\d{1,9})?$/;

function refuse(message: string): never {
  throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

/** Whether the parts name a day of the Gregorian calendar; 2023-02-29 does not. */
function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1 && date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function parseInstant(value: unknown): Date {
  const match = typeof value === 'string' ? INSTANT.exec(value) : null;
  if (match === null || !isDay(Number(match[1]), Number(match[2]), Number(match[3]))) {
    refuse('A DateTime is an RFC 3339 instant with a zone, such as 2026-11-22T10:00:00Z.');
  }
  const instant = new Date(value as string);
  if (Number.isNaN(instant.getTime())) refuse('This DateTime does not exist.');
  return instant;
}

builder.scalarType('DateTime', {
  description: 'An instant in RFC 3339 with a zone, answered in UTC with milliseconds. Finer digits are cut.',
  subGraphs: ['Public'],
  serialize: (value) => value.toISOString(),
  parseValue: parseInstant,
});

builder.scalarType('Date', {
  description: 'A calendar day without a zone, such as 2026-11-22. The field says whose day it is.',
  subGraphs: ['Public'],
  serialize: (value) => (value instanceof Date ? value.toISOString().slice(0, 10) : value),
  parseValue: (value) => {
    const match = typeof value === 'string' ? DAY.exec(value) : null;
    if (match === null || !isDay(Number(match[1]), Number(match[2]), Number(match[3])))
      refuse('A Date is a calendar day, such as 2026-11-22.');
    return value as string;
  },
});

builder.scalarType('TimeZone', {
  description: 'An IANA time zone name, such as Europe/Berlin.',
  subGraphs: ['Public'],
  serialize: (value) => value,
  parseValue: (value) =>
    typeof value === 'string' && isTimeZone(value)
      ? value
      : refuse('A TimeZone is an IANA name, such as Europe/Berlin.'),
});

builder.scalarType('Decimal', {
  description:
    'An exact decimal number as a string, such as "29.33": up to 29 digits before and 9 after the point. Numbers are taken too.',
  subGraphs: ['Public'],
  serialize: (value) => String(value),
  parseValue: (value) => {
    const text = typeof value === 'number' ? String(value) : value;
    return typeof text === 'string' && DECIMAL.test(text)
      ? text
      : refuse('A Decimal is a plain number such as "29.33".');
  },
  parseLiteral: (node: ValueNode) =>
    (node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT) && DECIMAL.test(node.value)
      ? node.value
      : refuse('A Decimal is a plain number such as "29.33".'),
});

builder.scalarType('Points', {
  description:
    'A whole number of points within ±9007199254740991 (2^53−1), as a JSON number. Never a fraction, never rounded.',
  subGraphs: ['Public'],
  serialize: (value) => Number(value),
  parseValue: (value) =>
    typeof value === 'number' && Number.isSafeInteger(value)
      ? value
      : refuse(`Points are a whole number within ±${POINTS_MAX}.`),
  parseLiteral: (node: ValueNode) =>
    node.kind === Kind.INT && Number.isSafeInteger(Number(node.value))
      ? Number(node.value)
      : refuse(`Points are a whole number within ±${POINTS_MAX}.`),
});

builder.scalarType('JSONObject', {
  description: 'A JSON object: declared properties or attributes by name.',
  subGraphs: ['Public'],
  serialize: (value) => value,
  parseValue: (value) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : refuse('A JSON object is needed.'),
});

builder.scalarType('BoardVersion', {
  description:
    'How far a leaderboard has come: a whole number below 2^53 as a JSON number, which grows with every change.',
  subGraphs: ['Public'],
  serialize: (value) => value,
  parseValue: (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) ? value : refuse('A BoardVersion is a whole number.'),
});
