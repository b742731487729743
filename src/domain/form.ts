import { z } from 'zod';

/** Forms that names and values take wherever a program is configured. */

/** What a program calls its own things by: activity types, boards, items of a rule set. */
export const CODE = /^[a-z][a-z0-9_]{0,59}$/;

export const code = z
  .string()
  .regex(CODE, 'must be lower-case letters, digits and _, starting with a letter, at most 60');
/** A plain decimal number, exact, not negative. */
export const decimal = z.string().regex(/^\d{1,15}(\.\d{1,9})?$/, 'must be a plain decimal number such as "1.5"');
/** ISO text of an instant, with its offset. */
export const instant = z.iso.datetime({ offset: true });

/** The instant of such text, or null. */
export function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
