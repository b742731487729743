import type { Client } from '../client/client.ts';
import {
  ChallengeChanges,
  type ChallengeChangesSubscription,
  type ChallengeChangesSubscriptionVariables,
  Challenges as ChallengesQuery,
  ClaimPrize,
  JoinChallenge,
  type PrizeFragment,
  type ProgressFragment,
} from '../gql/operations.ts';
import { newKey } from './key.ts';
import { queryStore } from './query-store.ts';
import type { Store } from './store.ts';
import { streamStore } from './stream-store.ts';

/** How far the customer is with one challenge. */
export type Challenge = ProgressFragment;
/** What the customer got for it, or may claim. */
export type Prize = PrizeFragment;

/** A change of one challenge. */
export type ChallengeNews = {
  /** Unlike for every change. */
  readonly id: string;
  readonly code: string;
  readonly name: string;
  /** Whether the change completed it. */
  readonly isCompleted: boolean;
  readonly prize: Prize | null;
};

export type Challenges = {
  /** In the order in which they are shown. */
  readonly challenges: readonly Challenge[];
  /** The newest change since the page reads; null before one. */
  readonly news: ChallengeNews | null;
};

export type ChallengesOptions = {
  /** Language of the texts, such as de-AT; left out, the customer’s own. */
  locale?: string | undefined;
};

/** Shared goals move by what others do, which is told apart; a look now and then is enough for a bar. */
const LOOK_EVERY_MS = 20_000;

/** The challenges of the customer who looks, with their progress. */
export function challengesStore(client: Client, { locale }: ChallengesOptions = {}): Store<Challenges> {
  return client.shared(`challenges ${locale}`, () => {
    const changes = changeStore(client);
    return queryStore<Challenges>(client, {
      everyMs: LOOK_EVERY_MS,
      load: async () => {
        const { me } = await client.request(ChallengesQuery, { locale: locale ?? null });
        return { challenges: me?.challenges ?? [], news: changes.get().data };
      },
      follow: ({ again, put, get }) =>
        changes.listen(() => {
          const { data } = get();
          // Told at once: what was completed is worth saying before it is read how far the rest has come.
          if (data !== null) put({ data: { ...data, news: changes.get().data } });
          again();
        }),
    });
  });
}

function changeStore(client: Client): Store<ChallengeNews | null> {
  return client.shared('challenge changes', () =>
    streamStore<ChallengeNews | null, ChallengeChangesSubscription, ChallengeChangesSubscriptionVariables>(client, {
      operation: ChallengeChanges,
      variables: (after) => ({ after }),
      cursorOf: ({ challengeChanged }) => challengeChanged.cursor,
      take: (known, { challengeChanged: { isSnapshot, cursor, isCompleted, challenges, prize } }) => {
        const moved = challenges[0]?.challenge;
        return isSnapshot || moved === undefined ? known : { ...moved, id: cursor, isCompleted, prize };
      },
    }),
  );
}

/** Begins a run of a challenge that has to be joined. Null when that went well, or else why not, in English. */
export async function joinChallenge(client: Client, challenge: string): Promise<string | null> {
  const input = { challenge, idempotencyKey: newKey() };
  const { challengeJoin: answer } = await client.request(JoinChallenge, { input });
  return 'message' in answer ? answer.message : null;
}

/** Claims a prize that waits. Null when that went well, or else why not, in English. */
export async function claimPrize(client: Client, prizeId: string): Promise<string | null> {
  const input = { prizeId, idempotencyKey: newKey() };
  const { challengePrizeClaim: answer } = await client.request(ClaimPrize, { input });
  return 'message' in answer ? answer.message : null;
}
