import type { DomainEvent, EventBody } from '../events.ts';
import type { InboxNotice } from '../inbox/notice.ts';

/**
 * What customers are told of, in one place: every event says in which stream of its customer it is an item, and what it
 * puts into their inbox. Who adds an event adds its line here, and nothing else has to know of it.
 */

/** The streams of a customer. An item of a stream is an event of it; a subscription shows one stream. */
export const STREAMS = [
  'ACTIVITY',
  'BALANCE',
  'REDEMPTION',
  'TIER',
  'MILESTONE',
  'BADGE',
  'STREAK',
  'CHALLENGE',
  'DUEL',
  'PRIZE',
  'DRAW',
  'LEAGUE',
  'RANK',
  'EXPIRY',
  'INBOX',
] as const;
export type StreamName = (typeof STREAMS)[number];

type EventType = EventBody['type'];
type EventOf<Type extends EventType> = Extract<EventBody, { type: Type }>;

/** Where an event about a customer is told. */
export type Telling<Event> = {
  stream: StreamName;
  /** The item that it puts into the inbox; null for an event, or one of its kind, that puts nothing there. */
  inbox?: (event: Event) => InboxNotice | null;
};

/** Only what is about one customer can be told; null tells nobody. */
type TellingOf<Type extends EventType> =
  EventOf<Type> extends { customerId: string } ? Telling<EventOf<Type>> | null : null;

export const TELLINGS: { readonly [Type in EventType]: TellingOf<Type> } = {
  'activity.tracked': { stream: 'ACTIVITY' },
  'activity.reversed': { stream: 'ACTIVITY' },
  'balance.changed': { stream: 'BALANCE' },
  'redemption.changed': {
    stream: 'REDEMPTION',
    inbox: ({ redemptionId, state }) =>
      state === 'RESERVED' || state === 'USED'
        ? null
        : { kind: 'REDEMPTION_CHANGED', about: { type: 'Redemption', id: redemptionId }, values: { state } },
  },
  'draw.played': { stream: 'DRAW' },
  'points.expiring': {
    stream: 'EXPIRY',
    inbox: ({ currencyId, currency, points, expiresAt }) => ({
      kind: 'POINTS_EXPIRING',
      about: { type: 'PointCurrency', id: currencyId },
      values: { currency, points, expiresAt },
      expiresAt,
    }),
  },
  'tier.changed': {
    stream: 'TIER',
    inbox: ({ ladderId, ladder, from, to }) => ({
      kind: 'TIER_CHANGED',
      about: { type: 'Ladder', id: ladderId },
      values: { ladder, from, to },
    }),
  },
  'tier.at_risk': {
    stream: 'TIER',
    inbox: ({ ladderId, ladder, tier, toTier, required, endsOn, reviewAt }) => ({
      kind: 'TIER_AT_RISK',
      about: { type: 'Ladder', id: ladderId },
      values: { ladder, tier, toTier, required, endsOn },
      expiresAt: reviewAt,
    }),
  },
  'badge.awarded': {
    stream: 'BADGE',
    inbox: ({ awardId, badge, name, level }) => ({
      kind: 'BADGE_AWARDED',
      about: { type: 'BadgeAward', id: awardId },
      values: { badge, name, level },
    }),
  },
  'badge.credited': null,
  'badge.revoked': { stream: 'BADGE' },
  'badge.expired': { stream: 'BADGE' },
  'badge.shown': null,
  'milestone.reached': {
    stream: 'MILESTONE',
    inbox: ({ milestoneId, milestone, name, threshold, points }) => ({
      kind: 'MILESTONE_REACHED',
      about: { type: 'Milestone', id: milestoneId },
      values: { milestone, name, threshold, points },
    }),
  },
  'streak.extended': { stream: 'STREAK' },
  'streak.at_risk': {
    stream: 'STREAK',
    inbox: ({ streakId, streak, name, length, deadline }) =>
      deadline === null
        ? null
        : {
            kind: 'STREAK_AT_RISK',
            about: { type: 'Streak', id: streakId },
            values: { streak, name, length, until: deadline },
            expiresAt: deadline,
          },
  },
  'streak.frozen': { stream: 'STREAK' },
  'streak.broken': { stream: 'STREAK' },
  'streak.healed': { stream: 'STREAK' },
  'streak.paused': { stream: 'STREAK' },
  'streak.resumed': { stream: 'STREAK' },
  'streak.restored': { stream: 'STREAK' },
  'streak.freeze_earned': { stream: 'STREAK' },
  'streak.freeze_given': { stream: 'STREAK' },
  'streak.prize_given': { stream: 'STREAK' },
  'challenge.progressed': { stream: 'CHALLENGE' },
  'challenge.goal_moved': null,
  'challenge.prize_changed': {
    stream: 'CHALLENGE',
    inbox: ({ challenge, prizeId, points, claimUntil, isNew }) =>
      isNew
        ? {
            kind: 'CHALLENGE_CHANGED',
            about: { type: 'ChallengePrize', id: prizeId },
            values: { challenge, points, claimUntil },
            ...(claimUntil === null ? {} : { expiresAt: claimUntil, claim: { type: 'ChallengePrize', id: prizeId } }),
          }
        : null,
  },
  'duel.changed': { stream: 'DUEL', inbox: (event) => duelNotice(event) },
  'team.changed': null,
  'appearance.changed': null,
  'friend.changed': null,
  'customer.changed': null,
  'customer.erased': null,
  'enrolment.changed': null,
  'consent.changed': null,
  'terms.published': null,
  'catalogue.changed': null,
  'rule-set.published': null,
  'season.opened': null,
  'season.closed': null,
  'season.sealed': null,
  'season.settled': null,
  'season.archived': null,
  'prize.won': {
    stream: 'PRIZE',
    inbox: ({ prizeId, leaderboard, rank, points, claimUntil }) => ({
      kind: 'PRIZE_WON',
      about: { type: 'SeasonPrize', id: prizeId },
      values: { leaderboard, rank, points, claimUntil },
      ...(claimUntil === null ? {} : { expiresAt: claimUntil, claim: { type: 'SeasonPrize', id: prizeId } }),
    }),
  },
  'prize.settled': { stream: 'PRIZE' },
  'league.promoted': { stream: 'LEAGUE', inbox: (event) => leagueNotice(event) },
  'league.relegated': { stream: 'LEAGUE', inbox: (event) => leagueNotice(event) },
  'inbox.read': { stream: 'INBOX' },
  'leaderboard.scored': null,
  'leaderboard.rank_changed': {
    stream: 'RANK',
    inbox: ({ leaderboardId, leaderboard, first, from, to, until }) => ({
      kind: 'RANK_CHANGED',
      about: { type: 'Leaderboard', id: leaderboardId },
      values: { leaderboard, first, from, to },
      expiresAt: until,
    }),
  },
  'leaderboard.rebuild_requested': null,
  'caller.revoked': null,
};

