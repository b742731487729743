import type { Client } from '../client/client.ts';
import {
  CancelRedemption,
  Redeem,
  type RedeemedFragment,
  type RefusalFragment,
  Redemptions,
  type RedemptionsSubscription,
  type RedemptionsSubscriptionVariables,
  Rewards,
  type RewardsQuery,
  Tiers,
  type TiersSubscription,
  type TiersSubscriptionVariables,
} from '../gql/operations.ts';
import { balanceStore } from './balance.ts';
import { newKey } from './key.ts';
import { queryStore } from './query-store.ts';
import type { Store } from './store.ts';
import { streamStore } from './stream-store.ts';

/** A reward of the catalogue with what it costs this customer, or why it cannot be had. */
export type Reward = RewardsQuery['rewards']['nodes'][number];
/** Why a reward cannot be had. */
export type Refusal = RefusalFragment;
/** Something that the customer has redeemed. */
export type Redemption = RedeemedFragment;

export type Catalogue = {
  /** In the team's order. */
  readonly rewards: readonly Reward[];
  /** The customer's own, the newest first. */
  readonly redemptions: readonly Redemption[];
};

export type RewardsOptions = {
  /** Language of the texts, such as de-AT; English where there is no such text. */
  locale?: string | undefined;
  /** How many rewards, 1 to 100; 24 by default. */
  first?: number | undefined;
};

/** What became of redeeming: `redemption`, or why not. */
export type Redeemed =
  | { redemption: Redemption; refusals: readonly []; message: null }
  | { redemption: null; refusals: readonly Refusal[]; message: string };

const FIRST = 24;
/** Nobody tells that another customer took the last piece. */
const LOOK_EVERY_MS = 20_000;

/** The catalogue for the customer who looks. It follows their points, tiers and redemptions. */
export function rewardsStore(client: Client, { locale, first = FIRST }: RewardsOptions = {}): Store<Catalogue> {
  return client.shared(`rewards ${JSON.stringify([locale, first])}`, () => {
    const redemptions = redemptionStore(client);
    return queryStore<Catalogue>(client, {
      everyMs: LOOK_EVERY_MS,
      load: async () => {
        const { rewards } = await client.request(Rewards, { locale: locale ?? null, first });
        return { rewards: rewards.nodes, redemptions: redemptions.get().data ?? [] };
      },
      follow({ again, put, get }) {
        const follows = [
          balanceStore(client).listen(again),
          tierStore(client).listen(again),
          redemptions.listen(() => {
            const { data } = get();
            // Shown at once: a code that was handed out does not wait for the catalogue.
            if (data !== null) put({ data: { ...data, redemptions: redemptions.get().data ?? [] } });
            again();
          }),
        ];
        return () => follows.forEach((unfollow) => unfollow());
      },
    });
  });
}

function redemptionStore(client: Client): Store<readonly Redemption[]> {
  return client.shared('redemptions', () =>
    streamStore<readonly Redemption[], RedemptionsSubscription, RedemptionsSubscriptionVariables>(client, {
      operation: Redemptions,
      variables: (after) => ({ after }),
      cursorOf: ({ redemptionChanged }) => redemptionChanged.cursor,
      take: (known, { redemptionChanged: { isSnapshot, redemptions } }) => newest(isSnapshot ? [] : known, redemptions),
    }),
  );
}

/** Answers and items may overtake each other: of each redemption, the higher version counts. */
function newest(known: readonly Redemption[] | null, changed: readonly Redemption[]): readonly Redemption[] {
  const byId = new Map((known ?? []).map((it) => [it.id, it]));
  for (const it of changed) if (it.version >= (byId.get(it.id)?.version ?? 0)) byId.set(it.id, it);
  return [...byId.values()].toSorted((one, other) => Date.parse(other.requestedAt) - Date.parse(one.requestedAt));
}

/** Counts changes of the customer's tiers. */
function tierStore(client: Client): Store<number> {
  return client.shared('tiers', () =>
    streamStore<number, TiersSubscription, TiersSubscriptionVariables>(client, {
      operation: Tiers,
      variables: (after) => ({ after }),
      cursorOf: ({ tierChanged }) => tierChanged.cursor,
      take: (count) => (count ?? 0) + 1,
    }),
  );
}

/** A customer's own token only reserves what costs money: the shop issues it once it is paid. */
export function modeOf({ price }: Pick<Reward, 'price'>): 'ISSUE' | 'RESERVE' {
  return price.money === null ? 'ISSUE' : 'RESERVE';
}

/** What Laurel answers to redeeming it now: the price, and why not. */
export function answerOf(reward: Reward): {
  points: number;
  money: Reward['price']['money'];
  refusals: readonly Refusal[];
} {
  const answer = modeOf(reward) === 'ISSUE' ? reward.issued : reward.reserved;
  if (answer === null) return { points: 0, money: null, refusals: [] };
  return { ...answer, refusals: answer.kind === 'RewardClosed' ? answer.refusals : [] };
}

/**
 * Redeems one piece. `idempotencyKey` belongs to one decision of the customer: the same one may be sent again without taking
 * the reward twice. Throws a LaurelError when no answer came.
 */
export async function redeem(
  client: Client,
  reward: Pick<Reward, 'code' | 'price'>,
  { stepUpCode = null, idempotencyKey = newKey() }: { stepUpCode?: string | null; idempotencyKey?: string } = {},
): Promise<Redeemed> {
  const input = { reward: reward.code, mode: modeOf(reward), quantity: 1, stepUpCode, idempotencyKey };
  const { rewardRedeem: answer } = await client.request(Redeem, { input });
  if ('redemption' in answer) return { redemption: answer.redemption, refusals: [], message: null };
  return { redemption: null, refusals: 'refusals' in answer ? answer.refusals : [], message: answer.message };
}

/** Gives a reservation back. Null when that went well, or else why not, in English. */
export async function cancelRedemption(client: Client, redemptionId: string): Promise<string | null> {
  const input = { redemptionId, idempotencyKey: newKey() };
  const { redemptionCancel: answer } = await client.request(CancelRedemption, { input });
  return 'message' in answer ? answer.message : null;
}
