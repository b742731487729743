import { afterAll, expect, test } from 'vitest';

import { publicId } from '#domain/ids.ts';
import { startRelay } from '#src/relay.ts';

import { testDatabase } from '../support/database.ts';
import { aCustomer, earn } from '../support/ledger.ts';
import { aProgram, asCustomer, asOwner, testDeps } from '../support/program.ts';
import { move, redeem } from '../support/redemption.ts';
import { ownRedis } from '../support/redis.ts';
import { aReward } from '../support/reward.ts';
import { publishSet } from '../support/rule-set.ts';
import { openStream } from '../support/stream.ts';

const { url } = await testDatabase();
const redis = await ownRedis();
const deps = testDeps(url, { redisUrl: redis.url });
const relay = startRelay(deps);
afterAll(() => relay.stop());

type Item = { isSnapshot: boolean; redemptions: { id: string; state: string; version: number }[] };
const DOCUMENT =
  'subscription ($id: ID) { redemptionChanged(customerId: $id) { isSnapshot redemptions { id state version } } }';

const program = await aProgram(deps);
await publishSet(deps, program, { rewards: [aReward({ points: 1 })] });
const customer = await aCustomer(deps, program);
const other = await aCustomer(deps, program);
for (const id of [customer, other]) await earn(deps, program, id, 100);

test('redemptionChanged begins with what is open, then tells each change, and nobody else’s', async () => {
  const open = await redeem(deps, program, customer, 'mug', { mode: 'RESERVE' });
  const done = await redeem(deps, program, customer);
  await move(deps, program, 'use', done.redemptionId);
  const streams = [
    await openStream<Item>(deps, asCustomer(program, customer), DOCUMENT),
    await openStream<Item>(deps, asOwner(program), DOCUMENT, { id: publicId('Customer', customer) }),
  ];
  const id = publicId('Redemption', open.redemptionId);
  for (const stream of streams)
    expect(await stream.next()).toEqual({ isSnapshot: true, redemptions: [{ id, state: 'RESERVED', version: 1 }] });
  const theirs = await redeem(deps, program, other);
  await move(deps, program, 'issue', open.redemptionId);
  const isIt = (state: string) => (item: Item) =>
    item.redemptions.some((redemption) => redemption.id === id && redemption.state === state);
  for (const stream of streams) await stream.until(isIt('ISSUED'));
  await move(deps, program, 'use', open.redemptionId);
  for (const stream of streams) {
    const { redemptions } = await stream.until(isIt('USED'));
    expect(redemptions).toContainEqual({ id, state: 'USED', version: 3 });
    expect(redemptions.map((one) => one.id)).not.toContain(publicId('Redemption', theirs.redemptionId));
    await stream.close();
  }
});

test('redemptionChanged tells what was opened and closed while the reader was slow', async () => {
  const stream = await openStream<Item>(deps, asCustomer(program, other), DOCUMENT);
  expect(await stream.next()).toMatchObject({ isSnapshot: true });
  const { redemptionId } = await redeem(deps, program, other);
  await move(deps, program, 'cancel', redemptionId);
  const item = await stream.until(({ redemptions }) => redemptions.some(({ state }) => state === 'CANCELLED'));
  expect(item.redemptions).toContainEqual({
    id: publicId('Redemption', redemptionId),
    state: 'CANCELLED',
    version: 2,
  });
  await stream.close();
});
