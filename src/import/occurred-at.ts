import { Temporal } from 'temporal-polyfill';

import type { Mapping } from './mapping.ts';

const DAY = /^(\d{4})-?(\d{2})-?(\d{2})$/;
const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;
const LOCAL = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)$/;

/**
 * When a row happened, or null when its text is no such time. Local times of an hour that a clock change makes twice are
 * the earlier one; those of an hour that it skips move forward by what was skipped. `programZone` stands for PROGRAM.
 */
export function parseOccurredAt(
  text: string,
  how: Mapping['activity']['occurredAt'],
  programZone: string,
): Date | null {
  try {
    if (how.format === 'INSTANT') return new Date(Temporal.Instant.from(text).epochMilliseconds);
    const local = localOfText(text, how);
    if (local === null) return null;
    return new Date(
      Temporal.PlainDateTime.from(local, { overflow: 'reject' }).toZonedDateTime(
        how.zone === 'PROGRAM' ? programZone : how.zone,
        {
          disambiguation: 'compatible',
        },
      ).epochMilliseconds,
    );
  } catch {
    return null;
  }
}

function localOfText(
  text: string,
  how: Exclude<Mapping['activity']['occurredAt'], { format: 'INSTANT' }>,
): string | null {
  if (how.format === 'DAY') return localOfDay(text, how.at);
  if (how.format === 'MONTH') return MONTH.test(text) ? `${text}-01T12:00` : null;
  return localOf(text);
}

function localOfDay(text: string, at: string): string | null {
  const match = DAY.exec(text);
  return match === null ? null : `${match[1]}-${match[2]}-${match[3]}T${at}`;
}

function localOf(text: string): string | null {
  const match = LOCAL.exec(text);
  return match === null ? null : `${match[1]}T${match[2]}`;
}
