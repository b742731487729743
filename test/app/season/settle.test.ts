import { expect, it } from 'vitest';

import { saveItem } from '#app/rule-set/edit-draft.ts';
import { publishRuleSet } from '#app/rule-set/publish.ts';
import { claimPrize } from '#app/season/claim.ts';
import { setSeasonPlan } from '#app/season/set-plan.ts';
import { listSeasonPrizes, type SeasonPrize } from '#storage/season-prize-store.ts';

import { runSeasons } from '../../../src/jobs/run-seasons.ts';
import { aShop, balanceOf, someCustomers } from '../../support/activity.ts';
import { aBadge } from '../../support/badge.ts';
import { testDatabase } from '../../support/database.ts';
import { aLeaderboard, type TestBoard } from '../../support/leaderboard.ts';
import { expectNoOffences } from '../../support/ledger.ts';
import { aCommand, testDeps, type TestProgram } from '../../support/program.ts';
import { aReward } from '../../support/reward.ts';
import { buy, moveTo, planSeasons, runOf, somePrizes } from '../../support/season.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

const DAY = '2026-11-18';
const NOON = '2026-11-18T12:00:00Z';
const AFTER = '2026-11-19T12:00:00Z';
const ALL = { after: null, before: null, backwards: false };

type World = { program: TestProgram; board: TestBoard; customers: string[] };

/** Four customers with 40, 30, 30 and 10 points on a board by days, of which the next promises these prizes. */
async function aDay(prizes: ReturnType<typeof somePrizes>): Promise<World> {
  const program = await aShop(deps, { mode: 'TEST' });
  await moveTo(deps, program, NOON);
  const board = await aLeaderboard(deps, program, { period: 'DAY' });
  await planSeasons(deps, program, board, { prizes });
  await moveTo(deps, program, NOON);
  const customers = await someCustomers(deps, program, 4);
  await buy(
    deps,
    program,
    [40, 30, 30, 10].map((amount, index) => ({ customerId: customers[index] ?? '', amount, at: NOON })),
  );
  return { program, board, customers };
}

async function prizesOf({ program, board }: World): Promise<SeasonPrize[]> {
  const { id } = await runOf(deps, program, board, DAY);
  return listSeasonPrizes(deps.reads, program.programId, { seasonId: id }, ALL, 100);
}

/** Prizes as "customer: rank points state reason". */
const shown = (prizes: readonly SeasonPrize[], { customers }: World): string[] =>
  prizes.map((prize) =>
    [`${customers.indexOf(prize.customerId)}:`, prize.rank, prize.points, prize.state, prize.reason]
      .filter((part) => part !== null)
      .join(' '),
  );

const available = async ({ program, customers }: World): Promise<number[]> =>
  Promise.all(customers.map(async (id) => (await balanceOf(deps, program, id)).available));

function claim(program: TestProgram, prizeId: string, byCustomer: string | null, key?: string) {
  const input = { prizeId, byCustomer };
  return claimPrize(deps, program.scope, aCommand('prizeClaim', input, key), input);
}

it('pays each winner once, however often and by however many it is settled', async () => {
  const world = await aDay(somePrizes([100, 50, 25]));
  await moveTo(deps, world.program, AFTER);
  await Promise.all([runSeasons(deps, world.program.programId), runSeasons(deps, world.program.programId)]);
  // Ranks 2 and 3 are shared: 50 and 25 make 37 each, and one point is not paid.
  expect(shown(await prizesOf(world), world)).toEqual(['0: 1 100 GIVEN', '1: 2 37 GIVEN', '2: 2 37 GIVEN']);
  expect(await available(world)).toEqual([140, 67, 67, 10]);
  // Somebody sets it back by hand: what is paid stays paid.
  const { id } = await runOf(deps, world.program, world.board, DAY);
  await deps.reads.query("update season set state = 'SEALED', next_at = $2 where id = $1", [id, new Date(AFTER)]);
  await runSeasons(deps, world.program.programId);
  expect(await available(world)).toEqual([140, 67, 67, 10]);
  await expectNoOffences(deps);
});

it('withholds the prize of who is blocked or has left, and nobody moves up', async () => {
  const world = await aDay(somePrizes([100, 50, 25]));
  await deps.reads.query("update customer set enrolment_state = 'BLOCKED' where id = $1", [world.customers[0]]);
  await deps.reads.query("update customer set enrolment_state = 'LEFT' where id = $1", [world.customers[1]]);
  await moveTo(deps, world.program, AFTER);
  expect(shown(await prizesOf(world), world)).toEqual([
    ...['0: 1 100 WITHHELD BLOCKED', '1: 2 37 WITHHELD LEFT', '2: 2 37 GIVEN'],
  ]);
  expect(await available(world)).toEqual([40, 30, 67, 10]);
});

