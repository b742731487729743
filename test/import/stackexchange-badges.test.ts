import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { saveActivityType } from '#app/activity-type/save.ts';
import { trackActivities } from '#app/activity/track.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import { createBadgeStore } from '#redis/badge-store.ts';
import { createRelayPulse } from '#redis/relay-pulse.ts';
import { creditBadges } from '#src/jobs/credit-badges.ts';
import { countDrift, createBadgeProjection } from '#src/projections/badge-projection.ts';
import { listAwardedBadges } from '#storage/badge-shelf-store.ts';

import { aPurchase } from '../support/activity.ts';
import { aBadge } from '../support/badge.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, aProgram, asOwner, execute, testDeps } from '../support/program.ts';
import { testRedis } from '../support/redis.ts';
import { publishSet } from '../support/rule-set.ts';

const { url } = await testDatabase();
const { url: redisUrl } = await testRedis();
const deps = testDeps(url, { redisUrl });

type Award = { user: string; badge: string; at: number };

/** The site's own list: badge_id, user_id, name, awarded_at, class, tag_based. Names have no commas. */
const AWARDS: readonly Award[] = gunzipSync(readFileSync('data/stackexchange/martialarts_badges.csv.gz'))
  .toString('utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [, user = '', badge = '', at = ''] = line.trim().split(',');
    return { user, badge, at: Date.parse(`${at}Z`) };
  });
const NAMES = [...new Set(AWARDS.map(({ badge }) => badge))];
const NOW = new Date('2023-12-01T00:00:00Z');
const DAYS = 366;
const DAY_MS = 86_400_000;

/** A program in which every award of the site is an activity, and badges came later. */
const site = await aProgram(deps, { mode: 'TEST', timeZone: 'UTC' });
await setProgramClock(deps, site.scope, aCommand('clock', NOW), { now: NOW });
const type = {
  code: 'recognised',
  name: 'Recognised',
  customerMayTrack: false,
  properties: [{ name: 'name', type: 'STRING' as const, required: true, oneOf: null }],
};
await saveActivityType(deps, site.scope, aCommand('activityTypeSave', type), type);
const users = [...new Set(AWARDS.map(({ user }) => user))];
const ids = users.map(() => deps.newId());
await deps.postgres.query(
  `insert into customer (program_id, id, external_id, display_name, enrolment_state)
   select $1, id, name, name, 'ENROLLED' from unnest($2::uuid[], $3::text[]) as row (id, name)`,
  [site.programId, ids, users],
);
const idOf = new Map(users.map((user, place) => [user, ids[place] ?? '']));
const userOf = new Map(users.map((user, place) => [ids[place] ?? '', user]));
for (let start = 0; start < AWARDS.length; start += 1_000) {
  const reports = AWARDS.slice(start, start + 1_000).map(({ user, badge, at }) =>
    aPurchase(idOf.get(user) ?? '', { type: 'recognised', occurredAt: new Date(at), properties: { name: badge } }),
  );
  await trackActivities(deps.tracking, site.scope, aCommand('batch', start), reports);
}
const codes = new Map(NAMES.map((name, place) => [name, `badge_${place}`]));
await publishSet(deps, site, {
  badges: NAMES.map((name) =>
    aBadge({
      code: codes.get(name) ?? '',
      texts: { en: { name } },
      repeat: { kind: 'EACH' },
      criteria: [
        {
          kind: 'COUNT',
          activityType: 'recognised',
          condition: `activity.properties.name == ${JSON.stringify(name)}`,
          targets: ['1'],
        },
      ],
    }),
  ),
});
const credited = await creditBadges(deps, 600_000);
const projection = createBadgeProjection({ ...deps, store: createBadgeStore(deps.redis) });
const [{ badgeIds } = { badgeIds: [] }] = await listAwardedBadges(deps.reads, site.programId);
await projection.rebuild(site.programId, badgeIds);
await createRelayPulse(deps.redis).beat(NOW);

describe('15,942 awards of Martial Arts Stack Exchange', () => {
  it('are credited from the past, each once and at its own time', async () => {
    expect(AWARDS).toHaveLength(15_942);
    expect(credited).toBe(15_942);
    const rows = await deps.reads.query<{ customerId: string; code: string; at: Date }>(
      `select customer_id as "customerId", badge_code as code, earned_at as at from badge_award where program_id = $1`,
      [site.programId],
    );
    const told = rows.map(({ customerId, code, at }) => `${userOf.get(customerId)} ${code} ${at.getTime()}`);
    expect(told.toSorted()).toEqual(
      AWARDS.map(({ user, badge, at }) => `${user} ${codes.get(badge)} ${at}`).toSorted(),
    );
  });

  it('come back as feed, shelves, holders and rarity that an independent count gives', async () => {
    const pulse = () => createRelayPulse(deps.redis).beat(NOW);
    await pulse();
    const feed = await deps.badges.feed(site.programId, NOW, 100);
    expect(feed.state).toBe('LIVE');
    const newest = AWARDS.toSorted((a, b) => b.at - a.at).slice(0, 100);
    expect(feed.awards.map(({ earnedAt }) => earnedAt.getTime())).toEqual(newest.map(({ at }) => at));

    const byUser = Map.groupBy(AWARDS, ({ user }) => user);
    const busiest = [...byUser].toSorted(([, a], [, b]) => b.length - a.length).slice(0, 50);
    for (const [user, awards] of busiest) {
      await pulse();
      const shelf = await deps.badges.shelf(site.programId, idOf.get(user) ?? '', NOW, 1_000);
      expect(shelf.state).toBe('LIVE');
      const told = shelf.awards.map(({ badgeCode, earnedAt }) => `${badgeCode} ${earnedAt.getTime()}`);
      expect(told.toSorted()).toEqual(awards.map(({ badge, at }) => `${codes.get(badge)} ${at}`).toSorted());
    }

    const since = Date.UTC(2023, 11, 1) - (DAYS - 1) * DAY_MS;
    const active = new Set(AWARDS.filter(({ at }) => at >= since).map(({ user }) => user));
    const { data, errors } = await execute<{ badges: { code: string; holderCount: number; rarity: number }[] }>(
      deps,
      asOwner(site),
      `{ badges { code holderCount rarity(days: ${DAYS}) } }`,
    );
    expect(errors).toBeUndefined();
    expect(data?.badges).toHaveLength(81);
    const counted = NAMES.map((name) => {
      const holders = new Set(AWARDS.filter(({ badge }) => badge === name).map(({ user }) => user));
      const share = [...holders].filter((user) => active.has(user)).length / active.size;
      return { code: codes.get(name) ?? '', holderCount: holders.size, rarity: share };
    });
    const sorted = <Row extends { code: string }>(rows: readonly Row[]) =>
      rows.toSorted((a, b) => (a.code < b.code ? -1 : 1));
    expect(sorted(data?.badges ?? [])).toEqual(sorted(counted));
  });

  it('stand in Redis as on record, and a copy that was tampered with is found and built anew', async () => {
    const store = createBadgeStore(deps.redis);
    expect(await countDrift(deps.reads, store, site.programId, badgeIds)).toBe(0);
    await store.put(site.programId, [
      { customerId: idOf.get('347') ?? '', awards: [], gone: { badgeIds: [badgeIds[0] ?? ''], awardIds: [] } },
    ]);
    expect(await countDrift(deps.reads, store, site.programId, badgeIds)).toBeGreaterThan(0);
    await projection.rebuild(site.programId, badgeIds);
    expect(await countDrift(deps.reads, store, site.programId, badgeIds)).toBe(0);
  });
});
