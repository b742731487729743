import type { CurrencyExpiry } from '../earning/expiry-style.ts';
import type { DatedSeason, SeasonPeriod } from '../leaderboard/season.ts';
import type { TieRule } from '../leaderboard/standing.ts';
import type { LeaguePlan } from '../league/plan.ts';
import type { SeasonPlan } from '../season/plan.ts';

/** A tenant's loyalty programme: the isolation boundary, with its zone, money and policies. */
export type Program = {
  id: string;
  name: string;
  /** IANA zone in which days, weeks and months are cut. */
  timeZone: string;
  /** ISO 4217. */
  currency: string;
  mode: 'LIVE' | 'TEST';
  state: 'ACTIVE' | 'ARCHIVED';
  clawbackPolicy: ClawbackPolicy;
  /** An activity older than this many days is refused; null accepts any age. */
  lateActivityDays: number | null;
  futureActivityMinutes: number;
  /** Most points one customer may earn in a local day over all rules; null sets no cap. */
  dailyPointsCap: number | null;
  rejoinPolicy: 'ALLOWED' | 'AFTER_DAYS' | 'NEVER';
  rejoinAfterDays: number | null;
  publishApproval: PublishApproval;
  /** For what customers must have agreed to the terms in force. */
  consentNeededFor: readonly ConsentGate[];
  attributeSchema: readonly PropertyDeclaration[];
  testClock: Date | null;
};

/**
 * How far a reversal reaches once points are spent: only what is still pending; at most down to a balance of zero; or
 * without limit, leaving a debt that the next credit pays first.
 */
export const CLAWBACK_POLICIES = ['PENDING_ONLY', 'TO_ZERO', 'UNLIMITED'] as const;
export type ClawbackPolicy = (typeof CLAWBACK_POLICIES)[number];

/** Whether publishing rules takes a second person. */
export const PUBLISH_APPROVALS = ['NONE', 'SECOND_PERSON'] as const;
export type PublishApproval = (typeof PUBLISH_APPROVALS)[number];

/** What may take consent to the terms in force: joining, and redeeming rewards. */
export const CONSENT_GATES = ['ENROLMENT', 'REDEMPTION'] as const;
export type ConsentGate = (typeof CONSENT_GATES)[number];

export type PointCurrency = {
  id: string;
  code: string;
  name: string;
  /** STATUS points count for standing and can never be spent, held or transferred. */
  kind: 'SPENDABLE' | 'STATUS';
  isDefault: boolean;
  balanceCap: number | null;
  /** How its points expire where the award says nothing; null never. */
  expiry: CurrencyExpiry | null;
  /** So many days before points expire their customer is told: rising, at most ten. */
  expiryNoticeDays: readonly number[];
};

export const PROPERTY_TYPES = ['STRING', 'INTEGER', 'DECIMAL', 'BOOLEAN', 'DATE', 'DATE_TIME'] as const;
export type PropertyType = (typeof PROPERTY_TYPES)[number];

/** One declared property of an activity type, or one declared attribute of customers. */
export type PropertyDeclaration = {
  name: string;
  type: PropertyType;
  required: boolean;
  /** Allowed values of a STRING; null allows any up to 1,000 characters. */
  oneOf: readonly string[] | null;
};

export type ActivityType = {
  id: string;
  code: string;
  name: string;
  properties: readonly PropertyDeclaration[];
  customerMayTrack: boolean;
  archived: boolean;
};

export type LeaderboardMetric = 'POINTS_EARNED' | 'ACTIVITY_COUNT' | 'PROPERTY_SUM' | 'PROPERTY_BEST' | 'PROPERTY_LAST';
/**
 * Who is ranked among whom: all customers; those of one tier, one value of an attribute or one account each among
 * themselves; teams; or those of one cohort of a league.
 */
export type LeaderboardScope = 'PROGRAM' | 'TIER' | 'ATTRIBUTE' | 'ACCOUNT' | 'TEAM' | 'LEAGUE';
export type LeaderboardPeriod = SeasonPeriod;

export type Leaderboard = {
  id: string;
  code: string;
  name: string;
  metric: LeaderboardMetric;
  /** The point currency counted by POINTS_EARNED. */
  currencyId: string | null;
  /** The activity type counted by the other metrics. */
  activityTypeId: string | null;
  /** The property summed, or of which the best or last is kept. */
  property: string | null;
  /** Scores are integers in units of 10^-scoreDecimals. */
  scoreDecimals: number;
  /** How equal scores share ranks. */
  tieRule: TieRule;
  /** The property that decides between equal scores, in units of 10^-subScoreDecimals; null where none does. */
  subProperty: string | null;
  subScoreDecimals: number;
  /** What one activity may be worth, in units of the score; null has no bound. */
  scoreMin: number | null;
  scoreMax: number | null;
  /** Activities of one customer that count in a season; null counts all. */
  attemptsMax: number | null;
  scope: LeaderboardScope;
  /** Code of the ladder of TIER, name of the attribute of ATTRIBUTE; null for others. */
  scopeKey: string | null;
  /** A condition on customers; whoever does not meet it is not ranked. Empty takes everybody. */
  audience: string;
  /** Whether customers see all of the board, or only the rows around themselves. */
  customersSee: 'EVERYTHING' | 'NEIGHBOURS';
  direction: 'DESCENDING' | 'ASCENDING';
  period: LeaderboardPeriod;
  /** When seasons begin by CRON; null for other periods. */
  cron: string | null;
  /** The seasons by DATES; none for other periods. */
  dates: readonly DatedSeason[];
  /** What seasons that open from now on promise. */
  plan: SeasonPlan;
  /** Null where the board is no league. */
  league: LeaguePlan | null;
  isPublic: boolean;
  archived: boolean;
};
