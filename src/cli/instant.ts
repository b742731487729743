import { z } from 'zod';

/** An optional instant of an option: RFC 3339 text; null without it. */
export const instant = z.iso
  .datetime({ offset: true, error: 'is an instant such as 2026-12-24T00:00:00Z' })
  .optional()
  .transform((text) => (text === undefined ? null : new Date(text)));
