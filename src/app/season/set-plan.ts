import { InvalidInputError, NotFoundError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { toUnits } from '#domain/leaderboard/score.ts';
import { seasonOf } from '#domain/leaderboard/season.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import { assertPlan, type PrizeBand, type PrizePlan, type SeasonPlan } from '#domain/season/plan.ts';
import { sealingTime } from '#domain/season/season.ts';
import { findSeasonRun, updateSeasonRun, writeSeasonPlan } from '#storage/season-store.ts';

import { openLeaderboard } from '../leaderboard/update.ts';
import { findCurrency } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import { announceCatalogueChange } from '../program/announce-change.ts';
import { requireReward } from '../reward/require-reward.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';
import { scheduleSeasons } from './calendar.ts';

/** A band as the programme team writes it: the reward by its code. */
export type BandInput = Omit<PrizeBand, 'rewardId'> & { reward: string | null };
/** Prizes as the programme team writes them: the currency by its code, the score as a decimal of the board. */
export type PrizesInput = Omit<PrizePlan, 'currencyId' | 'bands' | 'minimumScore'> & {
  currency: string | null;
  bands: readonly BandInput[];
  minimumScore: string | null;
};

export type SeasonPlanInput = {
  leaderboardId: string;
  graceMinutes: number;
  prizes: PrizesInput | null;
  /** Whether the season that is open already gets it as well; only one that has no prizes yet. */
  currentToo: boolean;
};

/**
 * Says what seasons of a board promise. A season keeps the plan that it opened with: a promise is not changed once people
 * play for it. Throws InvalidInputError, NotFoundError, StateConflictError.
 */
export function setSeasonPlan(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: SeasonPlanInput,
): Promise<{ leaderboardId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const catalogue = await deps.catalogues.at(tx, tx.programId);
    const board = await openLeaderboard(deps, tx, input.leaderboardId, ['leaderboardId']);
    const plan = readPlan(catalogue, board, input);
    await writeSeasonPlan(tx, tx.programId, board.id, plan);
    await scheduleSeasons(deps, tx, catalogue, { ...board, plan });
    if (input.currentToo) await promiseCurrent(tx, catalogue, board, plan);
    await announceCatalogueChange(tx);
    tx.audit({
      action: 'leaderboard.season_plan_set',
      subject: publicId('Leaderboard', board.id),
      before: board.plan,
      after: plan,
    });
    return { leaderboardId: board.id };
  });
}

/** The plan that an input means. Throws InvalidInputError, or NotFoundError for an unknown currency or reward. */
export function readPlan(
  catalogue: Catalogue,
  board: Leaderboard,
  { graceMinutes, prizes }: Pick<SeasonPlanInput, 'graceMinutes' | 'prizes'>,
): SeasonPlan {
  if (board.period === 'ALL_TIME') {
    throw new InvalidInputError('The one season of this board never ends: there is nothing to plan.', [
      'leaderboardId',
    ]);
  }
  const plan: SeasonPlan = { graceMinutes, prizes: prizes === null ? null : readPrizes(catalogue, board, prizes) };
  assertPlan(plan);
  return plan;
}

function readPrizes(catalogue: Catalogue, board: Leaderboard, input: PrizesInput): PrizePlan {
  const { currency, bands, minimumScore, ...terms } = input;
  const hasPoints = bands.some((band) => band.points > 0);
  return {
    ...terms,
    currencyId: hasPoints ? findCurrency(catalogue, currency).id : null,
    minimumScore: minimumScore === null ? null : toUnits(minimumScore, board.scoreDecimals),
    bands: bands.map(({ reward, ...band }) => ({
      ...band,
      badge: band.badge === null ? null : requireBadge(catalogue, band.badge),
      rewardId: reward === null ? null : requireReward(catalogue, reward).reward.id,
    })),
  };
}

function requireBadge(catalogue: Catalogue, code: string): string {
  if (!catalogue.ruleSet.badges.byCode.has(code)) throw new NotFoundError('badge', ['prizes', 'badge']);
  return code;
}

/** Gives the plan to the season that runs, unless it has promised prizes already or is over. */
async function promiseCurrent(tx: Tx, catalogue: Catalogue, board: Leaderboard, plan: SeasonPlan): Promise<void> {
  const span = seasonOf(board, tx.now, catalogue.program.timeZone);
  const run = span === null ? null : await findSeasonRun(tx, tx.programId, board.id, span.key);
  if (run === null) throw new NotFoundError('season', ['currentToo']);
  if (run.state === 'SCHEDULED') return;
  if (run.state !== 'OPEN' || (run.plan !== null && run.plan.prizes !== null)) {
    throw new StateConflictError('The season that runs has promised its prizes already.', run.state, ['currentToo']);
  }
  await updateSeasonRun(tx, { ...run, plan, sealsAt: sealingTime(run, plan) });
}
