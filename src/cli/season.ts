import type { Command } from 'commander';
import { z } from 'zod';

import { verifySeason } from '#app/season/verify.ts';
import { NotFoundError } from '#domain/errors.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import type { SeasonRun } from '#domain/season/season.ts';
import type { Deps } from '#src/deps.ts';
import { runSeasons } from '#src/jobs/run-seasons.ts';
import { findSeasonRun, listSeasonRuns } from '#storage/season-store.ts';

import type { Cli } from './cli.ts';
import { addCommand, addGroup, type Answer } from './command.ts';
import { pickProgram, programOption } from './pick-program.ts';
import { formatTable } from './table.ts';

const Options = z.object({ program: z.string().optional() });
const SEASONS_MAX = 1_000;
const NEWEST = { after: null, before: null, backwards: false, limit: SEASONS_MAX };

/** laurel season list, verify, settle */
export function addSeason(cli: Cli, parent: Command): void {
  const group = addGroup(parent, 'season', 'seasons of leaderboards');
  addCommand(cli, group, {
    usage: 'list <board>',
    description: 'list the seasons of a board (code or id), the newest first',
    configure: programOption,
    options: Options,
    run: async (running, [board = ''], { program }) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, program);
      const { id } = await findBoard(deps, programId, board);
      const json = (await listSeasonRuns(deps.reads, programId, id, NEWEST)).map(shownSeason);
      const columns = ['ID', 'KEY', 'STATE', 'FROM', 'TO', 'LATE UNTIL', 'RANKED', 'HASH'];
      return {
        json,
        text: formatTable(
          columns,
          json.map((season) => Object.values(season).map((value) => String(value ?? ''))),
        ),
      };
    },
  });
  addCommand(cli, group, {
    usage: 'verify <board> [season]',
    description:
      'count sealed seasons of a board anew from the activities and compare the hashes; exits with 1 when one differs',
    configure: programOption,
    options: Options,
    run: (running, [board = '', key], { program }) => verify(running.deps(), program, board, key),
  });
  addCommand(cli, group, {
    usage: 'settle',
    description:
      'move on what is due of seasons in all programs: open, close, seal, give prizes (the worker does it by itself)',
    run: async (running) => {
      const steps = await runSeasons(running.deps());
      return { json: { steps }, text: `${steps} steps were taken.` };
    },
  });
}

async function findBoard(deps: Deps, programId: string, wanted: string): Promise<Leaderboard> {
  const catalogue = await deps.catalogues.at(deps.reads, programId);
  const id = uuidOf('Leaderboard', wanted);
  const board = catalogue.leaderboards.find((known) => known.code === wanted || known.id === id);
  if (board === undefined) throw new NotFoundError('leaderboard');
  return board;
}

function shownSeason({ id, key, state, startsAt, endsAt, sealsAt, standingCount, standingHash }: SeasonRun) {
  const instant = (at: Date | null): string | null => at?.toISOString() ?? null;
  return {
    id: publicId('Season', id),
    key,
    state,
    startsAt: instant(startsAt),
    endsAt: instant(endsAt),
    lateUntil: instant(sealsAt),
    ranked: standingCount,
    hash: standingHash,
  };
}

async function verify(
  deps: Deps,
  program: string | undefined,
  wanted: string,
  key: string | undefined,
): Promise<Answer> {
  const { id: programId } = await pickProgram(deps, program);
  const { id } = await findBoard(deps, programId, wanted);
  const runs =
    key === undefined
      ? await listSeasonRuns(deps.reads, programId, id, NEWEST)
      : [await findSeasonRun(deps.reads, programId, id, key)];
  const sealed = runs.filter((run) => run !== null && run.standingHash !== null);
  if (key !== undefined && sealed.length === 0) throw new NotFoundError('sealed season');
  const json = [];
  for (const run of sealed) {
    if (run === null) continue;
    const { differences, ...proof } = await verifySeason(deps, programId, run.id);
    json.push({
      key: run.key,
      ...proof,
      seasonId: publicId('Season', run.id),
      differences: differences.map(({ customerId }) => publicId('Customer', customerId)),
    });
  }
  const rows = json.map((proof) => [
    proof.key,
    proof.isProven ? 'proven' : 'DIFFERS',
    String(proof.count),
    String(proof.recomputedCount),
    proof.recomputedHash,
  ]);
  const text = formatTable(['SEASON', 'PROOF', 'RANKED', 'RECOUNTED', 'HASH OF THE RECOUNT'], rows);
  return { json, text, failed: json.some((proof) => !proof.isProven) };
}
