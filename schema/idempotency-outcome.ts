import { findOutcome, type StoredOutcome } from '#app/idempotency/find-outcome.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';

const IdempotencyOutcomeRef = builder.objectRef<StoredOutcome>('IdempotencyOutcome').implement({
  description: 'What a mutation answered under an idempotency key. Refusals are not stored: their key is free.',
  fields: (t) => ({
    mutation: t.exposeString('mutation', { description: 'Name of the mutation.' }),
    key: t.exposeString('key', { description: 'The idempotency key.' }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When the first call with it began.' }),
    result: t.expose('result', {
      type: 'JSONObject',
      description:
        'Ids and numbers of what it did. Never a secret. Its fields are those of the payload, by and large, and may grow.',
    }),
  }),
});

builder.queryField('idempotencyOutcome', (t) =>
  t.field({
    type: IdempotencyOutcomeRef,
    nullable: true,
    description:
      'What a mutation of this program answered under an idempotency key: after a lost reply it tells whether the call took effect. Null: it did not, or still runs. Kept at least 24 hours. Needs program:read, which every server key has.',
    authScopes: { permission: 'program:read' },
    args: {
      mutation: t.arg.string({ required: true, description: 'Name of the mutation, such as pointsSpend.' }),
      key: t.arg.string({ required: true, description: 'The idempotency key of the call.' }),
    },
    resolve: (_root, { mutation, key }, context) =>
      findOutcome(context.deps.reads, programOf(context).programId, mutation, key),
  }),
);
