import { beforeAll, describe, expect, it } from 'vitest';

import { reverseActivity } from '#app/activity/reverse.ts';
import { trackActivities } from '#app/activity/track.ts';
import { createRecaps } from '#app/recap/recaps.ts';
import { publicId } from '#domain/ids.ts';

import { aPurchase, aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { aBadge } from '../support/badge.ts';
import { aChallenge, aStep } from '../support/challenge.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard } from '../support/leaderboard.ts';
import { aMilestone } from '../support/milestone.ts';
import { aCommand, asCustomer, asOwner, asPublishable, execute, testDeps } from '../support/program.ts';
import { publishSet } from '../support/rule-set.ts';
import { aStreak } from '../support/streak.ts';

const { url } = await testDatabase();
const deps = testDeps(url, { clock: () => new Date('2026-03-01T12:00:00Z') });
const program = await aShop(deps, { timeZone: 'Europe/Berlin' }, []);
const SECTIONS = {
  earningRules: [PURCHASE_RULE],
  streaks: [aStreak()],
  badges: [aBadge({ criteria: [{ kind: 'COUNT', activityType: 'purchase', targets: ['3'] }] })],
  challenges: [
    aChallenge({ code: 'three', steps: [aStep('buy', '3')], prize: null }),
    aChallenge({ code: 'all', goal: 'COMMUNITY', steps: [aStep('buy', '4')], prize: null }),
  ],
};
const [ann = '', tied = '', best = '', february = '', ...others] = await someCustomers(deps, program, 31);
const board = await aLeaderboard(deps, program, { period: 'MONTH' });
let january = '';

/** Ann's purchases, by instant: Berlin is an hour ahead of UTC. */
const PURCHASES: [at: string, amount: string][] = [
  ['2025-12-31T22:59:59Z', '1000'],
  ['2025-12-31T23:00:00Z', '1'],
  ['2026-01-10T12:00:00Z', '10'],
  ['2026-01-11T12:00:00Z', '20'],
  ['2026-01-11T13:00:00Z', '5'],
  ['2026-01-12T12:00:00Z', '7'],
  ['2026-01-13T12:00:00Z', '50'],
  ['2026-01-31T23:00:00Z', '100'],
];

beforeAll(async () => {
  await publishSet(deps, program, SECTIONS);
  const at = (customerId: string, instant: string, amount: string) =>
    aPurchase(customerId, {
      occurredAt: new Date(instant),
      properties: { amount },
      messageId: `${customerId} ${instant}`,
    });
  const visit = (customerId: string) =>
    aPurchase(customerId, { type: 'visit', occurredAt: new Date('2026-01-20T12:00:00Z'), properties: {} });
  const reports = [
    ...PURCHASES.map(([instant, amount]) => at(ann, instant, amount)),
    at(tied, '2026-01-02T12:00:00Z', '43'),
    at(best, '2026-01-02T12:00:00Z', '100'),
    at(february, '2026-02-02T12:00:00Z', '9'),
    ...others.map((id) => visit(id)),
  ];
  for (const report of reports) {
    const { items } = await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', report), [
      report,
    ]);
    expect(items.map(({ status }) => status)).toEqual(['TRACKED']);
  }
  const [returned] = await deps.reads.query<{ id: string }>(
    `select id from activity where program_id = $1 and message_id = $2`,
    [program.programId, `${ann} 2026-01-13T12:00:00Z`],
  );
  const input = {
    activityId: returned!.id,
    messageId: null,
    request: { kind: 'WHOLE' as const },
    occurredAt: null,
    reason: null,
  };
  await reverseActivity(deps, program.scope, aCommand('activityReverse', input), input);
  const [season] = await deps.reads.query<{ id: string }>(
    "select id from season where program_id = $1 and leaderboard_id = $2 and key = '2026-01'",
    [program.programId, board.id],
  );
  january = season!.id;
  // As sealing would have written it.
  await deps.reads.query(
    `insert into season_standing (program_id, season_id, customer_id, part, position, rank, tied, score, sub_score, reached_at)
     values ($1, $2, $3, '', 2, 2, 2, 43, 0, now())`,
    [program.programId, january, ann],
  );
});

const RECAP = `query ($id: ID!, $from: Date, $to: Date, $season: ID) { node(id: $id) { ... on Customer {
  recap(from: $from, to: $to, seasonId: $season) {
    from until pointsEarned currency { code } activities byType { type name activities } activeDays
    busiestDay { name activities } busiestMonth { name activities } badgesEarned badges { code earnedAt }
    longestStreak { streak cadence length } challengesCompleted goalsReached
    seasons { season { key } leaderboard rank tied } percentile { activeCustomers earnedLess earnedTheSame share } } } } }`;

type Answer = { node: { recap: Record<string, unknown> | null } | null };
type Caller = Parameters<typeof execute>[1];

