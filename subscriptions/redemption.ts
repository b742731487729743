import { builder } from '#schema/builder.ts';
import { programOf, type Context } from '#schema/context.ts';
import { nowOf, RedemptionRef } from '#schema/redemption.ts';
import { findOpenRedemptions, type RedemptionRow } from '#storage/redemption-store.ts';

import { followCustomer, requireOwnCustomer, whoseArgs } from './customer-stream.ts';
import { createStream, type Signals, type Source } from './stream.ts';

type RedemptionChange = { isSnapshot: boolean; redemptions: readonly RedemptionRow[] };

/** Open redemptions that the snapshot has at most, the newest. */
const OPEN_MAX = 100;
/** Closed redemptions of which the stream knows that it has told them, so that a repeated message tells nothing. */
const CLOSED_MAX = 1_000;
/** Items come at most ten times a second. */
const ITEM_EVERY_MS = 100;

const RedemptionChangeRef = builder.objectRef<RedemptionChange>('RedemptionChange').implement({
  description: 'One item of redemptionChanged.',
  subGraphs: ['Public'],
  fields: (t) => ({
    isSnapshot: t.exposeBoolean('isSnapshot', {
      description: `True on the first item, which has the redemptions that are reserved or issued, the newest ${OPEN_MAX}.`,
    }),
    redemptions: t.field({
      type: [RedemptionRef],
      description: 'Those that changed, as they are now. The version of each only grows.',
      resolve: (change) => [...change.redemptions],
    }),
  }),
});

builder.subscriptionField('redemptionChanged', (t) =>
  t.field({
    type: RedemptionChangeRef,
    description:
      'A customer’s redemptions: first those that are reserved or issued, then those that changed, whole and never older than what was sent. Needs redemption:read, or self:read for one’s own.',
    subGraphs: ['Public'],
    authScopes: { permission: ['redemption:read', 'self:read'] },
    args: whoseArgs,
    subscribe: async (_root, named, context) => {
      const customerId = await requireOwnCustomer(context, named);
      return createStream<RedemptionChange>((signals) => openSource(context, customerId, signals), ITEM_EVERY_MS);
    },
    resolve: (change) => change,
  }),
);

/** Messages only say what to look at: what is told is read from the record. */
async function openSource(context: Context, customerId: string, signals: Signals): Promise<Source<RedemptionChange>> {
  const { programId } = programOf(context);
  const { reads } = context.deps;
  // The version that the reader has of each redemption, those of them that may still change, and what was announced since.
  const told = new Map<string, number>();
  const open = new Set<string>();
  const announced = new Set<string>();
  const following = await followCustomer(context, customerId, signals, (message) => {
    if (message.kind !== 'REDEMPTION') return false;
    announced.add(message.redemptionId);
    return true;
  });
  let isSnapshot = true;

  return {
    async take() {
      // What was closed before the reader came is no part of the snapshot, even if that is announced only now.
      const ids = isSnapshot ? [] : [...announced, ...open];
      announced.clear();
      const rows = await findOpenRedemptions(reads, programId, customerId, await nowOf(context), ids, OPEN_MAX);
      const changed = rows.filter(({ id, version }) => version > (told.get(id) ?? 0));
      for (const { id, version, closedAt } of rows) {
        told.set(id, version);
        if (closedAt === null) open.add(id);
        else open.delete(id);
      }
      forgetClosed(told, open);
      if (changed.length === 0 && !isSnapshot) return null;
      const change = { isSnapshot, redemptions: changed };
      isSnapshot = false;
      return change;
    },
    close: following.close,
  };
}

function forgetClosed(told: Map<string, number>, open: ReadonlySet<string>): void {
  for (const id of told.keys()) {
    if (told.size - open.size <= CLOSED_MAX) return;
    if (!open.has(id)) told.delete(id);
  }
}
