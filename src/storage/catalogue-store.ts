import { arrangeByTime, type CatalogueByTime, type PublishedRuleSet } from '#domain/program/catalogue.ts';
import type {
  ActivityType,
  Leaderboard,
  PointCurrency,
  Program,
  PropertyDeclaration,
} from '#domain/program/program.ts';
import { compileRuleSet, type RuleSetSurroundings } from '#domain/rule-set/rule-set.ts';
import { planOf } from '#domain/season/plan.ts';
import type { TermsVersion } from '#domain/terms/version.ts';

import { onlyRow, type Statements } from './postgres.ts';

/** The version under which a program's catalogue stands, or null when there is no such program. */
export async function readCatalogueVersion(statements: Statements, programId: string): Promise<number | null> {
  const [row] = await statements.query<{ catalogue_version: number }>(
    '/* catalogue-version */ select catalogue_version from program where id = $1',
    [programId],
  );
  return row?.catalogue_version ?? null;
}

/**
 * Reads and compiles a program's catalogue for every instant from an hour before `now`, which is the program's test clock
 * where it has one. One statement, so that all its parts are of one version. A revision that no longer compiles is a fault
 * of ours, since publishing compiled it, and is thrown.
 */
export async function loadCatalogue(statements: Statements, programId: string, now: Date): Promise<CatalogueByTime> {
  const [row] = await statements.query<CatalogueRow>(LOAD_CATALOGUE, [programId, now]);
  if (row === undefined) throw new Error('The program vanished while its catalogue was read.');
  const program = toProgram(row.program);
  const currencies = row.currencies.map(toCurrency);
  const activityTypes = row.activity_types.map(toActivityType);
  const leaderboards = row.leaderboards.map(toLeaderboard);
  const surroundings = { activityTypes, currencies, attributes: program.attributeSchema };
  return arrangeByTime({
    version: row.program.catalogue_version,
    program,
    currencies,
    currencyById: new Map(currencies.map((currency) => [currency.id, currency])),
    currencyByCode: new Map(currencies.map((currency) => [currency.code, currency])),
    defaultCurrency: onlyRow(currencies.filter((currency) => currency.isDefault)),
    activityTypeById: new Map(activityTypes.map((type) => [type.id, type])),
    activityTypeByCode: new Map(activityTypes.map((type) => [type.code, type])),
    published: row.revisions.map((revision) => toPublished(revision, surroundings)),
    leaderboards,
    leaderboardById: new Map(leaderboards.map((board) => [board.id, board])),
    terms: row.terms.map(toTerms),
  });
}

const LOAD_CATALOGUE = `/* load-catalogue */
select to_jsonb(p) as program,
  (select coalesce(jsonb_agg(to_jsonb(c) order by c.code), '[]') from point_currency c where c.program_id = p.id) as currencies,
  (select coalesce(jsonb_agg(to_jsonb(t) order by t.code), '[]') from activity_type t where t.program_id = p.id) as activity_types,
  (select coalesce(jsonb_agg(to_jsonb(l) order by l.code), '[]') from leaderboard l where l.program_id = p.id) as leaderboards,
  (select coalesce(jsonb_agg(jsonb_build_object('number', t.number, 'effective_from', t.effective_from, 'renews_consent', t.renews_consent) order by t.number), '[]')
    from terms_version t where t.program_id = p.id) as terms,
  (with candidate as (
      select r.* from rule_set_revision r
      where r.program_id = p.id
        and (r.revision = a.revision or r.scheduled_for is not null and (a.revision is null or r.revision > a.revision or r.scheduled_for > a.published_at))
        and not exists (select from rule_set_cancellation c where c.program_id = p.id and c.revision = r.revision))
    select coalesce(jsonb_agg(to_jsonb(r) - 'diff' order by r.revision), '[]') from candidate r
    where r.scheduled_for is null or r.scheduled_for >= coalesce(
      (select max(scheduled_for) from candidate where scheduled_for <= coalesce(p.test_clock, $2) - interval '1 hour'), '-infinity')) as revisions
from program p
left join lateral (
  select revision, published_at from rule_set_revision where program_id = p.id and scheduled_for is null order by revision desc limit 1
) a on true
where p.id = $1`;