async function recap(window: object, who = ann, caller: Caller = asCustomer(program, who)) {
  const { data, errors } = await execute<Answer>(deps, caller, RECAP, { id: publicId('Customer', who), ...window });
  return {
    recap: data?.node?.recap ?? null,
    node: data?.node ?? null,
    code: errors?.[0]?.extensions['code'],
    message: errors?.[0]?.message,
  };
}

const JANUARY = { from: '2026-01-01', to: '2026-02-01' };

describe('a recap', () => {
  it('tells a January as it is counted by hand, from midnight to midnight in Berlin, without what was returned', async () => {
    expect((await recap(JANUARY)).recap).toEqual({
      ...{ from: '2026-01-01', until: '2026-02-01', pointsEarned: 43, currency: { code: 'points' } },
      ...{ activities: 5, byType: [{ type: 'purchase', name: 'Purchase', activities: 5 }], activeDays: 4 },
      busiestDay: { name: '2026-01-11', activities: 2 },
      busiestMonth: { name: '2026-01', activities: 5 },
      badgesEarned: 1,
      badges: [{ code: 'regular', earnedAt: '2026-01-10T12:00:00.000Z' }],
      longestStreak: { streak: 'daily', cadence: 'DAY', length: 3 },
      ...{ challengesCompleted: 1, goalsReached: 1 },
      seasons: [{ season: { key: '2026-01' }, leaderboard: 'A board', rank: 2, tied: 2 }],
      // 27 visitors with nothing, one with as much, one with more.
      percentile: { activeCustomers: 30, earnedLess: 27, earnedTheSame: 2, share: 0.9 },
    });
  });

  it('of a season is that of its days', async () => {
    const bySeason = await recap({ season: publicId('Season', january) });
    expect(bySeason.recap).toEqual((await recap(JANUARY)).recap);
  });

  it('compares nobody with fewer than thirty, and nobody without activity', async () => {
    expect((await recap({ from: '2026-02-01', to: '2026-03-01' })).recap).toMatchObject({
      pointsEarned: 100,
      percentile: null,
    });
    expect((await recap(JANUARY, february)).recap).toMatchObject({
      ...{ pointsEarned: 0, activities: 0, byType: [], busiestDay: null, busiestMonth: null, badges: [] },
      ...{ longestStreak: null, seasons: [], percentile: null },
    });
    expect((await recap(JANUARY, best)).recap).toMatchObject({ percentile: { earnedLess: 29, earnedTheSame: 1 } });
  });

  it('is one’s own alone, or the team’s', async () => {
    expect((await recap(JANUARY, ann, asCustomer(program, best))).recap).toBeNull();
    expect((await recap(JANUARY, ann, asPublishable(program))).recap).toBeNull();
    expect((await recap(JANUARY, ann, asOwner(program))).recap).toMatchObject({ pointsEarned: 43 });
  });

  it.each([
    ['no days', {}],
    ['one end', { from: '2026-01-01' }],
    ['days and a season', { ...JANUARY, season: 'sea_x' }],
    ['an end before the start', { from: '2026-01-02', to: '2026-01-02' }],
    ['more than 400 days', { from: '2026-01-01', to: '2027-02-06' }],
    ['a season that is none', { season: 'sea_x' }],
  ])('is refused for %s', async (_what, window) => {
    expect(await recap(window)).toMatchObject({ recap: null, code: 'BAD_USER_INPUT' });
  });

  it('goes without the comparison where counting everybody takes longer than a statement may', async () => {
    const client = await deps.postgres.connect();
    await client.query('set statement_timeout = 50');
    let counts = 0;
    const slow = {
      query: async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> => {
        if (!text.includes('read-recap-groups')) return deps.reads.query<Row>(text, values);
        counts += 1;
        return (await client.query('select pg_sleep(60)')).rows as Row[];
      },
    };
    const recaps = createRecaps({ ...deps, reads: slow });
    const window = { from: '2026-01-01', to: '2026-02-01' };
    for (let n = 0; n < 2; n += 1)
      expect(await recaps.of(program.programId, ann, window)).toMatchObject({ points: 43, percentile: null });
    expect(counts).toBe(1);
    await client.query('reset statement_timeout');
    client.release();
  });

  it('is the same whether days of points are kept or counted from the ledger', async () => {
    const window = { from: '2025-12-31', to: '2026-02-02' };
    const counted = await createRecaps(deps).of(program.programId, ann, window);
    const milestone = aMilestone({ measure: { kind: 'POINTS', currency: null }, thresholds: ['100000'] });
    await publishSet(deps, program, { ...SECTIONS, milestones: [milestone] });
    const kept = await createRecaps(deps).of(program.programId, ann, window);
    expect(kept).toEqual(counted);
    expect(kept).toMatchObject({ points: 1_143, percentile: { active: 30, less: 29 } });
    const [days] = await deps.reads.query<{ days: number }>(
      "select count(*) as days from tier_day where program_id = $1 and measure like 'points:%'",
      [program.programId],
    );
    expect(days?.days).toBeGreaterThan(0);
  });
});
