import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { readDraws, readDrawsOf } from '#app/draw/read.ts';
import { explainById } from '#app/explanation/explain.ts';
import { createTurns } from '#app/ledger/turns.ts';
import { importRewardCodes } from '#app/reward/import-codes.ts';
import { publicId } from '#domain/ids.ts';
import type { Deps } from '#src/deps.ts';
import { DRAW_CHECKS } from '#src/jobs/invariants/draw-checks.ts';

import { brokenBy } from '../../support/broken.ts';
import { testDatabase } from '../../support/database.ts';
import { aDraw, play, played, refusalsOfPlay, withTickets, type DrawGiven } from '../../support/draw.ts';
import { aCustomer, balanceNow, earn, expectNoOffences } from '../../support/ledger.ts';
import { aCommand, aProgram, testDeps, type TestProgram } from '../../support/program.ts';
import { redemptionOf } from '../../support/redemption.ts';
import { aReward, type RewardGiven } from '../../support/reward.ts';
import { publishSet } from '../../support/rule-set.ts';

const { url } = await testDatabase();
let now = new Date('2026-11-22T12:00:00Z');
const clock = () => now;
const deps = testDeps(url, { clock });
/** Draws the ticket that a test puts here. */
let ticket = 0;
const chosen = withTickets(deps, () => ticket);

const MUG: RewardGiven = { points: 500 };
const WINS_MUG: DrawGiven = {
  price: { points: 10, currency: null },
  outcomes: [{ code: 'mug', prize: { kind: 'REWARD', reward: 'mug' }, cost: 300 }, { code: 'blank' }],
};

async function aFair(given: DrawGiven = {}, ...rewards: RewardGiven[]): Promise<{ program: TestProgram; ann: string }> {
  const program = await aProgram(deps);
  await publishSet(deps, program, { rewards: rewards.map((one) => aReward(one)), draws: [aDraw(given)] });
  const ann = await aCustomer(deps, program);
  await earn(deps, program, ann, 100);
  return { program, ann };
}

const available = async (program: TestProgram, id: string) => (await balanceNow(deps, program, id)).available;

