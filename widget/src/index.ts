/**
 * The kit for pages: custom elements, the stores behind them, and the client behind those. Loading it registers the elements
 * where there is a page, and does nothing on a server.
 */
export { createClient, type Client, type ClientOptions, type Subscription } from './client/client.ts';
export { LaurelError } from './client/failure.ts';
export type { Operation } from './client/operation.ts';
export type { ConnectionState } from './client/socket.ts';
export type { Surroundings } from './client/surroundings.ts';
export type { TokenSource } from './client/tokens.ts';
export { LaurelBadges } from './elements/badges.ts';
export { LaurelBalance } from './elements/balance.ts';
export { LaurelChallenges } from './elements/challenges.ts';
export { defineElements } from './elements/define.ts';
export { LaurelLeaderboard } from './elements/leaderboard.ts';
export { connect, connectedClient, onConnect, type ConnectOptions } from './elements/page-client.ts';
export { LaurelRewards } from './elements/rewards.ts';
export { LaurelStreaks } from './elements/streaks.ts';
export { badgesStore, type Badge, type BadgeNews, type Badges, type BadgesOptions } from './store/badges.ts';
export { balanceStore, type BalanceOptions, type CurrencyBalance } from './store/balance.ts';
export {
  challengesStore,
  claimPrize,
  joinChallenge,
  type Challenge,
  type ChallengeNews,
  type Challenges,
  type ChallengesOptions,
  type Prize,
} from './store/challenges.ts';
export { leaderboardStore, type LeaderboardOptions, type Standing, type Standings } from './store/leaderboard.ts';
export {
  answerOf,
  cancelRedemption,
  modeOf,
  redeem,
  rewardsStore,
  type Catalogue,
  type Redeemed,
  type Redemption,
  type Refusal,
  type Reward,
  type RewardsOptions,
} from './store/rewards.ts';
export type { Freshness, Shown, Store } from './store/store.ts';
export { streaksStore, type Streak } from './store/streaks.ts';
export { addTexts } from './texts/words.ts';
export type { Text, TextName, Texts } from './texts/en.ts';