type Row = Record<string, unknown>;
type CatalogueRow = {
  program: Row & { catalogue_version: number };
  currencies: Row[];
  activity_types: Row[];
  leaderboards: Row[];
  terms: Row[];
  revisions: Row[];
};

function toPublished(row: Row, surroundings: RuleSetSurroundings): PublishedRuleSet {
  const revision = row.revision as number;
  const compiled = compileRuleSet(revision, row.content, surroundings);
  if ('problems' in compiled)
    throw new Error(`Revision ${revision} does not compile: ${compiled.problems[0]?.message}`);
  return {
    revision,
    publishedAt: new Date(row.published_at as string),
    scheduledFor: row.scheduled_for === null ? null : new Date(row.scheduled_for as string),
    ruleSet: compiled.ruleSet,
  };
}

/** jsonb rows carry numbers as JSON numbers (all within 2^53) and timestamps as text. */
function toProgram(row: Row): Program {
  return {
    id: row.id as string,
    name: row.name as string,
    timeZone: row.time_zone as string,
    currency: row.currency as string,
    mode: row.mode as Program['mode'],
    state: row.state as Program['state'],
    clawbackPolicy: row.clawback_policy as Program['clawbackPolicy'],
    lateActivityDays: row.late_activity_days as number | null,
    futureActivityMinutes: row.future_activity_minutes as number,
    dailyPointsCap: row.daily_points_cap as number | null,
    rejoinPolicy: row.rejoin_policy as Program['rejoinPolicy'],
    rejoinAfterDays: row.rejoin_after_days as number | null,
    attributeSchema: row.attribute_schema as PropertyDeclaration[],
    publishApproval: row.publish_approval as Program['publishApproval'],
    consentNeededFor: row.consent_needed_for as Program['consentNeededFor'],
    testClock: row.test_clock === null ? null : new Date(row.test_clock as string),
  };
}

function toCurrency(row: Row): PointCurrency {
  return {
    id: row.id as string,
    code: row.code as string,
    name: row.name as string,
    kind: row.kind as PointCurrency['kind'],
    isDefault: row.is_default as boolean,
    balanceCap: row.balance_cap as number | null,
    expiry: row.expiry as PointCurrency['expiry'],
    expiryNoticeDays: row.expiry_notice_days as number[],
  };
}

function toActivityType(row: Row): ActivityType {
  return {
    id: row.id as string,
    code: row.code as string,
    name: row.name as string,
    properties: row.property_schema as PropertyDeclaration[],
    customerMayTrack: row.customer_may_track as boolean,
    archived: row.archived_at !== null,
  };
}

type StoredDates = { key: string; name: string; startsAt: string; endsAt: string }[];

function toLeaderboard(row: Row): Leaderboard {
  return {
    id: row.id as string,
    code: row.code as string,
    name: row.name as string,
    metric: row.metric as Leaderboard['metric'],
    currencyId: row.currency_id as string | null,
    activityTypeId: row.activity_type_id as string | null,
    property: row.property as string | null,
    scoreDecimals: row.score_decimals as number,
    tieRule: row.tie_rule as Leaderboard['tieRule'],
    subProperty: row.sub_property as string | null,
    subScoreDecimals: row.sub_score_decimals as number,
    scoreMin: row.score_min as number | null,
    scoreMax: row.score_max as number | null,
    attemptsMax: row.attempts_max as number | null,
    scope: row.scope as Leaderboard['scope'],
    scopeKey: row.scope_key as string | null,
    audience: row.audience as string,
    customersSee: row.customers_see as Leaderboard['customersSee'],
    direction: row.direction as Leaderboard['direction'],
    period: row.period as Leaderboard['period'],
    cron: row.season_cron as string | null,
    dates: (row.season_dates as StoredDates).map((dated) => ({
      ...dated,
      startsAt: new Date(dated.startsAt),
      endsAt: new Date(dated.endsAt),
    })),
    plan: planOf(row.season_plan),
    league: row.league as Leaderboard['league'],
    isPublic: row.is_public as boolean,
    archived: row.archived_at !== null,
  };
}

function toTerms(row: Row): TermsVersion {
  return {
    number: row.number as number,
    effectiveFrom: new Date(row.effective_from as string),
    renewsConsent: row.renews_consent as boolean,
  };
}
