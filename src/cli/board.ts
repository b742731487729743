import { setTimeout as pause } from 'node:timers/promises';

import type { Command } from 'commander';
import type { Redis } from 'ioredis';
import { z } from 'zod';

import { NotFoundError, UnavailableError } from '#domain/errors.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import type { Deps } from '#src/deps.ts';
import { rebuildLeaderboards } from '#src/jobs/rebuild-leaderboards.ts';
import { listSeasons } from '#storage/leaderboard-store.ts';

import type { Cli } from './cli.ts';
import { addCommand, addGroup, type Answer } from './command.ts';
import { pickProgram, programOption } from './pick-program.ts';
import { formatTable } from './table.ts';

const REDIS_WAIT_MS = 3_000;
const Options = z.object({ program: z.string().optional() });
const ALL = 'code or id of a board; all of the program’s without it';

/** laurel board list|check, laurel rebuild */
export function addBoard(cli: Cli, parent: Command): void {
  const group = addGroup(parent, 'board', 'leaderboards of a program');
  addCommand(cli, group, {
    usage: 'list',
    description: 'list the boards',
    configure: programOption,
    options: Options,
    run: async (running, _args, { program }) => {
      const boards = await boardsOf(running.deps(), (await pickProgram(running.deps(), program)).id, undefined);
      const json = boards.map(({ id, code, name, metric, period, direction, isPublic }) => ({
        id: publicId('Leaderboard', id),
        code,
        name,
        metric,
        period,
        direction,
        isPublic,
      }));
      const rows = json.map(({ id, code, metric, period, name }) => [id, code, metric, period, name]);
      return { json, text: formatTable(['ID', 'CODE', 'METRIC', 'PERIOD', 'NAME'], rows) };
    },
  });
  addCommand(cli, group, {
    usage: 'check [board]',
    description: 'compare the ranked copies in Redis with the record; exits with 1 when one differs',
    configure: (command) => programOption(command).addHelpText('after', `\n[board] is ${ALL}.`),
    options: Options,
    run: (running, args, { program }) => checkBoards(running.deps(), program, args[0]),
  });
  addCommand(cli, parent, {
    usage: 'rebuild [board]',
    description: 'build the ranked copies in Redis anew from the record, beside the live ones',
    configure: (command) =>
      programOption(command).addHelpText('after', `\n[board] is ${ALL}; without --program and [board], all programs’.`),
    options: Options,
    run: (running, args, { program }) => rebuildBoards(running, program, args[0]),
  });
}

/** Boards by code or public id; all that are not archived when none is named. */
async function boardsOf(deps: Deps, programId: string, wanted: string | undefined): Promise<Leaderboard[]> {
  const { leaderboards } = await deps.catalogues.current(programId);
  if (wanted === undefined) return leaderboards.filter((board) => !board.archived);
  const id = uuidOf('Leaderboard', wanted);
  const found = leaderboards.filter((board) => board.id === id || board.code === wanted);
  if (found.length === 0) throw new NotFoundError('leaderboard');
  return found;
}

async function checkBoards(deps: Deps, program: string | undefined, wanted: string | undefined): Promise<Answer> {
  const { id: programId } = await pickProgram(deps, program);
  const boards = await boardsOf(deps, programId, wanted);
  await redisReady(deps.redis);
  const checks = [];
  for (const board of boards) {
    for (const season of await listSeasons(deps.reads, { programId, leaderboardId: board.id })) {
      const { state, drift, recordedCount, cachedCount } = await deps.boards.check(season);
      checks.push({ board: board.code, season: season.key, state, recordedCount, cachedCount, drift });
    }
  }
  // A season that is not in Redis is built when somebody asks for it: that is no drift.
  const wrong = checks.filter(({ state, drift }) => state === 'LIVE' && drift > 0);
  const shown = checks.filter(({ state }) => state === 'LIVE');
  const table = formatTable(
    ['BOARD', 'SEASON', 'STATE', 'RECORD', 'REDIS', 'DRIFT'],
    shown.map((check) => Object.values(check)),
  );
  const asleep = `${checks.length - shown.length} seasons are not in Redis; they are built when somebody asks for them.`;
  return {
    json: { checks, drift: wrong.reduce((sum, { drift }) => sum + drift, 0) },
    text: `${table}\n${asleep}`,
    failed: wrong.length > 0,
  };
}

async function rebuildBoards(cli: Cli, program: string | undefined, wanted: string | undefined): Promise<Answer> {
  const deps = cli.deps();
  await redisReady(deps.redis);
  const total = { seasons: 0, entries: 0, busy: 0 };
  const add = async (which: Parameters<typeof rebuildLeaderboards>[1]): Promise<void> => {
    const { seasons, entries, busy } = await rebuildLeaderboards(deps, which, (season, loaded, expected) =>
      loaded < expected ? cli.say(`season ${season.key}: ${loaded} of ${expected} entries`) : undefined,
    );
    total.seasons += seasons;
    total.entries += entries;
    total.busy += busy;
  };
  if (program === undefined && wanted === undefined) await add({});
  else {
    const { id: programId } = await pickProgram(deps, program);
    for (const board of await boardsOf(deps, programId, wanted)) await add({ programId, leaderboardId: board.id });
  }
  const busy = total.busy === 0 ? '' : ` ${total.busy} are being rebuilt by another process.`;
  return { json: total, text: `${total.seasons} seasons with ${total.entries} entries were rebuilt.${busy}` };
}

/** Commands fail at once while there is no connection, so that the first one waits for it. Throws UnavailableError. */
async function redisReady(redis: Redis): Promise<void> {
  for (const until = performance.now() + REDIS_WAIT_MS; redis.status !== 'ready';) {
    if (performance.now() > until)
      throw new UnavailableError('Redis cannot be reached: is REDIS_URL right, and does it run?');
    await pause(20);
  }
}