describe('a play', () => {
  test('takes its price and gives points that can be spent, in one transaction with its record', async () => {
    const { program, ann } = await aFair();
    ticket = 0;
    const row = await played(chosen, program, ann);
    expect(row).toMatchObject({
      ...{ drawn: 'win', given: 'win', usedUp: null, ticket: 0, tickets: 10, revision: 1 },
      ...{ cost: 10, points: 50, isFree: false, redemptionId: null, playedAt: now },
    });
    expect(await available(program, ann)).toBe(140);
    ticket = 1;
    expect(await played(chosen, program, ann)).toMatchObject({ given: 'blank', cost: 10, points: 0 });
    expect(await available(program, ann)).toBe(130);
    await expectNoOffences(deps);
  });

  test('gives a reward of the catalogue without its price, by its stock and its codes', async () => {
    const { program, ann } = await aFair(WINS_MUG, { ...MUG, stock: 2, fulfilment: { kind: 'CODE_POOL' } });
    const input = { rewardCode: 'mug', codes: ['FIRST'] };
    await importRewardCodes(deps, program.scope, aCommand('rewardCodesImport', input), input);
    ticket = 0;
    const { redemptionId, cost } = await played(chosen, program, ann);
    expect(cost).toBe(10);
    expect(await redemptionOf(deps, program, redemptionId ?? '')).toMatchObject({
      ...{ customerId: ann, state: 'ISSUED', points: 0, code: 'FIRST' },
    });
    // The pool is empty now, and so there is nothing left to be won.
    expect(await refusalsOfPlay(play(chosen, program, ann))).toEqual(['NOTHING_LEFT']);
    expect(await available(program, ann)).toBe(90);
    await expectNoOffences(deps);
  });

  test('under the same key is the same one, whatever the next ticket would be', async () => {
    const { program, ann } = await aFair();
    ticket = 0;
    const first = await play(chosen, program, ann, 'once');
    ticket = 9;
    expect(await play(chosen, program, ann, 'once')).toEqual({ ...first, replayed: true });
    expect(await available(program, ann)).toBe(140);
  });

  test('that is refused has cost nothing and left nothing', async () => {
    const { program, ann } = await aFair({ price: { points: 101, currency: null } });
    expect(await refusalsOfPlay(play(deps, program, ann))).toEqual(['INSUFFICIENT_POINTS']);
    const guest = await aCustomer(deps, program, 'INVITED');
    expect(await refusalsOfPlay(play(deps, program, guest))).toEqual(['NOT_ENROLLED', 'INSUFFICIENT_POINTS']);
    await expect(play(deps, program, ann, 'k', 'none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const rows = await deps.reads.query('select from draw_tally where program_id = $1', [program.programId]);
    expect(rows).toEqual([]);
    expect(await available(program, ann)).toBe(100);
  });

  test('whose prize is used up with nothing in its place costs nothing, and the next outcome is won', async () => {
    const { program, ann } = await aFair({
      outcomes: [
        { code: 'once', prize: { kind: 'POINTS', points: 5 }, limits: [{ of: 'CUSTOMER', per: 'DAY', times: 1 }] },
        { code: 'more', prize: { kind: 'POINTS', points: 7 } },
        { code: 'blank' },
      ],
    });
    ticket = 0;
    expect(await played(chosen, program, ann)).toMatchObject({ given: 'once', cost: 10 });
    expect(await played(chosen, program, ann)).toMatchObject({
      drawn: 'once',
      given: 'blank',
      usedUp: 'LIMIT',
      cost: 0,
    });
    ticket = 1;
    expect(await played(chosen, program, ann)).toMatchObject({ given: 'more', points: 7, cost: 10 });
    const [own] = (await readDrawsOf(deps, program.programId, [ann]))[0] ?? [];
    expect(own?.odds.map((odds) => odds.now)).toEqual([0, 1, 2]);
    // For anybody else nothing is used up.
    const [open] = await readDraws(deps, program.programId);
    expect(open?.odds.map((odds) => odds.now)).toEqual([1, 1, 1]);
    now = new Date('2026-11-23T12:00:00Z');
    ticket = 0;
    expect(await played(chosen, program, ann)).toMatchObject({ given: 'once', usedUp: null });
    await expectNoOffences(deps);
  });

  test('is free as often as it says a day, then costs, and is limited with all others', async () => {
    const { program, ann } = await aFair({
      freePlays: { per: 'DAY', times: 2 },
      limits: [{ of: 'EVERYBODY', per: 'WEEK', times: 4 }],
    });
    ticket = 9;
    const costs = [];
    for (let n = 0; n < 4; n += 1) costs.push((await played(chosen, program, ann)).cost);
    expect(costs).toEqual([0, 0, 10, 10]);
    expect(await refusalsOfPlay(play(chosen, program, ann))).toEqual(['TOTAL_LIMIT']);
    const [own] = (await readDrawsOf(deps, program.programId, [ann]))[0] ?? [];
    expect(own?.decision).toMatchObject({ points: 10, freeLeft: 0, refusals: [{ code: 'TOTAL_LIMIT', used: 4 }] });
    await expectNoOffences(deps);
  });

  test('is decided by what is live once the draw is locked', async () => {
    const { program, ann } = await aFair(WINS_MUG, { ...MUG, stock: 1 });
    await publishSet(deps, program, { rewards: [aReward({ ...MUG, paused: true })], draws: [aDraw(WINS_MUG)] });
    expect(await refusalsOfPlay(play(deps, program, ann))).toEqual(['NOTHING_LEFT']);
  });

  test('is explained to its customer and to nobody else’s', async () => {
    const { program, ann } = await aFair();
    ticket = 0;
    const { id } = await played(chosen, program, ann);
    const explain = (customerId: string | null, may: boolean) =>
      explainById(deps, program.programId, publicId('DrawPlay', id), { customerId, may: () => may }, 'de');
    const told = await explain(ann, true);
    expect(told?.text).toBe('Ihr Los war die Nummer 1 von 10. Ergebnis: The win.');
    expect(told?.trace[0]).toMatchObject({ kind: 'DRAW', seen: '0', needed: '0 to 0', revision: 1 });
    expect(await explain(await aCustomer(deps, program), false)).toBeNull();
  });
});

test('tickets are whole numbers of the whole range, and none beyond it', () => {
  const drawn = new Set(Array.from({ length: 1_000 }, () => deps.chance(3)));
  expect(drawn).toEqual(new Set([0, 1, 2]));
});

describe('many plays at once', () => {
  // Each takes turns of its own, as processes do.
  const processes = Array.from({ length: 8 }, () => ({ ...deps, turns: createTurns() }));
  /** As a caller does: what did not get its turn in time is sent again under the same key. */
  const persist = async (own: Deps, program: TestProgram, customer: string, key: string): Promise<unknown> => {
    for (;;) {
      const reply = await play(own, program, customer, key).catch((error: unknown) => error);
      const { code } = reply as { code?: string };
      if (code === 'UNAVAILABLE' || code === 'IDEMPOTENCY_IN_PROGRESS') continue;
      if (code !== undefined) throw reply;
      return reply;
    }
  };
  const rush = (program: TestProgram, ids: readonly string[], plays: number, chance: (below: number) => number) =>
    Promise.allSettled(
      Array.from({ length: plays }, (_, n) =>
        persist(
          withTickets(processes[n % processes.length] ?? deps, chance),
          program,
          ids[n % ids.length] ?? '',
          `play ${n}`,
        ),
      ),
    );
  const sums = async (program: TestProgram) =>
    (
      await deps.reads.query<Record<string, number>>(
        `select count(*) as plays, count(redemption_id) as rewards, sum(points)::bigint as points, sum(money)::bigint as money, sum(cost)::bigint as cost
         from draw_play where program_id = $1`,
        [program.programId],
      )
    )[0];
  const someCustomers = async (program: TestProgram): Promise<string[]> => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => aCustomer(deps, program)));
    for (const id of ids) await earn(deps, program, id, 1_000);
    return ids;
  };

  test('by 200 for the last 10 prizes give exactly 10, and whoever gets nothing pays nothing', async () => {
    const { program } = await aFair(WINS_MUG, { ...MUG, stock: 10 });
    const ids = await someCustomers(program);
    const replies = await rush(program, ids, 200, () => 0);
    const lost = replies.flatMap((reply): unknown[] => (reply.status === 'rejected' ? [reply.reason] : []));
    for (const refused of lost) expect(refused).toMatchObject({ code: 'NOTHING_LEFT' });
    expect([replies.length - lost.length, lost.length]).toEqual([10, 190]);
    expect(await sums(program)).toEqual({ plays: 10, rewards: 10, points: 0, money: 3_000, cost: 100 });
    const [{ issued }] = (await deps.reads.query('select issued from reward_stock where program_id = $1', [
      program.programId,
    ])) as [{ issued: number }];
    expect(issued).toBe(10);
    await expectNoOffences(deps);
  });

  test('stay within the budgets of points and money, and within the limits of each outcome', async () => {
    // Without a reward nothing but the draw’s own lock keeps the plays apart.
    const { program } = await aFair({
      outcomes: [
        { code: 'gift', prize: { kind: 'POINTS', points: 1 }, cost: 300 },
        { code: 'few', prize: { kind: 'POINTS', points: 30 }, limits: [{ of: 'EVERYBODY', per: 'MONTH', times: 3 }] },
        { code: 'many', prize: { kind: 'POINTS', points: 40 }, weight: 8 },
        { code: 'blank', weight: 10 },
      ],
      budget: { per: 'DAY', points: 300, money: 1_000 },
    });
    const ids = await someCustomers(program);
    let next = 0;
    const replies = await rush(program, ids, 80, () => (next += 1) % 3);
    const after = await sums(program);
    expect(after).toMatchObject({ money: 900 });
    expect(after?.['points']).toBeLessThanOrEqual(300);
    expect(after?.['points']).toBeGreaterThan(300 - 40);
    const given = await deps.reads.query<{ plays: number }>(
      "select plays from draw_tally where program_id = $1 and outcome = 'few' and period = 'all'",
      [program.programId],
    );
    expect(given).toEqual([{ plays: 3 }]);
    expect(replies.filter(({ status }) => status === 'fulfilled')).toHaveLength(after?.['plays'] ?? -1);
    const paid = await Promise.all(ids.map((id) => available(program, id)));
    expect(paid.reduce((sum, points) => sum + points, 0)).toBe(
      20_000 - (after?.['cost'] ?? 0) + (after?.['points'] ?? 0),
    );
    await expectNoOffences(deps);
    // PostgreSQL tells of deadlocks a second after they were broken.
    await sleep(1_200);
    const [{ deadlocks }] = (await deps.reads.query(
      'select deadlocks from pg_stat_database where datname = current_database()',
    )) as [{ deadlocks: number }];
    expect(deadlocks).toBe(0);
  });
});

