// Every window of random boards, as PostgreSQL, Redis and a list that is sorted and walked here answer it.
import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import type { BoardWindow, Standing, TieRule } from '#domain/leaderboard/standing.ts';
import { createBoardStore } from '#redis/leaderboard-store.ts';
import { checkSeason } from '#src/projections/leaderboard-check.ts';
import { boardOf, rebuildSeason } from '#src/projections/rebuild.ts';
import { listSeasons, readEntries, type Season } from '#storage/leaderboard-store.ts';
import { readAmong, readStandings } from '#storage/sql/read-standings.ts';

import { testDatabase } from '../support/database.ts';
import { aLeaderboard } from '../support/leaderboard.ts';
import { aProgram, testDeps } from '../support/program.ts';
import { testRedis } from '../support/redis.ts';

const { url } = await testDatabase();
const { url: redisUrl } = await testRedis();
const deps = testDeps(url, { redisUrl });
const program = await aProgram(deps);
const store = createBoardStore(deps.redis);

type Row = {
  customerId: string;
  score: number | null;
  subScore: number;
  reachedAt: number;
  part: string | null;
  isListed: boolean;
};
type Kind = { direction: 'DESCENDING' | 'ASCENDING'; tieRule: TieRule; hasSubScore: boolean; hasParts: boolean };

