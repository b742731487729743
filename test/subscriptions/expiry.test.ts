import { afterAll, expect, it } from 'vitest';

import { updatePointCurrencyDetails } from '#app/point-currency/update.ts';
import { publicId } from '#domain/ids.ts';
import { runSendExpiryNotices } from '#src/jobs/send-expiry-notices.ts';
import { startRelay } from '#src/relay.ts';

import { testDatabase } from '../support/database.ts';
import { aCustomer, earn } from '../support/ledger.ts';
import { aCommand, aProgram, asCustomer, asOwner, execute, testDeps } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { openStream } from '../support/stream.ts';

const { url } = await testDatabase();
const redisServer = await ownRedis();
let now = new Date('2026-03-02T10:00:00Z');
const deps = testDeps(url, { redisUrl: redisServer.url, clock: () => now });
const relay = startRelay(deps);
afterAll(() => relay.stop());

type Item = { isSnapshot: boolean; cursor: string; notices: { points: number; expiresOn: string }[] };

const EXPIRING = `subscription ($id: ID, $after: String) { pointsExpiring(customerId: $id, after: $after) {
  isSnapshot cursor notices { points expiresOn expiresAt daysBefore currency { code } } } }`;

it('pointsExpiring begins with what is ahead, tells each notice once, and leads on behind a cursor', async () => {
  const program = await aProgram(deps);
  const input = { currencyId: program.currencyId, expiryNoticeDays: [3, 10] };
  await updatePointCurrencyDetails(deps, program.scope, aCommand('pointCurrencyUpdate', input), input);
  await runSendExpiryNotices(deps);
  const customerId = await aCustomer(deps, program);
  const somebody = await aCustomer(deps, program);
  for (const one of [customerId, somebody])
    await earn(deps, program, one, 40, { expiresAt: new Date('2026-03-20T00:00:00Z') });

  const stream = await openStream<Item>(deps, asCustomer(program, customerId), EXPIRING);
  expect(await stream.next()).toMatchObject({ isSnapshot: true, notices: [] });
  now = new Date('2026-03-09T10:00:00Z');
  await runSendExpiryNotices(deps);
  const first = await stream.next();
  expect(first).toEqual({
    isSnapshot: false,
    cursor: expect.any(String),
    notices: [
      {
        ...{ points: 40, expiresOn: '2026-03-19', expiresAt: '2026-03-20T00:00:00.000Z', daysBefore: 10 },
        currency: { code: 'points' },
      },
    ],
  });
  await runSendExpiryNotices(deps);
  expect(await stream.next(300)).toBeNull();
  await stream.close();

  now = new Date('2026-03-16T10:00:00Z');
  await runSendExpiryNotices(deps);
  const again = await openStream<Item>(deps, asOwner(program), EXPIRING, {
    id: publicId('Customer', customerId),
    after: first?.cursor,
  });
  expect(await again.next()).toMatchObject({ isSnapshot: false, notices: [{ daysBefore: 3, points: 40 }] });
  await again.close();
  const told = await execute(
    deps,
    asCustomer(program, customerId),
    'query ($id: ID!) { node(id: $id) { ... on Customer { expiryNotices { daysBefore } } } }',
    { id: publicId('Customer', customerId) },
  );
  expect(told.data).toEqual({ node: { expiryNotices: [{ daysBefore: 10 }, { daysBefore: 3 }] } });
  await expect(
    openStream<Item>(deps, asCustomer(program, somebody), EXPIRING, { id: publicId('Customer', customerId) }),
  ).rejects.toThrow('There is no such customer.');
});
