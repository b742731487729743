import { createContext, createElement, useContext, useMemo, useSyncExternalStore, type ReactNode } from 'react';

import {
  badgesStore,
  balanceStore,
  cancelRedemption,
  challengesStore,
  claimPrize,
  connectedClient,
  joinChallenge,
  leaderboardStore,
  onConnect,
  redeem,
  rewardsStore,
  streaksStore,
  type Badges,
  type BadgesOptions,
  type BalanceOptions,
  type Catalogue,
  type Challenges,
  type ChallengesOptions,
  type Client,
  type CurrencyBalance,
  type LeaderboardOptions,
  type Redeemed,
  type Reward,
  type RewardsOptions,
  type Shown,
  type Standings,
  type Store,
  type Streak,
} from '../index.ts';

const LOADING: Shown<never> = { data: null, freshness: 'LOADING', asOf: null, error: null };
/** What a hook shows on a server, and while nothing is connected. */
const NOTHING: Store<never> = { get: () => LOADING, listen: () => () => undefined };

const ClientContext = createContext<Client | null>(null);

/** Gives the hooks below it a client of their own; without one they use that of `connect`. */
export function LaurelProvider({ client, children }: { client: Client; children?: ReactNode }): ReactNode {
  return createElement(ClientContext.Provider, { value: client }, children);
}

/** The client of the nearest LaurelProvider, or that of `connect`; null before there is any. */
export function useLaurel(): Client | null {
  const given = useContext(ClientContext);
  const connected = useSyncExternalStore(onConnect, connectedClient, () => null);
  return given ?? connected;
}

/** A leaderboard as it moves. */
export function useLeaderboard({ board, top, around, season }: LeaderboardOptions): Shown<Standings> {
  const client = useLaurel();
  return useStore(
    useMemo(
      () => (client === null ? NOTHING : leaderboardStore(client, { board, top, around, season })),
      [client, board, top, around, season],
    ),
  );
}

/** The balances of the customer who looks. */
export function useBalance({ currency }: BalanceOptions = {}): Shown<readonly CurrencyBalance[]> {
  const client = useLaurel();
  return useStore(useMemo(() => (client === null ? NOTHING : balanceStore(client, { currency })), [client, currency]));
}

/** What the customer who looks can have for points, and how to have it. */
export type RewardsHook = Shown<Catalogue> & {
  /** Redeems one piece; sending the same key again takes it once. Throws a LaurelError when no answer came. */
  redeem: (reward: Reward, options?: { stepUpCode?: string; idempotencyKey?: string }) => Promise<Redeemed>;
  /** Gives a reservation back; null, or why not. */
  cancel: (redemptionId: string) => Promise<string | null>;
};

/** The catalogue of the customer who looks, with their redemptions. */
export function useRewards({ locale, first }: RewardsOptions = {}): RewardsHook {
  const client = useLaurel();
  const shown = useStore(
    useMemo(() => (client === null ? NOTHING : rewardsStore(client, { locale, first })), [client, locale, first]),
  );
  return useMemo(
    () => ({
      ...shown,
      redeem: (reward, options) => redeem(connectedOr(client), reward, options),
      cancel: (redemptionId) => cancelRedemption(connectedOr(client), redemptionId),
    }),
    [client, shown],
  );
}

/** The challenges of the customer who looks, and how to join and claim. */
export type ChallengesHook = Shown<Challenges> & {
  /** Begins a run; null, or why not. */
  join: (challenge: string) => Promise<string | null>;
  /** Claims a prize; null, or why not. */
  claim: (prizeId: string) => Promise<string | null>;
};

/** The challenges of the customer who looks, with their progress. */
export function useChallenges({ locale }: ChallengesOptions = {}): ChallengesHook {
  const client = useLaurel();
  const shown = useStore(
    useMemo(() => (client === null ? NOTHING : challengesStore(client, { locale })), [client, locale]),
  );
  return useMemo(
    () => ({
      ...shown,
      join: (challenge) => joinChallenge(connectedOr(client), challenge),
      claim: (prizeId) => claimPrize(connectedOr(client), prizeId),
    }),
    [client, shown],
  );
}

/** The badges of the customer who looks, earned or not. */
export function useBadges({ locale }: BadgesOptions = {}): Shown<Badges> {
  const client = useLaurel();
  return useStore(useMemo(() => (client === null ? NOTHING : badgesStore(client, { locale })), [client, locale]));
}

/** The streaks of the customer who looks. */
export function useStreaks(): Shown<readonly Streak[]> {
  const client = useLaurel();
  return useStore(useMemo(() => (client === null ? NOTHING : streaksStore(client)), [client]));
}

function useStore<Data>(store: Store<Data>): Shown<Data> {
  return useSyncExternalStore(store.listen, store.get, NOTHING.get);
}

function connectedOr(client: Client | null): Client {
  if (client === null) throw new Error('Nothing is connected: call connect, or stand below a LaurelProvider.');
  return client;
}
