import type { MappingInput } from '../mapping.ts';

/**
 * An airline's member-months: what each member flew, earned and redeemed in a month. Months carry no day, so that they stand
 * at noon of their first day in the program's zone. Points of the source have two digits after the point; one of them is a
 * hundred points here, so that every total is exact.
 */
export const airline: MappingInput = {
  name: 'airline',
  description:
    'Airline loyalty member-months: one flight_month a row with points, and redemptions; 1 point is 100 here.',
  input: { format: 'CSV', delimiter: ',' },
  customer: { externalId: 'loyalty_number', displayName: 'Member {loyalty_number}' },
  activity: {
    type: 'flight_month',
    channel: 'PARTNER',
    occurredAt: { column: 'year', monthColumn: 'month', format: 'MONTH', zone: 'PROGRAM' },
    properties: [
      { name: 'points', column: 'points_accumulated', type: 'DECIMAL' },
      { name: 'flights', column: 'total_flights', type: 'INTEGER' },
      { name: 'distance', column: 'distance', type: 'DECIMAL' },
    ],
  },
  history: { earned: 'points_accumulated', redeemed: 'points_redeemed', unitsPerPoint: 100 },
};
