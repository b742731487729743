import { afterAll, describe, expect, it } from 'vitest';

import { trackActivity } from '#app/activity/track.ts';
import { startRelay } from '#src/relay.ts';

import { aPurchase, aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aMilestone } from '../support/milestone.ts';
import { aCommand, asCustomer, testDeps, type TestProgram } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { publishSet } from '../support/rule-set.ts';
import { openStream } from '../support/stream.ts';

const { url } = await testDatabase();
const deps = testDeps(url, { redisUrl: (await ownRedis()).url });
const relay = startRelay(deps);
afterAll(() => relay.stop());

type Item = { step: object | null; milestones: { value: string; nextThreshold: string | null }[] };

const REACHED = `subscription { milestoneReached { step { code name period threshold points }
  milestones { value nextThreshold } } }`;

async function buy(program: TestProgram, customerId: string): Promise<void> {
  const report = aPurchase(customerId);
  await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
}

describe('milestoneReached', () => {
  it('begins with how far one is, then tells each threshold that is reached, and nothing of progress or of others', async () => {
    const program = await aShop(deps, {}, []);
    await publishSet(deps, program, {
      earningRules: [PURCHASE_RULE],
      milestones: [aMilestone({ thresholds: ['2', '3'] })],
    });
    await deps.catalogues.at(deps.reads, program.programId);
    const [me = '', other = ''] = await someCustomers(deps, program, 2);
    const stream = await openStream<Item>(deps, asCustomer(program, me), REACHED);
    expect(await stream.next()).toEqual({ step: null, milestones: [{ value: '0', nextThreshold: '2' }] });
    await buy(program, other);
    await buy(program, other);
    await buy(program, me);
    expect(await stream.next(300)).toBeNull();
    await buy(program, me);
    expect(await stream.next()).toEqual({
      step: { code: 'regular', name: 'Regular', period: 'all', threshold: '2', points: 100 },
      milestones: [{ value: '2', nextThreshold: '3' }],
    });
    await buy(program, me);
    expect(await stream.next()).toMatchObject({ step: { threshold: '3' }, milestones: [{ nextThreshold: null }] });
    await stream.close();
  });
});
