import type { MappingInput } from '../mapping.ts';

/**
 * The tenth of the CDNOW cohort: one purchase a row, no header. Days carry no time, so that a purchase stands at noon of its
 * day in the program's zone: the same day for everybody within half a day of it. The data has no names; the shown ones are
 * made of the number in the sample.
 */
export const cdnow: MappingInput = {
  name: 'cdnow',
  description: 'CDNOW purchases 1997-01 to 1998-06 (Fader & Hardie): cohort id, sample id, day, discs, dollars.',
  input: { format: 'SPACED', columns: ['cohort_id', 'sample_id', 'day', 'discs', 'dollars'] },
  customer: { externalId: 'sample_id', displayName: 'Customer {sample_id}' },
  activity: {
    type: 'purchase',
    channel: 'WEB',
    occurredAt: { column: 'day', format: 'DAY', zone: 'PROGRAM', at: '12:00' },
    properties: [
      { name: 'amount', column: 'dollars', type: 'DECIMAL' },
      { name: 'discs', column: 'discs', type: 'INTEGER' },
    ],
  },
};
