import { afterAll, expect, test } from 'vitest';

import { publicId } from '#domain/ids.ts';
import { startRelay } from '#src/relay.ts';

import { testDatabase } from '../support/database.ts';
import { aDraw, play, withTickets } from '../support/draw.ts';
import { aCustomer, earn } from '../support/ledger.ts';
import { aProgram, asCustomer, testDeps } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { publishSet } from '../support/rule-set.ts';
import { openStream } from '../support/stream.ts';

const { url } = await testDatabase();
const redis = await ownRedis();
const deps = testDeps(url, { redisUrl: redis.url });
const winning = withTickets(deps, () => 0);
const relay = startRelay(deps);
afterAll(() => relay.stop());

type Item = { isSnapshot: boolean; plays: { id: string; outcome: { code: string }; points: number }[] };

test('drawPlayed begins with the newest plays, the oldest first, then tells each play, and nobody else’s', async () => {
  const program = await aProgram(deps);
  await publishSet(deps, program, { draws: [aDraw()] });
  const [ann, bob] = [await aCustomer(deps, program), await aCustomer(deps, program)];
  for (const id of [ann, bob]) await earn(deps, program, id, 100);
  const idOf = async (customer: string): Promise<string> =>
    publicId('DrawPlay', (await play(winning, program, customer)).playId);
  const [first, second] = [await idOf(ann), await idOf(ann)];
  const stream = await openStream<Item>(
    deps,
    asCustomer(program, ann),
    'subscription { drawPlayed { isSnapshot plays { id outcome { code } points } } }',
  );
  const won = (id: string) => ({ id, outcome: { code: 'win' }, points: 50 });
  expect(await stream.next()).toEqual({ isSnapshot: true, plays: [won(first), won(second)] });
  await idOf(bob);
  const third = await idOf(ann);
  const item = await stream.until(({ isSnapshot }) => !isSnapshot);
  expect(item).toEqual({ isSnapshot: false, plays: [won(third)] });
  await stream.close();
});
