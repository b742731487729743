import type { Client } from '../client/client.ts';
import {
  ChallengeChanges,
  type ChallengeChangesSubscription,
  type ChallengeChangesSubscriptionVariables,
  Challenges as ChallengesQuery,
  ClaimPrize,
  GoalMoves,
  type GoalMovesSubscription,
  type GoalMovesSubscriptionVariables,
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

/** What the clock does, such as opening a challenge, nobody tells of. */
const LOOK_EVERY_MS = 300_000;

type Goal = GoalMovesSubscription['challengeGoalMoved'];

/** The challenges of the customer who looks, with their progress. */
export function challengesStore(client: Client, { locale }: ChallengesOptions = {}): Store<Challenges> {
  return client.shared(`challenges ${locale}`, () => {
    const changes = changeStore(client);
    let teamId: string | null = null;
    let hasMoved = false;
    return queryStore<Challenges>(client, {
      everyMs: LOOK_EVERY_MS,
      load: async () => {
        hasMoved = false;
        const { me } = await client.request(ChallengesQuery, { locale: locale ?? null });
        teamId = me?.team?.id ?? null;
        return { challenges: me?.challenges ?? [], news: changes.get().data };
      },
      loaded: ({ challenges }, { again, put, get }) => {
        const shared = challenges.filter(({ challenge: { goal } }) => goal !== 'PERSONAL');
        const stops = shared.map(({ challenge: { code, goal } }) => {
          const moves = goalStore(client, code, goal === 'TEAM' ? teamId : null);
          return moves.listen(() => {
            const { data } = get();
            const goalNow = moves.get().data;
            hasMoved = true;
            if (data === null || goalNow === null) return;
            // What one sees of a goal that was reached is more than the goal: the prize, and whether another begins.
            if (goalNow.run?.state === 'COMPLETED') return again();
            put({ data: { ...data, challenges: data.challenges.map((one) => withGoal(one, code, goalNow)) } });
          });
        });
        // What moved while it was read may be newer than what was read.
        if (hasMoved) again();
        return () => stops.forEach((stop) => stop());
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

/** A shared goal as everybody moves it. */
function goalStore(client: Client, challenge: string, teamId: string | null): Store<Goal> {
  return client.shared(`goal ${challenge} ${teamId}`, () =>
    streamStore<Goal, GoalMovesSubscription, GoalMovesSubscriptionVariables>(client, {
      operation: GoalMoves,
      variables: () => ({ challenge, teamId }),
      take: (_known, { challengeGoalMoved }) => challengeGoalMoved,
    }),
  );
}

/** The challenge as its goal stands now, where it is the one that moved. */
function withGoal(known: Challenge, code: string, { run, contributors, steps }: Goal): Challenge {
  if (known.challenge.code !== code) return known;
  const now = new Map(steps.map((one) => [one.step.code, one]));
  return {
    ...known,
    ...{ run, contributors },
    steps: known.steps.map((one) => {
      const { amount, isCompleted } = now.get(one.step.code) ?? one;
      return { ...one, amount, isCompleted };
    }),
  };
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
