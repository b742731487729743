import { Temporal } from 'temporal-polyfill';

import type { Mapping } from './mapping.ts';

const DAY = /^(\d{4})-?(\d{2})-?(\d{2})$/;
const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;
const LOCAL = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)$/;

/** Files name the same days and minutes over and over, and a calendar question costs more than all else of a row. */
const REMEMBERED_MAX = 10_000;
const remembered = new Map<string, number>();

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
    return local === null ? null : new Date(instantOf(local, how.zone === 'PROGRAM' ? programZone : how.zone));
  } catch {
    return null;
  }
}

function instantOf(local: string, zone: string): number {
  const key = `${local} ${zone}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const instant = Temporal.PlainDateTime.from(local, { overflow: 'reject' }).toZonedDateTime(zone, {
    disambiguation: 'compatible',
  }).epochMilliseconds;
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  remembered.set(key, instant);
  return instant;
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
