import { afterAll, describe, expect, it } from 'vitest';

import { trackActivity } from '#app/activity/track.ts';
import { publicId } from '#domain/ids.ts';
import type { ItemInput } from '#domain/rule-set/content.ts';
import { settleChallenges } from '#src/jobs/settle-challenges.ts';
import { startRelay } from '#src/relay.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { aChallenge, aStep } from '../support/challenge.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, asCustomer, asOwner, testDeps, type TestProgram } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { publishSet } from '../support/rule-set.ts';
import { openStream } from '../support/stream.ts';

const { url } = await testDatabase();
const redisServer = await ownRedis();
const deps = testDeps(url, { redisUrl: redisServer.url });
const relay = startRelay(deps);
afterAll(() => relay.stop());

async function aShopWith(...challenges: ItemInput<'challenges'>[]) {
  const program = await aShop(deps, {}, []);
  await publishSet(deps, program, { challenges });
  // Readers may be a moment behind a publication; these shall not be.
  await deps.catalogues.at(deps.reads, program.programId);
  return { program, customers: await someCustomers(deps, program, 3) };
}

async function buy(program: TestProgram, customerId: string): Promise<void> {
  const report = aPurchase(customerId);
  await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
}

type Item = {
  cursor: string;
  isSnapshot: boolean;
  isCompleted: boolean;
  prize: { state: string; points: string } | null;
  challenges: { steps: { amount: string }[] }[];
};
const CHANGES = `subscription ($id: ID, $after: String) { challengeChanged(customerId: $id, after: $after) {
  cursor isSnapshot isCompleted prize { state points } challenges { steps { amount } } } }`;
const said = ({ isSnapshot, isCompleted, prize, challenges }: Item) =>
  [
    isSnapshot ? 'snapshot' : prize === null ? 'progress' : `prize ${prize.state}`,
    isCompleted,
    challenges.length,
  ] as const;

describe('challengeChanged', () => {
  it('tells each step further and the prize, in order, and on from a cursor without a gap', async () => {
    const { program, customers } = await aShopWith(
      aChallenge({ steps: [aStep('buy', '2')], prize: { points: 5, claimDays: 1 } }),
    );
    const [customer = '', other = ''] = customers;
    const stream = await openStream<Item>(deps, asCustomer(program, customer), CHANGES);
    const first = await stream.next();
    expect(said(first!)).toEqual(['snapshot', false, 1]);
    await buy(program, other);
    await buy(program, customer);
    const second = await stream.next();
    expect(said(second!)).toEqual(['progress', false, 1]);
    await stream.close();
    await buy(program, customer);
    const again = await openStream<Item>(deps, asCustomer(program, customer), CHANGES, { after: second!.cursor });
    expect(said((await again.next())!)).toEqual(['progress', true, 1]);
    expect(said((await again.next())!)).toEqual(['prize CLAIMABLE', false, 0]);
    expect(await again.next(300)).toBeNull();
    await again.close();
    await expect(
      openStream<Item>(deps, asCustomer(program, customer), CHANGES, { id: publicId('Customer', other) }),
    ).rejects.toThrow('There is no such customer.');
  });

  it('tells contributors and bystanders of the prize of a shared goal', async () => {
    const { program, customers } = await aShopWith(
      aChallenge({ goal: 'COMMUNITY', steps: [aStep('buy', '1')], prize: { points: 9, bystanderPoints: 3 } }),
    );
    const [customer = '', bystander = ''] = customers;
    const stream = await openStream<Item>(deps, asCustomer(program, bystander), CHANGES);
    await stream.next();
    await buy(program, customer);
    await settleChallenges(deps);
    expect((await stream.next())?.prize).toEqual({ state: 'GIVEN', points: 3 });
    await stream.close();
  });
});

type Goal = { run: { state: string } | null; steps: { amount: string }[]; contributors: number };
const GOAL = `subscription ($code: String!, $teamId: ID) { challengeGoalMoved(challenge: $code, teamId: $teamId) {
  run { state } steps { amount } contributors } }`;

describe('challengeGoalMoved', () => {
  it('shows everybody where a shared goal is, whoever moves it', async () => {
    const { program, customers } = await aShopWith(aChallenge({ goal: 'COMMUNITY', steps: [aStep('buy', '3')] }));
    const stream = await openStream<Goal>(deps, asCustomer(program, customers[2]!), GOAL, { code: 'shopper' });
    expect(await stream.next()).toEqual({ run: null, steps: [{ amount: '0' }], contributors: 0 });
    await buy(program, customers[0]!);
    await buy(program, customers[1]!);
    const last = await stream.until(({ steps }) => steps[0]?.amount === '2');
    expect(last).toMatchObject({ run: { state: 'RUNNING' }, contributors: 2 });
    await buy(program, customers[0]!);
    expect(await stream.until(({ run }) => run?.state === 'COMPLETED')).toMatchObject({ steps: [{ amount: '3' }] });
    await stream.close();
  });

  it('refuses a challenge that nobody shares, and a team that is not there', async () => {
    const { program } = await aShopWith(aChallenge(), aChallenge({ code: 'ours', goal: 'TEAM' }));
    const open = (code: string, teamId: string | null = null) =>
      openStream<Goal>(deps, asOwner(program), GOAL, { code, teamId });
    await expect(open('shopper')).rejects.toThrow('There is no such shared goal.');
    await expect(open('ours')).rejects.toThrow('needs a teamId');
    await expect(open('ours', publicId('Team', deps.newId()))).rejects.toThrow('There is no such team.');
  });
});
