import type { MappingInput } from '../mapping.ts';

/**
 * Users of a Stack Exchange site: one report of standing a user, dated when the user was last seen. A board over the best
 * `reputation`, or points of one a unit, then equals the site's own list. User -1, the site itself, is a row like others.
 */
export const stackexchange: MappingInput = {
  name: 'stackexchange',
  description: 'Stack Exchange users with their reputation: one reputation_reported a user.',
  input: { format: 'CSV', delimiter: ',' },
  customer: { externalId: 'user_id', displayName: 'User {user_id}' },
  activity: {
    type: 'reputation_reported',
    channel: 'PARTNER',
    occurredAt: { column: 'last_access_at', format: 'LOCAL', zone: 'UTC' },
    properties: [{ name: 'reputation', column: 'reputation', type: 'INTEGER' }],
  },
};
