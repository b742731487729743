import { z } from 'zod';

import { code, decimal } from '../form.ts';
import { LOCALE } from '../local-text.ts';
import { POINTS_MAX } from '../points.ts';

/**
 * A badge: something to show for what one has done. The laws:
 *
 * - A level is awarded by the first activity, in the order in which activities were recorded, with which its criteria hold;
 *   it is earned at that activity's own time. One activity may award several levels and several badges.
 * - A badge of a level is awarded once; or once a period; or for each further multiple of what its criteria ask for.
 * - What was done before the badge went live counts, and so does what was done while it was paused. What was reached by
 *   then is credited afterwards, in silence, by the activity that reached it: a badge that goes live later has the same
 *   holders, with the same dates, as one that was there from the beginning.
 * - Only who is enrolled and in the audience is awarded. Whoever comes in later is awarded by their next activity that
 *   concerns the badge.
 * - Reversing an activity leaves the awards, unless the badge says `revokeOnReversal`: then every award of the period whose
 *   criteria no longer hold is revoked, and can be earned again. Points that an award gave go with the activity that it was
 *   awarded by, as milestones' points do.
 * - What was given by hand is held like what was earned: a level held by hand is not awarded once more. What was revoked by
 *   hand is not earned a second time.
 */

export const BADGES_MAX = 200;
const CRITERIA_MAX = 10;
const LEVELS_MAX = 20;
/** Most awards of one badge that one activity gives where it is for each so many; the next activity gives what is left. */
export const OCCURRENCES_MAX = 50;

/** What each level asks for, in the order of the levels. */
const targets = z.array(decimal).min(1).max(LEVELS_MAX);
/** CEL over `activity`, true or false; empty holds for every one. */
const condition = z.string().max(2_000).default('');

const Criterion = z.discriminatedUnion('kind', [
  /** How many activities of a type. */
  z.strictObject({ kind: z.literal('COUNT'), activityType: code, condition, targets }),
  /** The sum of a number property over the activities of a type. */
  z.strictObject({
    kind: z.literal('SUM'),
    activityType: code,
    property: z.string().min(1).max(60),
    condition,
    targets,
  }),
  /** On how many different local days. */
  z.strictObject({ kind: z.literal('DAYS'), activityType: code, condition, targets }),
  /** Points that activities earned, pending ones included; null is the default point currency. */
  z.strictObject({ kind: z.literal('POINTS'), currency: z.string().max(40).nullable().default(null), targets }),
  /** The length of a streak: of the running one, or the longest ever. */
  z.strictObject({ kind: z.literal('STREAK'), streak: code, of: z.enum(['CURRENT', 'LONGEST']), targets }),
  /** In a tier of a ladder, or in a higher one. */
  z.strictObject({ kind: z.literal('TIER'), ladder: code, tier: code }),
  /** At a level of the program, or at a higher one. */
  z.strictObject({ kind: z.literal('LEVEL'), level: code }),
  /** Holding another badge, at a level of it or at a higher one; null is any. */
  z.strictObject({ kind: z.literal('BADGE'), badge: code, level: code.nullable().default(null) }),
]);

export const BADGE_PERIODS = ['DAY', 'WEEK', 'MONTH', 'YEAR'] as const;
export const BACKFILLS = ['SILENT', 'SILENT_WITH_POINTS'] as const;

const Repeat = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ONCE') }),
  /** For each further multiple of the targets, and not again within so many local days of the award before. */
  z.strictObject({
    kind: z.literal('EACH'),
    coolDownDays: z.number().int().min(1).max(3_650).nullable().default(null),
  }),
  /** Counted anew, and awarded once, each calendar period of the program's zone. */
  z.strictObject({ kind: z.literal('PERIOD'), period: z.enum(BADGE_PERIODS) }),
]);

/** To the end of the local day so many months or days after the day it was earned on. */
const HeldFor = z
  .strictObject({
    months: z.number().int().min(1).max(600).nullable().default(null),
    days: z.number().int().min(1).max(18_300).nullable().default(null),
  })
  .refine(({ months, days }) => (months === null) !== (days === null), 'held for months or for days');

const locales = z.string().regex(LOCALE, 'must be a locale such as en or de-AT');
const imageUrl = z
  .url({ protocol: /^https$/, error: 'must be an https address' })
  .max(2_000)
  .nullable()
  .default(null);

const Texts = z.strictObject({ name: z.string().min(1).max(200), description: z.string().max(2_000).default('') });

const Level = z.strictObject({
  code,
  /** Its name by locale; one that is left out has the badge's name. */
  names: z.record(locales, z.string().min(1).max(200)).default({}),
  imageUrl,
  /** What it gives in place of the badge's points; null gives those. */
  points: z.number().int().min(0).max(POINTS_MAX).nullable().default(null),
});

export const BadgeSchema = z.strictObject({
  id: z.uuid(),
  code,
  /** By locale, such as en or de-AT. */
  texts: z
    .record(locales, Texts)
    .refine((texts) => Object.keys(texts).length > 0, 'a badge has texts in one locale at least')
    .refine((texts) => Object.keys(texts).length <= 50, 'a badge has texts in at most 50 locales'),
  imageUrl,
  /** From the lowest; a badge without levels has one. */
  levels: z.array(Level).max(LEVELS_MAX).default([]),
  match: z.enum(['ALL', 'ANY']).default('ALL'),
  /** Empty: it is only given by hand. */
  criteria: z.array(Criterion).max(CRITERIA_MAX).default([]),
  repeat: Repeat.default({ kind: 'ONCE' }),
  /** Only what happened on the local days [countsFrom, countsUntil) counts. */
  countsFrom: z.iso.date().nullable().default(null),
  countsUntil: z.iso.date().nullable().default(null),
  /** What an award gives, by an activity; 0 gives nothing. */
  points: z.number().int().min(0).max(POINTS_MAX).default(0),
  /** Code of the point currency; null takes the program's default. */
  currency: z.string().max(40).nullable().default(null),
  /** How long an award is held, from when it was earned; null for ever. */
  heldFor: HeldFor.nullable().default(null),
  /** CEL over customer, account, tier and tiers; empty holds for everybody. */
  audience: z.string().max(2_000).default(''),
  /** Customers who do not hold it do not see it. */
  hidden: z.boolean().default(false),
  revokeOnReversal: z.boolean().default(false),
  /** Whether what is credited for the past gives points, too. */
  backfill: z.enum(BACKFILLS).default('SILENT'),
  paused: z.boolean().default(false),
  /** Lower first in the catalogue; equal ones by code. */
  sortOrder: z.number().int().min(-1_000_000).max(1_000_000).default(0),
});

export type Badge = z.infer<typeof BadgeSchema>;
export type BadgeLevel = Badge['levels'][number];
export type BadgeCriterion = Badge['criteria'][number];
export type BadgeRepeat = Badge['repeat'];
export type BadgeTexts = Badge['texts'][string];

/** The level of a badge that has none written down. */
const ONLY_LEVEL: BadgeLevel = { code: 'earned', names: {}, imageUrl: null, points: null };

/** The levels of a badge, at least one. */
export function levelsOf({ levels }: Pick<Badge, 'levels'>): readonly BadgeLevel[] {
  return levels.length === 0 ? [ONLY_LEVEL] : levels;
}

/** What one award of a level gives. */
export function pointsOf(badge: Badge, level: number): number {
  return levelsOf(badge)[level]?.points ?? badge.points;
}
