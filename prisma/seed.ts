import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { saveActivityType } from '#app/activity-type/save.ts';
import { createLeaderboard } from '#app/leaderboard/create.ts';
import type { Command } from '#app/mutation.ts';
import { createProgram } from '#app/program/create.ts';
import { importRewardCodes } from '#app/reward/import-codes.ts';
import { replaceDraft } from '#app/rule-set/edit-draft.ts';
import { publishRuleSet } from '#app/rule-set/publish.ts';
import type { Scope } from '#app/transaction.ts';
import { publicId } from '#domain/ids.ts';
import { readCommandLineConfig } from '#src/config.ts';
import { createDeps, type Deps } from '#src/deps.ts';
import { loadMapping } from '#src/import/mappings/index.ts';
import { openRecord } from '#src/import/record-target.ts';
import type { ImportReport } from '#src/import/report.ts';
import { runImport } from '#src/import/run.ts';
import { openSource } from '#src/import/source.ts';
import { findProgramByName } from '#storage/program-store.ts';

import { ensureDemoKeys, type DemoKeys } from './demo-keys.ts';
import { DEMO_BADGES, DEMO_CHALLENGES, DEMO_STREAKS } from './demo-play.ts';
import { DEMO_ACTIVITY_TYPES, DEMO_LEADERBOARDS, DEMO_PROGRAM, DEMO_RULES } from './demo-program.ts';
import { DEMO_CODE_POOL, DEMO_REWARDS } from './demo-rewards.ts';
import { DEMO_LADDERS, DEMO_LEVELS, DEMO_MILESTONES } from './demo-tiers.ts';

const DATA = resolve(import.meta.dirname, '..', 'data', 'cdnow', 'CDNOW_sample.txt');
const ACTOR = 'system:demo';

export type SeedOptions = {
  databaseUrl: string;
  redisUrl: string;
  /** Keys that an earlier call answered; those that the database does not know any more are replaced. */
  keys: DemoKeys | undefined;
  progress: (text: string) => void;
};

/** The demo program by its public id, its keys, and the external id of a customer worth looking at. */
export type Demo = { program: string; keys: DemoKeys; customer: string };

/** Third of the board, with purchases in sixteen of eighteen months: there is something to see. */
const DEMO_CUSTOMER = '1981';

/**
 * Makes sure of the demo program: rules, tiers, rewards, boards and keys by the use cases, customers and purchases by the
 * import of real data, dates as they were. Safe to be cut off anywhere and to be called again: it goes on with what is
 * missing.
 */
export async function seedDemo({ databaseUrl, redisUrl, keys, progress }: SeedOptions): Promise<Demo> {
  const deps = createDeps(readCommandLineConfig({ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl }));
  try {
    const programId = await ensureProgram(deps);
    const scope = { programId, actor: ACTOR };
    await ensureRules(deps, scope);
    await importPurchases(deps, scope, progress);
    await ensureLeaderboards(deps, scope, progress);
    return {
      program: publicId('Program', programId),
      keys: await ensureDemoKeys(deps, programId, keys ?? {}),
      customer: DEMO_CUSTOMER,
    };
  } finally {
    await deps.close();
  }
}

async function ensureProgram(deps: Deps): Promise<string> {
  const known = await findProgramByName(deps.reads, DEMO_PROGRAM.name);
  return known?.id ?? (await createProgram(deps, ACTOR, command('programCreate'), DEMO_PROGRAM)).programId;
}

async function ensureRules(deps: Deps, scope: Scope): Promise<void> {
  const { activityTypeByCode, ruleSet } = await deps.catalogues.at(deps.reads, scope.programId);
  for (const type of DEMO_ACTIVITY_TYPES) {
    if (!activityTypeByCode.has(type.code)) await saveActivityType(deps, scope, command('activityTypeSave'), type);
  }
  // Whoever has changed the rules since meant to.
  if (ruleSet.revision > 0) return;
  const draft = await replaceDraft(deps, scope, command('draftReplace'), {
    earningRules: DEMO_RULES,
    rewards: DEMO_REWARDS,
    ladders: DEMO_LADDERS,
    levels: DEMO_LEVELS,
    milestones: DEMO_MILESTONES,
    streaks: DEMO_STREAKS,
    challenges: DEMO_CHALLENGES,
    badges: DEMO_BADGES,
  });
  // Before the rewards are live, so that nobody finds the pool empty.
  await importRewardCodes(deps, scope, command('rewardCodesImport'), DEMO_CODE_POOL);
  await publishRuleSet(deps, scope, command('rulesPublish'), {
    expectedVersion: draft.version,
    note: 'First rules of the demo',
  });
}

/** The import skips what is done, so that a second start costs nothing. */
async function importPurchases(deps: Deps, scope: Scope, progress: (text: string) => void): Promise<ImportReport> {
  const mapping = await loadMapping('cdnow');
  const source = await openSource(DATA, mapping);
  return runImport(deps, scope, {
    source,
    mapping,
    target: openRecord(deps, scope, source.hash, mapping),
    dryRun: false,
    refusedPath: join(tmpdir(), `laurel-demo-${randomUUID()}.refused.ndjson`),
    onProgress: (rows) => progress(`${rows} of ${source.lines} purchases`),
  });
}

/** After the import, since a new board is filled from everything before at once. */
async function ensureLeaderboards(deps: Deps, scope: Scope, progress: (text: string) => void): Promise<void> {
  const { leaderboards } = await deps.catalogues.at(deps.reads, scope.programId);
  for (const board of DEMO_LEADERBOARDS) {
    if (leaderboards.some((known) => known.code === board.code)) continue;
    progress(`board ${board.code}`);
    await createLeaderboard(deps, scope, command('leaderboardCreate'), board);
  }
}

function command(mutation: string): Command {
  return { mutation, idempotencyKey: randomUUID(), input: null };
}
