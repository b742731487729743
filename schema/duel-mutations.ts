import { acceptDuel, declineDuel, withdrawDuel } from '#app/duel/answer.ts';
import { startDuel } from '#app/duel/start.ts';
import { uuidOf } from '#domain/ids.ts';
import { readDuels } from '#storage/duel-store.ts';

import { actingCustomer } from './acting-customer.ts';
import { programOf, scopeOf, type Context } from './context.ts';
import { DuelRef } from './duel.ts';
import { present } from './ids.ts';
import { defineMutation, type Inputs, type Outputs } from './mutation.ts';

const OWN = ['challenge:write', 'self:social'] as const;
const EVENT = 'A customer’s own token acts for itself. Causes duel.changed, for both sides.';

/** Whom a call is about. A customer's token acts for its own customer; throws a top-level error for another one. */
function actorOf(context: Context, customerId: string | number | null | undefined) {
  return actingCustomer(context, customerId, 'A customer token duels for its own customer only.');
}

const payload = (t: Outputs<{ duelId: string }>) => ({
  duel: t.field({
    type: DuelRef,
    description: 'The duel as it is now.',
    resolve: ({ duelId }, _args, context) =>
      present(readDuels(context.deps.reads, programOf(context).programId, [duelId]).then(([duel]) => duel ?? null)),
  }),
});

const customerIdOf = (t: Inputs) =>
  t.id({ description: 'Who, cus_…; a customer token may leave it out to mean its own.' });

defineMutation('duelStart', {
  description: `Offers a duel: to one customer, or openly to whoever takes it first. Refused with STATE_CONFLICT where one of the two cannot take part, and LIMIT_EXCEEDED over the kind’s number at once. ${EVENT}`,
  permission: OWN,
  isPublic: true,
  input: (t) => ({
    kind: t.string({ required: true, description: 'Code of the kind.' }),
    customerId: customerIdOf(t),
    opponentId: t.id({ description: 'Who is challenged, cus_…; left out, it is open to everybody.' }),
  }),
  run: ({ kind, customerId, opponentId }, context, command) =>
    startDuel(context.deps, scopeOf(context), command, {
      kindCode: kind,
      customer: actorOf(context, customerId),
      opponent:
        opponentId === null || opponentId === undefined
          ? null
          : { id: uuidOf('Customer', String(opponentId)), externalId: null },
    }),
  payload,
});

const answer = (t: Inputs) => ({
  duelId: t.id({ required: true, description: 'The duel, dul_….' }),
  customerId: customerIdOf(t),
});

defineMutation('duelAccept', {
  description: `Accepts a duel, which begins at once. Refused with STATE_CONFLICT once it waits for no answer. ${EVENT}`,
  permission: OWN,
  isPublic: true,
  input: answer,
  run: ({ duelId, customerId }, context, command) =>
    acceptDuel(context.deps, scopeOf(context), command, {
      duelId: uuidOf('Duel', String(duelId)),
      customer: actorOf(context, customerId),
    }),
  payload,
});

defineMutation('duelDecline', {
  description: `Declines an invitation to a duel. Refused with STATE_CONFLICT once it waits for no answer. ${EVENT}`,
  permission: OWN,
  isPublic: true,
  input: answer,
  run: ({ duelId, customerId }, context, command) =>
    declineDuel(context.deps, scopeOf(context), command, {
      duelId: uuidOf('Duel', String(duelId)),
      customer: actorOf(context, customerId),
    }),
  payload,
});

defineMutation('duelWithdraw', {
  description: `Takes back a duel that nobody has accepted. Refused with STATE_CONFLICT once it waits for no answer. ${EVENT}`,
  permission: OWN,
  isPublic: true,
  input: answer,
  run: ({ duelId, customerId }, context, command) =>
    withdrawDuel(context.deps, scopeOf(context), command, {
      duelId: uuidOf('Duel', String(duelId)),
      customer: actorOf(context, customerId),
    }),
  payload,
});
