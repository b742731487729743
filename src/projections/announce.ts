import type { OutboxRow } from '#storage/outbox-store.ts';
import type { Announcement } from '#subscriptions/channels.ts';

/** What the events of the rows tell to those who watch. Of several balances of one account, the newest. */
export function announcementsOf(rows: readonly OutboxRow[]): Announcement[] {
  const announcements = new Map<string, Announcement>();
  for (const { programId, events } of rows) {
    for (const event of events) {
      switch (event.type) {
        case 'balance.changed': {
          const { customerId, currencyId, seq } = event;
          announcements.set(`${customerId} ${currencyId}`, {
            kind: 'customer',
            of: { programId, customerId },
            message: { kind: 'BALANCE', currencyId, seq },
          });
          break;
        }
        case 'activity.tracked':
        case 'activity.reversed': {
          const { customerId, activityId, id, type } = event;
          announcements.set(id, {
            kind: 'customer',
            of: { programId, customerId },
            message: { kind: 'ACTIVITY', eventId: id, activityId, reversed: type === 'activity.reversed' },
          });
          break;
        }
        case 'redemption.changed': {
          const { customerId, redemptionId, id } = event;
          announcements.set(id, {
            kind: 'customer',
            of: { programId, customerId },
            message: { kind: 'REDEMPTION', redemptionId },
          });
          break;
        }
        case 'tier.changed':
        case 'tier.at_risk': {
          const { customerId, id } = event;
          announcements.set(id, { kind: 'customer', of: { programId, customerId }, message: { kind: 'TIER' } });
          break;
        }
        case 'caller.revoked': {
          const { keyId = null, customerId = null, providerId = null, endsAt = null, id } = event;
          announcements.set(id, {
            kind: 'revoked',
            of: null,
            message: { programId, keyId, customerId, providerId, endsAt },
          });
          break;
        }
        case 'leaderboard.scored':
        case 'leaderboard.rebuild_requested':
        case 'customer.changed':
        case 'enrolment.changed':
        case 'catalogue.changed':
        case 'rule-set.published':
          break;
      }
    }
  }
  return [...announcements.values()];
}
