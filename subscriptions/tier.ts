import { builder } from '#schema/builder.ts';
import type { Context } from '#schema/context.ts';
import { CustomerTierRef, type TierNow } from '#schema/customer-tier.ts';

import { followCustomer, requireOwnCustomer, whoseArgs } from './customer-stream.ts';
import { createStream, type Signals, type Source } from './stream.ts';

type TierChangeItem = { isSnapshot: boolean; tiers: readonly TierNow[] };

/** Items come at most ten times a second. */
const ITEM_EVERY_MS = 100;

const TierChangeRef = builder.objectRef<TierChangeItem>('TierChange').implement({
  description: 'One item of tierChanged.',
  subGraphs: ['Public'],
  fields: (t) => ({
    isSnapshot: t.exposeBoolean('isSnapshot', { description: 'True on the first item, which has all live ladders.' }),
    tiers: t.field({
      type: [CustomerTierRef],
      description: 'Where the customer stands now, on the ladders where the tier or its end changed.',
      resolve: (it) => [...it.tiers],
    }),
  }),
});

builder.subscriptionField('tierChanged', (t) =>
  t.field({
    type: TierChangeRef,
    description:
      'A customer’s tiers: first where they stand on each live ladder, then each ladder on which the tier or the end of what was given changes, as it is then. Progress alone sends nothing. Needs tier:read, or self:read for one’s own.',
    subGraphs: ['Public'],
    authScopes: { permission: ['tier:read', 'self:read'] },
    args: whoseArgs,
    subscribe: async (_root, named, context) => {
      const customerId = await requireOwnCustomer(context, named);
      return createStream<TierChangeItem>((signals) => openSource(context, customerId, signals), ITEM_EVERY_MS);
    },
    resolve: (change) => change,
  }),
);

async function openSource(context: Context, customerId: string, signals: Signals): Promise<Source<TierChangeItem>> {
  let told: ReadonlyMap<string, string> | null = null;
  const following = await followCustomer(context, customerId, signals, ({ kind }) => kind === 'TIER');
  return {
    async take() {
      const tiers = await context.loaders.tiers.load(customerId);
      const before = told;
      told = new Map(tiers.map((tier) => [tier.view.compiled.ladder.id, standsOf(tier)]));
      const changed = tiers.filter((tier) => before?.get(tier.view.compiled.ladder.id) !== standsOf(tier));
      return before !== null && changed.length === 0 ? null : { isSnapshot: before === null, tiers: changed };
    },
    close: following.close,
  };
}

/** What a reader is told of when it changes. */
function standsOf({ outlook, state, since }: TierNow): string {
  return `${outlook.place} ${since.getTime()} ${state.standing.assigned?.until?.getTime()}`;
}