it('gives a prize to the winner who claims it in time, once, and to nobody else', async () => {
  const world = await aDay(somePrizes([100, 50, 25], { claimDays: 2 }));
  const { program, customers } = world;
  await moveTo(deps, program, AFTER);
  const [first, second] = await prizesOf(world);
  expect(shown(await prizesOf(world), world)[0]).toBe('0: 1 100 CLAIMABLE');
  expect(await available(world)).toEqual([40, 30, 30, 10]);
  await expect(claim(program, first?.id ?? '', customers[1] ?? '')).rejects.toThrow('No prize');
  const claims = await Promise.allSettled(
    Array.from({ length: 5 }, () => claim(program, first?.id ?? '', customers[0] ?? '')),
  );
  expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await available(world)).toEqual([140, 30, 30, 10]);
  // The first instant after two days is too late, whether or not the worker has written that.
  const late = new Date(new Date(AFTER).getTime() + 2 * 86_400_000).toISOString();
  await deps.reads.query('update program set test_clock = $2 where id = $1', [program.programId, late]);
  await expect(claim(program, second?.id ?? '', customers[1] ?? '')).rejects.toThrow('EXPIRED');
  await runSeasons(deps, program.programId);
  expect(shown(await prizesOf(world), world)).toEqual(['0: 1 100 GIVEN', '1: 2 37 EXPIRED', '2: 2 37 EXPIRED']);
  expect(await available(world)).toEqual([140, 30, 30, 10]);
  await expectNoOffences(deps);
});

it('keeps what a season promised when it opened, and lets a season that promised nothing be given prizes', async () => {
  const world = await aDay(somePrizes([100]));
  const { program, board } = world;
  const change = (currentToo: boolean) => {
    const input = { leaderboardId: board.id, graceMinutes: 60, prizes: somePrizes([7]), currentToo };
    return setSeasonPlan(deps, program.scope, aCommand('seasonPlanSet', input), input);
  };
  await expect(change(true)).rejects.toThrow('promised its prizes already');
  await change(false);
  await moveTo(deps, program, AFTER);
  expect(shown(await prizesOf(world), world)).toEqual(['0: 1 100 GIVEN']);
  expect((await runOf(deps, program, board, '2026-11-19')).plan?.prizes?.bands[0]?.points).toBe(7);

  const plain = await aLeaderboard(deps, program, { period: 'WEEK' });
  await planSeasons(deps, program, plain, {});
  await runSeasons(deps, program.programId);
  await planSeasons(deps, program, plain, { prizes: somePrizes([5]), currentToo: true });
  expect((await runOf(deps, program, plain, '2026-W47')).plan?.prizes?.bands[0]?.points).toBe(5);
});

it('gives a reward free and a badge, once each, and tells what was not there to be given', async () => {
  const program = await aShop(deps, { mode: 'TEST' });
  const save = async (section: 'rewards' | 'badges', item: never): Promise<void> => {
    const command = aCommand('save', item);
    await saveItem(deps, program.scope, command, section, { item, expectedVersion: null });
  };
  // One mug for two winners.
  await save('rewards', aReward({ stock: 1 }) as never);
  await save('badges', aBadge({ criteria: [{ kind: 'COUNT', activityType: 'purchase', targets: ['99'] }] }) as never);
  await publishRuleSet(deps, program.scope, aCommand('ruleSetPublish', {}), { expectedVersion: null, note: null });
  await moveTo(deps, program, NOON);
  const board = await aLeaderboard(deps, program, { period: 'DAY' });
  const things = { points: 0, reward: 'mug', badge: 'regular' };
  const bands = [{ name: 'Two', kind: 'RANK' as const, from: 1, to: 2, ...things }];
  await planSeasons(deps, program, board, { prizes: somePrizes([], { bands }) });
  const customers = await someCustomers(deps, program, 3);
  await buy(
    deps,
    program,
    customers.map((customerId, index) => ({ customerId, amount: 30 - index, at: NOON })),
  );
  await moveTo(deps, program, AFTER);
  const world = { program, board, customers };
  expect(shown(await prizesOf(world), world)).toEqual(['0: 1 0 GIVEN', '1: 2 0 GIVEN OUT_OF_STOCK']);
  const redemptions = await deps.reads.query(
    'select customer_id, reward_code, state, points from redemption where program_id = $1',
    [program.programId],
  );
  expect(redemptions).toEqual([{ customer_id: customers[0], reward_code: 'mug', state: 'ISSUED', points: 0 }]);
  const badges = await deps.reads.query<{ customer_id: string }>(
    'select customer_id from badge_award where program_id = $1',
    [program.programId],
  );
  expect(badges.map((row) => row.customer_id).toSorted()).toEqual(customers.slice(0, 2).toSorted());
  await expectNoOffences(deps);
});
