// A program with one of each noun that has an id, made through the API as its tenant would.
import { randomUUID } from 'node:crypto';

import { createTeam } from '#app/team/create.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import type { Deps } from '#src/deps.ts';

import { aShop, PURCHASE_RULE } from '../support/activity.ts';
import { aBadge } from '../support/badge.ts';
import { aChallenge, aStep } from '../support/challenge.ts';
import { aDraw } from '../support/draw.ts';
import { dataOf } from '../support/graph-client.ts';
import { aLeaderboard } from '../support/leaderboard.ts';
import { aCommand, aKey, type TestProgram } from '../support/program.ts';
import { redeem, redemptionOf } from '../support/redemption.ts';
import { aReward } from '../support/reward.ts';
import { publishSet } from '../support/rule-set.ts';
import { aStreak } from '../support/streak.ts';

/** The public id of one of each. */
export type Furniture = {
  Customer: string;
  Account: string;
  Activity: string;
  ActivityReversal: string;
  Hold: string;
  Lot: string;
  LedgerTransaction: string;
  Leaderboard: string;
  Reward: string;
  Redemption: string;
  ApiKey: string;
  PointCurrency: string;
  Program: string;
  Team: string;
  BadgeAward: string;
  ChallengePrize: string;
};

/** With the id of a board that has seasons as `monthlyBoard`. */
export type Furnished = { program: TestProgram; ids: Furniture; customerExternalId: string; monthlyBoard: string };

const FURNISH = `mutation (
  $customer: CustomerUpsertInput!, $account: AccountUpsertInput!, $activity: ActivityTrackInput!, $returned: ActivityTrackInput!
  $reversal: ActivityReverseInput!, $hold: PointsHoldInput!
) {
  accountUpsert(input: $account) { ... on AccountUpsertPayload { account { id } } }
  customerUpsert(input: $customer) { ... on CustomerUpsertPayload { customer { id } } }
  activityTrack(input: $activity) { ... on ActivityTrackPayload { activity { id } effects { ... on PointsEarned { transactionId } } } }
  returned: activityTrack(input: $returned) { ... on ActivityTrackPayload { activity { id } } }
  activityReverse(input: $reversal) { ... on ActivityReversePayload { pointsReversed } }
  pointsHold(input: $hold) { ... on PointsHoldPayload { hold { id } } }
}`;

type Made = {
  accountUpsert: { account: { id: string } };
  customerUpsert: { customer: { id: string } };
  activityTrack: { activity: { id: string }; effects: { transactionId: string }[] };
  pointsHold: { hold: { id: string } };
};

export async function aFurnishedProgram(deps: Deps, url: string): Promise<Furnished> {
  const program = await aShop(deps, { policies: { lateActivityDays: 365 } });
  // A reward that costs nothing, and a prize that waits, so that balances are what activities make them.
  await publishSet(deps, program, {
    earningRules: [PURCHASE_RULE],
    rewards: [aReward({ points: 0 })],
    draws: [aDraw()],
    badges: [aBadge({ criteria: [{ kind: 'COUNT', activityType: 'purchase', targets: ['1'] }] })],
    streaks: [aStreak({ pauseDaysMax: 30 })],
    challenges: [
      aChallenge({ code: 'patient', steps: [aStep('buy', '1')], prize: { points: 100, claimDays: 99 } }),
      aChallenge({ code: 'club', mustJoin: true }),
    ],
  });
  const board = await aLeaderboard(deps, program);
  const monthly = await aLeaderboard(deps, program, { period: 'MONTH' });
  const { keyId } = await aKey(deps, program, 'DATA_ANALYST');
  const customerExternalId = 'Ann';
  const purchase = (messageId: string, amount: string) => ({
    idempotencyKey: randomUUID(),
    type: 'purchase',
    customerExternalId,
    messageId,
    properties: { amount },
  });
  const made = await dataOf<Made>(url, program.ownerSecret, FURNISH, {
    account: { idempotencyKey: randomUUID(), externalId: 'acme' },
    customer: { idempotencyKey: randomUUID(), externalId: customerExternalId, accountExternalId: 'acme', enrol: true },
    activity: purchase('kept', '100'),
    returned: purchase('returned', '7'),
    reversal: { idempotencyKey: randomUUID(), messageId: 'returned' },
    hold: { idempotencyKey: randomUUID(), customerExternalId, amount: 10 },
  });
  const customerId = uuidOf('Customer', made.customerUpsert.customer.id)!;
  const us = { captain: { id: customerId, externalId: null }, name: 'We', joining: 'OPEN' as const, sizeMax: 5 };
  const { teamId } = await createTeam(deps, program.scope, aCommand('teamCreate', us), us);
  const { redemptionId } = await redeem(deps, program, customerId);
  const { rewardId } = await redemptionOf(deps, program, redemptionId);
  const [lot] = await deps.reads.query<{ id: string }>('select id from lot where program_id = $1', [program.programId]);
  const [reversal] = await deps.reads.query<{ id: string }>('select id from activity_reversal where program_id = $1', [
    program.programId,
  ]);
  const [award] = await deps.reads.query<{ id: string }>('select id from badge_award where program_id = $1', [
    program.programId,
  ]);
  const [prize] = await deps.reads.query<{ id: string }>('select id from challenge_prize where program_id = $1', [
    program.programId,
  ]);
  return {
    program,
    customerExternalId,
    monthlyBoard: monthly.publicId,
    ids: {
      Customer: made.customerUpsert.customer.id,
      Account: made.accountUpsert.account.id,
      Activity: made.activityTrack.activity.id,
      ActivityReversal: publicId('ActivityReversal', reversal!.id),
      Hold: made.pointsHold.hold.id,
      Lot: publicId('Lot', lot!.id),
      LedgerTransaction: made.activityTrack.effects[0]!.transactionId,
      Leaderboard: board.publicId,
      Reward: publicId('Reward', rewardId),
      Redemption: publicId('Redemption', redemptionId),
      ApiKey: publicId('ApiKey', keyId),
      PointCurrency: publicId('PointCurrency', program.currencyId),
      Program: program.publicId,
      Team: publicId('Team', teamId),
      BadgeAward: publicId('BadgeAward', award!.id),
      ChallengePrize: publicId('ChallengePrize', prize!.id),
    },
  };
}
