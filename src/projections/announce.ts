import { tellingOf, type StreamName } from '#domain/stream/telling.ts';
import type { OutboxRow } from '#storage/outbox-store.ts';
import type { Announcement } from '#subscriptions/channels.ts';

/**
 * What the events of the rows tell to those who watch: to each customer once, in which streams there is something new, and
 * each caller who must go. What customers are told of is said in one place, `#domain/stream/telling.ts`.
 */
export function announcementsOf(rows: readonly OutboxRow[]): Announcement[] {
  const told = new Map<string, { programId: string; customerId: string; streams: Set<StreamName> }>();
  const others: Announcement[] = [];
  const goals = new Map<string, Announcement>();
  for (const { programId, events } of rows) {
    for (const event of events) {
      const telling = tellingOf(event);
      if (telling !== null) {
        const { customerId } = telling.event;
        const customer = told.get(customerId) ?? { programId, customerId, streams: new Set() };
        told.set(customerId, customer);
        customer.streams.add(telling.stream);
      }
      if ('key' in event) {
        const { seasonId, leaderboardId } = event;
        others.push({ kind: 'season', of: { programId, leaderboardId }, message: { seasonId } });
      }
      if (event.type === 'challenge.goal_moved') {
        const { ownerId, runId } = event;
        goals.set(runId, { kind: 'goal', of: { programId, ownerId }, message: { runId } });
      }
      if (event.type === 'caller.revoked') {
        const { keyId = null, customerId = null, providerId = null, endsAt = null } = event;
        others.push({ kind: 'revoked', of: null, message: { programId, keyId, customerId, providerId, endsAt } });
      }
    }
  }
  const news = told.values().map(({ programId, customerId, streams }): Announcement => ({
    kind: 'customer',
    of: { programId, customerId },
    message: { streams: [...streams] },
  }));
  return [...others, ...goals.values(), ...news];
}