describe('the invariants', () => {
  const FREE = 'alter table draw_play disable trigger draw_play_append_only;';
  const breaks: [string, string, string[]][] = [
    [
      'what is counted of a draw',
      "update draw_tally set plays = plays + 1 where period = '2026'",
      ['draws-are-tallied'],
    ],
    ['a ticket', `${FREE} update draw_play set ticket = 9 where drawn = 'win'`, ['draw-tickets-fell-there']],
    [
      'what a play cost',
      `${FREE} update draw_play set cost = cost + 1 where cost > 0`,
      ['draw-plays-move-points-once'],
    ],
    [
      'whose payment it was',
      `${FREE} update draw_play set payment_id = transaction_id where cost > 0 and points > 0`,
      ['draw-payments-are-plays', 'draw-plays-move-points-once'],
    ],
  ];

  test.each(breaks)('notice a change of %s', async (_what, statement, broken) => {
    now = new Date('2026-11-22T12:00:00Z');
    const { program, ann } = await aFair();
    ticket = 0;
    await played(chosen, program, ann);
    expect(await brokenBy(deps, program.programId, statement)).toEqual(broken);
  });

  test('are each seen to fail, and plays cannot be rewritten', async () => {
    const seen = new Set(breaks.flatMap(([, , broken]) => broken));
    expect(DRAW_CHECKS.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
    await expect(deps.reads.query('update draw_play set ticket = 1')).rejects.toMatchObject({ code: '23001' });
    await expect(deps.reads.query('delete from draw_play')).rejects.toMatchObject({ code: '23001' });
  });
});
