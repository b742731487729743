import { claimChallengePrize } from '#app/challenge/claim.ts';
import { joinChallenge } from '#app/challenge/join.ts';
import { uuidOf } from '#domain/ids.ts';
import { readPrizes } from '#storage/challenge-prize-store.ts';

import { actingCustomer, askingCustomer } from './acting-customer.ts';
import { BalanceRef } from './balance.ts';
import { ChallengePrizeRef, ChallengeProgressRef } from './challenge-progress.ts';
import { programOf, scopeOf } from './context.ts';
import { present } from './ids.ts';
import { defineMutation } from './mutation.ts';

defineMutation('challengeJoin', {
  description:
    'Begins a customer’s try at a challenge that has to be joined: what occurs from now on counts. A customer’s own token joins for itself. Refused with STATE_CONFLICT where nobody has to join, the challenge is closed to the customer, a try is under way, or it is not repeated. Causes challenge.progressed.',
  permission: ['challenge:write', 'self:social'],
  isPublic: true,
  input: (t) => ({
    challenge: t.string({ required: true, description: 'Code of the challenge.' }),
    customerId: t.id({ description: 'Who, cus_…; a customer token may leave it out to mean its own.' }),
  }),
  run: ({ challenge, customerId }, context, command) => {
    const customer = actingCustomer(context, customerId, 'A customer token joins for its own customer only.');
    return joinChallenge(context.deps, scopeOf(context), command, { customer, challengeCode: challenge });
  },
  payload: (t) => ({
    challenges: t.field({
      type: [ChallengeProgressRef],
      description: 'How far the customer is with each live challenge now.',
      resolve: async ({ customerId }, _args, context) => [...(await context.loaders.challenges.load(customerId))],
    }),
  }),
});

defineMutation('challengePrizeClaim', {
  description:
    'Gives a customer the points of a prize that waits to be claimed. They are an adjustment: they can be spent, and do not count as earned. A customer’s own token claims its own. Refused with STATE_CONFLICT once it is given or too late. Causes challenge.prize_changed and balance.changed.',
  permission: ['challenge:write', 'self:redeem'],
  isPublic: true,
  input: (t) => ({ prizeId: t.id({ required: true, description: 'The prize, chp_….' }) }),
  run: ({ prizeId }, context, command) =>
    claimChallengePrize(context.deps, scopeOf(context), command, {
      prizeId: uuidOf('ChallengePrize', String(prizeId)),
      ownerId: askingCustomer(context),
    }),
  payload: (t) => ({
    prize: t.field({
      type: ChallengePrizeRef,
      description: 'The prize as it is now.',
      resolve: async ({ prizeId }, _args, context) =>
        present(
          readPrizes(context.deps.reads, programOf(context).programId, [prizeId]).then(([prize]) => prize ?? null),
        ),
    }),
    balance: t.field({
      type: BalanceRef,
      description: 'The customer’s balance of the prize’s currency now.',
      resolve: (it) => it.balance,
    }),
  }),
});
