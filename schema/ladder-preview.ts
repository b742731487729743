import { previewLadder, type LadderPreview, type TierMoves } from '#app/tier/preview.ts';
import { InvalidRuleError, NotFoundError } from '#domain/errors.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { CustomerRef } from './customer.ts';
import { badUserInput } from './paging.ts';

const MovesRef = builder.objectRef<TierMoves>('TierMoves').implement({
  description: 'How many customers move from one tier to another.',
  fields: (t) => ({
    from: t.exposeString('from', { nullable: true, description: 'Code of the tier now; null below the first.' }),
    to: t.exposeString('to', { nullable: true, description: 'Code of the tier then; null below the first.' }),
    count: t.exposeInt('count', { description: 'So many customers.' }),
  }),
});

const MoverRef = builder.objectRef<LadderPreview['movers'][number]>('TierMover').implement({
  description: 'One customer who moves.',
  fields: (t) => ({
    customer: t.field({
      type: CustomerRef,
      nullable: true,
      description: 'Who; null where the caller does not hold customer:read.',
      resolve: (it, _args, context) => context.loaders.customer.load(it.customerId),
    }),
    from: t.exposeString('from', { nullable: true, description: 'Code of the tier now; null below the first.' }),
    to: t.exposeString('to', { nullable: true, description: 'Code of the tier then; null below the first.' }),
    amount: t.expose('amount', {
      type: 'Decimal',
      description: 'What the customer has of what the ladder counts, over all time.',
    }),
  }),
});

const PreviewRef = builder.objectRef<LadderPreview>('LadderPreview').implement({
  description:
    'What the draft’s version of a ladder would make of everybody who takes part, if they were reviewed under it now. It is the most that publishing can move: tiers fall at reviews and rise at activities.',
  fields: (t) => ({
    ladder: t.exposeString('ladder', { description: 'Code of the ladder.' }),
    customers: t.exposeInt('customers', { description: 'Customers looked at: all who are enrolled or paused.' }),
    moves: t.field({ type: [MovesRef], description: 'Moves, the largest first.', resolve: (it) => it.moves }),
    movers: t.field({
      type: [MoverRef],
      description: 'The first 100 who move, oldest customers first.',
      resolve: (it) => it.movers,
    }),
  }),
});

builder.queryField('ladderPreview', (t) =>
  t.field({
    type: PreviewRef,
    description:
      'Who would move if the draft’s version of a ladder were live. Computed from the record; writes nothing. It takes a few seconds for a hundred thousand customers. Needs rule:read and shows customers to holders of customer:read.',
    authScopes: { permission: 'rule:read' },
    args: {
      ladder: t.arg.string({ required: true, description: 'Code of the ladder, of the draft or the live one.' }),
    },
    resolve: async (_root, { ladder }, context) => {
      try {
        return await previewLadder(context.deps, programOf(context).programId, ladder);
      } catch (error) {
        // A query has no result union: a ladder that is not there, or a draft that is not valid, is a bad query.
        if (error instanceof NotFoundError || error instanceof InvalidRuleError) throw badUserInput(error.message);
        throw error;
      }
    },
  }),
);
