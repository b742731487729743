import { expect, it } from 'vitest';

import { claimChallengePrize } from '#app/challenge/claim.ts';
import { publicId } from '#domain/ids.ts';

import { aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { aBadge } from '../support/badge.ts';
import { aChallenge, aStep } from '../support/challenge.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, asCustomer, asOwner, execute, testDeps } from '../support/program.ts';
import { publishSet } from '../support/rule-set.ts';
import { buy, moveTo } from '../support/season.ts';
import { aStreak } from '../support/streak.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const program = await aShop(deps, { mode: 'TEST' });
const [ann = '', bea = ''] = await someCustomers(deps, program, 2);
await moveTo(deps, program, '2026-03-15T08:00:00Z');
const purchase = (customerId: string) => buy(deps, program, [{ customerId, amount: 10, at: '2026-03-15T08:00:00Z' }]);
await publishSet(deps, program, {
  earningRules: [PURCHASE_RULE],
  badges: [
    aBadge({
      texts: { en: { name: 'Regular', description: '' }, de: { name: 'Stammkundin', description: '' } },
      levels: [{ code: 'bronze' }, { code: 'silver' }],
      criteria: [{ kind: 'COUNT', activityType: 'purchase', targets: ['2', '5'] }],
      points: 5,
    }),
  ],
  streaks: [aStreak({ prizes: [{ length: 4, repeats: true, points: 9 }] })],
  challenges: [
    aChallenge({
      steps: [
        aStep('buy', '2'),
        aStep('spend', '40', { measure: { kind: 'SUM', activityType: 'purchase', property: 'amount' } }),
      ],
      prize: { points: 70, claimDays: 9 },
    }),
    aChallenge({ code: 'together', goal: 'COMMUNITY', steps: [aStep('buy', '9')] }),
    aChallenge({ code: 'club', mustJoin: true }),
    aChallenge({ code: 'later', requires: ['shopper'] }),
  ],
});
await deps.catalogues.at(deps.reads, program.programId);

type Caller = Parameters<typeof execute>[1];
type Told = {
  text: string;
  trace?: { kind: string; item: string | null; valueSeen: string | null; needed: string | null }[];
};

async function explain(
  caller: Caller,
  id: string,
  locale: string | null = null,
  fields = 'text',
): Promise<Told | null> {
  const document = `query ($id: ID!, $locale: String) { explain(id: $id, locale: $locale) { ${fields} } }`;
  const { data, errors } = await execute<{ explain: Told | null }>(deps, caller, document, { id, locale });
  expect(errors).toBeUndefined();
  return data!.explain;
}

async function only(statement: string): Promise<string> {
  const rows = await deps.reads.query<{ id: string }>(statement);
  expect(rows).toHaveLength(1);
  return rows[0]!.id;
}

it('says what is missing of challenges, badges and prizes of streaks, nearest first', async () => {
  await purchase(ann);
  const { data } = await execute<{ me: { nextSteps: object[] } }>(
    deps,
    asCustomer(program, ann),
    '{ me { nextSteps(first: 9) { kind code needed missing unit share parts { code needed missing unit } } } }',
  );
  const part = (code: string, needed: string, missing: string, unit = 'activities') => ({
    code,
    needed,
    missing,
    unit,
  });
  expect(data?.me.nextSteps).toEqual([
    { ...{ kind: 'BADGE', code: 'regular', needed: '2', missing: '1', unit: 'activities', share: 0.5, parts: [] } },
    {
      ...{ kind: 'CHALLENGE', code: 'shopper', needed: '2', missing: '1.25', unit: 'steps', share: 0.625 },
      parts: [part('buy', '2', '1'), part('spend', '40', '30', 'amount')],
    },
    { ...{ kind: 'STREAK', code: 'daily', needed: '4', missing: '3', unit: 'periods', share: 0.75, parts: [] } },
    {
      ...{ kind: 'CHALLENGE', code: 'together', needed: '9', missing: '8', unit: 'activities', share: 8 / 9 },
      parts: [part('buy', '9', '8')],
    },
    {
      ...{ kind: 'CHALLENGE', code: 'club', needed: '3', missing: '3', unit: 'activities', share: 1 },
      parts: [part('buy', '3', '3')],
    },
  ]);
});

it('explains a try at a challenge, and its prize before and after it is claimed', async () => {
  const run = publicId('ChallengeRun', await only("select id from challenge_run where goal = 'PERSONAL'"));
  expect((await explain(asCustomer(program, ann), run))?.text).toBe(
    'For Shopper it still takes 1 × Purchase and 30 of amount by Purchase.',
  );
  expect(await explain(asCustomer(program, bea), run)).toBeNull();
  const shared = publicId('ChallengeRun', await only("select id from challenge_run where goal = 'COMMUNITY'"));
  expect((await explain(asCustomer(program, bea), shared, 'de-AT'))?.text).toBe('Für Shopper fehlt noch 8 × Purchase.');

  for (let bought = 1; bought < 4; bought += 1) await purchase(ann);
  const prizeId = await only('select id from challenge_prize');
  const prize = publicId('ChallengePrize', prizeId);
  expect((await explain(asCustomer(program, ann), prize))?.text).toBe(
    'You completed Shopper on 15 March 2026 at 08:00. It took 2 × Purchase and 40 of amount by Purchase. 70 Points wait for you until 25 March 2026.',
  );
  const input = { prizeId, ownerId: ann };
  await claimChallengePrize(deps, program.scope, aCommand('challengePrizeClaim', input), input);
  // What was decided is told by the rules of then.
  await publishSet(deps, program, {
    earningRules: [PURCHASE_RULE],
    badges: [aBadge({ criteria: [{ kind: 'COUNT', activityType: 'purchase', targets: ['99'] }] })],
    challenges: [aChallenge({ steps: [aStep('buy', '99')] })],
  });
  await deps.catalogues.at(deps.reads, program.programId);
  const fields = 'text trace { kind item valueSeen valueNeeded revision }';
  expect(await explain(asOwner(program), prize, 'de', fields)).toEqual({
    text: 'Sie haben Shopper am 15. März 2026 um 08:00 geschafft. Dafür brauchte es 2 × Purchase und 40 von amount durch Purchase. Dafür haben Sie 70 Points bekommen.',
    trace: [
      { kind: 'CHALLENGE', item: 'shopper', valueSeen: null, valueNeeded: null, revision: 2 },
      { kind: 'CONDITION', item: 'shopper', valueSeen: '2', valueNeeded: '2', revision: 2 },
      { kind: 'CONDITION', item: 'shopper', valueSeen: '40', valueNeeded: '40', revision: 2 },
      { kind: 'AWARD', item: 'shopper', valueSeen: '70', valueNeeded: null, revision: null },
    ],
  });
});

it('explains an award of a badge, and what the next level takes', async () => {
  const award = publicId('BadgeAward', await only('select id from badge_award'));
  expect((await explain(asCustomer(program, ann), award, 'de'))?.text).toMatch(
    /^Sie haben Stammkundin am 15\. März 2026 um 08:00 verdient\. Dafür brauchte es 2 × Purchase\. Dafür gab es 5 Punkte\./,
  );
  expect(await explain(asCustomer(program, bea), award)).toBeNull();
  const told = await explain(asOwner(program), award, 'en', 'text trace { kind item valueSeen valueNeeded }');
  expect(told?.text).toContain('For Regular you still need 95 × Purchase.');
  expect(told?.trace).toEqual([
    { kind: 'BADGE', item: 'regular', valueSeen: null, valueNeeded: null },
    { kind: 'CONDITION', item: 'regular', valueSeen: null, valueNeeded: '2' },
    { kind: 'CONDITION', item: 'regular', valueSeen: '4', valueNeeded: '99' },
  ]);
});
