import type { ActivityReport } from '#domain/activity/activity.ts';
import { candidateDays, dueCelebration, type Celebration } from '#domain/occasion/celebration.ts';
import type { CompiledOccasion } from '#domain/occasion/compile.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { Audience } from '#domain/reward/audience.ts';
import { localDay, startOfDay } from '#domain/time.ts';
import { findCustomerFacts } from '#storage/activity-store.ts';
import type { Statements } from '#storage/postgres.ts';
import { celebrationMessage, findCelebrants, type CelebrantRow } from '#storage/sql/find-celebrants.ts';
import { findTierCodes } from '#storage/tier-store.ts';

import { trackActivities, type ActivityTracking } from '../activity/track.ts';
import type { AppDeps } from '../transaction.ts';

const PAGE = 500;
const ACTOR = 'system:occasions';

export type CelebrateDeps = AppDeps & { reads: Statements; tracking: ActivityTracking };

/**
 * Records an activity for everybody whose occasion has come, and for those whose was missed and may be made up for. Safe to
 * run at any time, twice, and after a crash: a celebration is one activity a customer, occasion and year. Answers how many
 * were recorded.
 */
export async function celebrateOccasions(deps: CelebrateDeps, catalogue: Catalogue): Promise<number> {
  const now = catalogue.program.testClock ?? deps.clock();
  let recorded = 0;
  for (const compiled of catalogue.ruleSet.occasions) {
    if (!compiled.occasion.paused) recorded += await celebrate(deps, catalogue, compiled, now);
  }
  return recorded;
}

async function celebrate(
  deps: CelebrateDeps,
  catalogue: Catalogue,
  compiled: CompiledOccasion,
  now: Date,
): Promise<number> {
  const { occasion } = compiled;
  const { id: programId, timeZone } = catalogue.program;
  const search = {
    occasion,
    days: candidateDays(occasion, now),
    timeZone,
    year: Number(localDay(now, timeZone).slice(0, 4)),
    limit: PAGE,
  };
  let recorded = 0;
  let after: string | null = null;
  for (;;) {
    const page: CelebrantRow[] = await findCelebrants(deps.reads, programId, { ...search, after });
    const due = page.flatMap((row) => {
      const celebration = dueCelebration(occasion, row, now);
      return celebration === null ? [] : [{ ...row, celebration }];
    });
    const invited = await whoIsInvited(deps, catalogue, compiled.audience, due);
    const reports = invited.map((one) => reportOf(compiled, one, now));
    if (reports.length > 0) recorded += await track(deps, programId, reports);
    after = page.at(-1)?.customerId ?? null;
    if (page.length < PAGE) return recorded;
  }
}

type Due = CelebrantRow & { celebration: Celebration };

/** Those whom the audience lets in, as they are now. */
async function whoIsInvited(
  deps: CelebrateDeps,
  catalogue: Catalogue,
  audience: Audience | null,
  due: readonly Due[],
): Promise<readonly Due[]> {
  if (audience === null || due.length === 0) return due;
  const programId = catalogue.program.id;
  const ids = due.map(({ customerId }) => customerId);
  const facts = await findCustomerFacts(deps.reads, programId, ids, []);
  const byId = new Map(facts.map((customer) => [customer.id, customer]));
  const tiers = await findTierCodes(deps.reads, programId, ids, catalogue.ruleSet.ladders);
  return due.filter(({ customerId }) => {
    const customer = byId.get(customerId);
    if (customer === undefined) return false;
    const seen = { customer, account: customer.account, tiers: Object.values(tiers.get(customerId) ?? {}) };
    return audience.failingPart(seen) === null;
  });
}

/** On the day itself the activity is now; made up for, it is at the day's beginning. */
function reportOf(
  { occasion, tellsYears }: CompiledOccasion,
  { customerId, celebration, timeZone }: Due,
  now: Date,
): ActivityReport {
  return {
    type: occasion.activityType,
    customerId,
    customerExternalId: null,
    messageId: celebrationMessage(occasion.id, customerId, celebration.year),
    occurredAt: instantOf(celebration, timeZone, now),
    channel: 'API',
    properties: tellsYears ? { years: celebration.years } : {},
    lines: [],
  };
}

function instantOf({ day }: Celebration, timeZone: string, now: Date): Date {
  return localDay(now, timeZone) === day ? now : startOfDay(day, timeZone);
}

async function track(deps: CelebrateDeps, programId: string, reports: readonly ActivityReport[]): Promise<number> {
  const { items } = await trackActivities(
    deps.tracking,
    { programId, actor: ACTOR },
    { mutation: 'occasionCelebrate', idempotencyKey: deps.newId(), input: { reports: reports.length } },
    reports,
  );
  for (const item of items)
    if (item.status === 'REFUSED') deps.log.warn({ programId, error: item.error }, 'a celebration was refused');
  return items.filter((item) => item.status === 'TRACKED').length;
}
