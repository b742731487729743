import { afterAll, describe, expect, it } from 'vitest';

import { trackActivity } from '#app/activity/track.ts';
import { publicId } from '#domain/ids.ts';
import { startRelay } from '#src/relay.ts';

import { aPurchase, aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, asCustomer, asOwner, testDeps, type TestProgram } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { publishSet } from '../support/rule-set.ts';
import { openStream } from '../support/stream.ts';
import { aLadder } from '../support/tier.ts';

const { url } = await testDatabase();
const redisServer = await ownRedis();
const deps = testDeps(url, { redisUrl: redisServer.url });
const relay = startRelay(deps);
afterAll(() => relay.stop());

type Item = {
  isSnapshot: boolean;
  step: { from: string; to: string } | null;
  tiers: { tier: { code: string }; progress: string }[];
};

const TIERS =
  'subscription ($id: ID) { tierChanged(customerId: $id) { isSnapshot step { from to } tiers { tier { code } progress } } }';

async function buy(program: TestProgram, customerId: string, amount: string): Promise<void> {
  const report = aPurchase(customerId, { properties: { amount } });
  await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
}

describe('tierChanged', () => {
  it('begins with every ladder, then tells each tier that changes, and nothing of progress alone', async () => {
    const program = await aShop(deps, {}, []);
    await publishSet(deps, program, { earningRules: [PURCHASE_RULE], ladders: [aLadder()] });
    const [customer = ''] = await someCustomers(deps, program, 1);
    const stream = await openStream<Item>(deps, asCustomer(program, customer), TIERS);
    expect(await stream.next()).toEqual({
      isSnapshot: true,
      step: null,
      tiers: [{ tier: { code: 'bronze' }, progress: '0' }],
    });
    await buy(program, customer, '900');
    expect(await stream.next(300)).toBeNull();
    await buy(program, customer, '100');
    expect(await stream.next()).toEqual({
      isSnapshot: false,
      step: { from: 'bronze', to: 'silver' },
      tiers: [{ tier: { code: 'silver' }, progress: '1000' }],
    });
    await stream.close();
  });

  it('tells nothing of somebody else', async () => {
    const program = await aShop(deps, {}, []);
    await publishSet(deps, program, { earningRules: [PURCHASE_RULE], ladders: [aLadder()] });
    const [one = '', two = ''] = await someCustomers(deps, program, 2);
    const stream = await openStream<Item>(deps, asOwner(program), TIERS, { id: publicId('Customer', one) });
    await stream.next();
    await buy(program, two, '5000');
    expect(await stream.next(300)).toBeNull();
    await stream.close();
    await expect(
      openStream<Item>(deps, asCustomer(program, one), TIERS, { id: publicId('Customer', two) }),
    ).rejects.toThrow('There is no such customer.');
  });
});