const kinds = fc.record<Kind>({
  direction: fc.constantFrom('DESCENDING', 'ASCENDING'),
  tieRule: fc.constantFrom('COMPETITION', 'DENSE', 'FIRST_TO_REACH'),
  hasSubScore: fc.boolean(),
  hasParts: fc.boolean(),
});
const id = (number: number): string => `00000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
/** Few different values, so that there are ties of every kind; one of them as large as a score can be. */
const values = fc.constantFrom(-9_007_199_254_740_991, -3, 0, 1, 2, 9_007_199_254_740_991);
const rowsOf = fc.array(
  fc.record({
    score: fc.option(values, { freq: 8 }),
    subScore: values,
    reachedAt: fc.constantFrom(0, 1_000, 1_800_000_000_000),
    part: fc.constantFrom('DE', 'FR:x', '', null),
    isListed: fc.constantFrom(true, true, true, false),
  }),
  { maxLength: 25 },
);

/** A board has parts, all of them with a name, or none. */
const partIn = ({ hasParts }: Kind, part: string | null): string | null =>
  part === null || (hasParts && part === '') ? null : hasParts ? part : '';

async function aSeason(kind: Kind, rows: readonly Row[]): Promise<Season> {
  const board = await aLeaderboard(deps, program, { code: `b_${randomUUID().replaceAll('-', '')}` });
  await deps.reads.query(
    `update leaderboard set direction = $3, tie_rule = $4, sub_property = case when $5 then 'x' end,
       scope = case when $6 then 'ACCOUNT' else 'PROGRAM' end, archived_at = now() where program_id = $1 and id = $2`,
    [program.programId, board.id, kind.direction, kind.tieRule, kind.hasSubScore, kind.hasParts],
  );
  await deps.reads.query(`insert into season (program_id, id, leaderboard_id, key) values ($1, $2, $3, 'all')`, [
    program.programId,
    randomUUID(),
    board.id,
  ]);
  const [season] = await listSeasons(deps.reads, { leaderboardId: board.id });
  await deps.reads.query(
    `insert into leaderboard_entry (program_id, season_id, customer_id, score, sub_score, reached_at, part, is_listed)
     select $1, $2, * from unnest($3::uuid[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::text[], $8::boolean[])`,
    [
      program.programId,
      season!.id,
      rows.map((row) => row.customerId),
      rows.map((row) => row.score),
      rows.map((row) => row.subScore),
      rows.map((row) => new Date(row.reachedAt)),
      rows.map((row) => row.part),
      rows.map((row) => row.isListed),
    ],
  );
  return season!;
}

/** The board as it would be written down by hand: sorted by counting who is better, each rank by its definition. */
function byHand({ direction, tieRule }: Kind, rows: readonly Row[], part: string | null, guest?: Row): Standing[] {
  const sign = direction === 'DESCENDING' ? 1n : -1n;
  const compare = (a: Row, b: Row): number => {
    const better = sign * (BigInt(b.score!) - BigInt(a.score!)) || sign * (BigInt(b.subScore) - BigInt(a.subScore));
    if (better !== 0n) return better < 0n ? -1 : 1;
    return a.reachedAt - b.reachedAt || (a.customerId < b.customerId ? -1 : 1);
  };
  const isBetter = (a: Row, b: Row): boolean =>
    sign * (BigInt(a.score!) - BigInt(b.score!)) > 0n ||
    (a.score === b.score && sign * (BigInt(a.subScore) - BigInt(b.subScore)) > 0n);
  const listed = rows.filter((row) => row.score !== null && row.part === part && row.isListed);
  const shown = guest === undefined ? listed : [guest];
  return shown.toSorted(compare).map((row) => {
    const ahead = listed.filter((other) => isBetter(other, row));
    const position = 1 + listed.filter((other) => other !== row && compare(other, row) < 0).length;
    const levels = new Set(ahead.map(({ score, subScore }) => `${score} ${subScore}`));
    const rank = { COMPETITION: 1 + ahead.length, DENSE: 1 + levels.size, FIRST_TO_REACH: position }[tieRule];
    const { customerId, score, subScore, reachedAt } = row;
    const standing = { customerId, position, rank, score: score!, subScore, reachedAt: new Date(reachedAt) };
    return guest === undefined || guest.isListed ? standing : { ...standing, isUnlisted: true as const };
  });
}

/** What a window shows of a board that was written down by hand. */
function seen(kind: Kind, rows: readonly Row[], window: BoardWindow): Standing[] {
  const rowOf = (customerId: string): Row | undefined =>
    rows.find((row) => row.customerId === customerId && row.part !== null && row.score !== null);
  if (window.kind === 'PAGE')
    return byHand(kind, rows, typeof window.part === 'string' ? window.part : '').slice(
      window.offset,
      window.offset + window.count,
    );
  const row = rowOf(window.customerId);
  if (row === undefined) return [];
  const [own] = byHand(kind, rows, row.part, row);
  if (window.kind === 'PLACE') return [own!];
  if (!row.isListed && window.unlistedToo !== true) return [];
  const board = byHand(kind, rows, row.part);
  const count = 2 * window.radius + 1;
  const start = Math.max(0, Math.min(own!.position - 1 - window.radius, board.length - count));
  return board.slice(start, start + count);
}

it('answers every window of random boards alike in PostgreSQL, in Redis and by hand', async () => {
  await fc.assert(
    fc.asyncProperty(kinds, rowsOf, async (kind, drawn) => {
      const rows = drawn.map((row, index) => ({
        ...row,
        customerId: id(index),
        subScore: kind.hasSubScore ? row.subScore : 0,
        part: partIn(kind, row.part),
      }));
      const season = await aSeason(kind, rows);
      await rebuildSeason({ ...deps, store }, season);
      const windows: BoardWindow[] = ['', 'DE', 'FR:x'].flatMap((part): BoardWindow[] => [
        { kind: 'PAGE', offset: 0, count: 100, part },
        ...drawn.slice(0, 5).map((_, index): BoardWindow => ({ kind: 'PAGE', offset: index, count: 2, part })),
      ]);
      for (const { customerId } of rows) {
        windows.push({ kind: 'PLACE', customerId }, { kind: 'AROUND', customerId, radius: 2 });
        windows.push({ kind: 'AROUND', customerId, radius: 1, unlistedToo: true });
      }
      const expected = windows.map((window) => seen(kind, rows, window));
      const record = await readStandings(deps.reads, season, windows);
      const copy = await store.read(boardOf(season), windows);
      expect(record.windows).toEqual(expected);
      expect(copy).toMatchObject({ status: 'LIVE', windows: expected, size: record.size, partSizes: record.partSizes });

      const friends = rows.filter((_, index) => index % 2 === 0);
      const among = byHand(
        kind,
        friends.map((row) => ({ ...row, isListed: row.isListed && row.part !== null, part: '' })),
        '',
      );
      expect(
        await readAmong(
          deps.reads,
          season,
          friends.map(({ customerId }) => customerId),
        ),
      ).toEqual(among);
    }),
    { numRuns: 40 },
  );
}, 180_000);

it('keeps copies true to the record while entries move, hide, leave and come back', async () => {
  await fc.assert(
    fc.asyncProperty(kinds, fc.array(rowsOf, { minLength: 2, maxLength: 5 }), async (kind, rounds) => {
      const own = (rows: readonly Omit<Row, 'customerId'>[]): Row[] =>
        rows.map((row, index) => ({
          ...row,
          customerId: id(index),
          subScore: kind.hasSubScore ? row.subScore : 0,
          part: partIn(kind, row.part),
        }));
      const [first = [], ...later] = rounds.map(own);
      const season = await aSeason(kind, first);
      await rebuildSeason({ ...deps, store }, season);
      for (const rows of later) {
        await deps.reads.query(
          `insert into leaderboard_entry as e (program_id, season_id, customer_id, score, sub_score, reached_at, part, is_listed)
           select $1, $2, * from unnest($3::uuid[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::text[], $8::boolean[])
           on conflict (program_id, season_id, customer_id) do update set score = excluded.score, sub_score = excluded.sub_score,
             reached_at = excluded.reached_at, part = excluded.part, is_listed = excluded.is_listed, version = e.version + 1`,
          [
            program.programId,
            season.id,
            rows.map((row) => row.customerId),
            rows.map((row) => row.score),
            rows.map((row) => row.subScore),
            rows.map((row) => new Date(row.reachedAt)),
            rows.map((row) => row.part),
            rows.map((row) => row.isListed),
          ],
        );
        const moved = await readEntries(
          deps.reads,
          program.programId,
          season.id,
          rows.map(({ customerId }) => customerId),
        );
        await store.apply(boardOf(season), randomUUID(), moved.toReversed());
        // What is handed on again changes nothing.
        await store.apply(boardOf(season), randomUUID(), moved.slice(0, 2));
      }
      const { drift, examples } = await checkSeason({ ...deps, store }, season);
      expect({ drift, examples }).toEqual({ drift: 0, examples: [] });
      const windows: BoardWindow[] = ['', 'DE', 'FR:x'].map((part) => ({ kind: 'PAGE', offset: 0, count: 100, part }));
      const copy = await store.read(boardOf(season), windows);
      expect(copy).toMatchObject({
        status: 'LIVE',
        windows: (await readStandings(deps.reads, season, windows)).windows,
      });
    }),
    { numRuns: 25 },
  );
}, 180_000);