/** An invitation and a result are worth a line of their own; how it stands meanwhile is shown by the duel. */
function duelNotice({ duelId, duel, change, points = 0, answerUntil }: EventOf<'duel.changed'>): InboxNotice | null {
  const about = { type: 'Duel' as const, id: duelId };
  if (change === 'INVITED' && answerUntil !== undefined)
    return { kind: 'DUEL_INVITED', about, values: { duel, until: answerUntil }, expiresAt: answerUntil };
  if (change !== 'WON' && change !== 'LOST' && change !== 'DRAWN') return null;
  return { kind: 'DUEL_DECIDED', about, values: { duel, result: change, points } };
}

function leagueNotice(event: EventOf<'league.promoted' | 'league.relegated'>): InboxNotice {
  const { leaderboardId, leaderboard, from, to, isIdle } = event;
  return {
    kind: 'LEAGUE_MOVED',
    about: { type: 'Leaderboard', id: leaderboardId },
    values: { leaderboard, from, to, isUp: event.type === 'league.promoted' ? 1 : 0, isIdle: isIdle ? 1 : 0 },
  };
}

/** An event that customers are told of. */
export type ToldEvent = Extract<DomainEvent, { customerId: string }>;

/** The event with where it is told; null when nobody is told of it. */
export function tellingOf(event: DomainEvent): { event: ToldEvent; stream: StreamName } | null {
  const telling = TELLINGS[event.type];
  return telling === null || !('customerId' in event) ? null : { event: event as ToldEvent, stream: telling.stream };
}

/** What the event puts into the customer's inbox, or null. */
export function noticeOf(event: ToldEvent): InboxNotice | null {
  // The table pairs each kind of event with its own function, which the compiler cannot follow from here.
  const telling = TELLINGS[event.type] as Telling<ToldEvent> | null;
  return telling?.inbox?.(event) ?? null;
}
