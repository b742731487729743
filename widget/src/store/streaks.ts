import type { Client } from '../client/client.ts';
import {
  StreakChanges,
  type StreakChangesSubscription,
  type StreakChangesSubscriptionVariables,
  Streaks as StreaksQueried,
  type StreaksQuery,
} from '../gql/operations.ts';
import { queryStore } from './query-store.ts';
import type { Store } from './store.ts';
import { streamStore } from './stream-store.ts';

/** Where the customer stands with a streak. */
export type Streak = NonNullable<StreaksQuery['me']>['streaks'][number];

/** A deadline passes without a word from anybody. */
const LOOK_EVERY_MS = 60_000;

/** The streaks of the customer who looks. */
export function streaksStore(client: Client): Store<readonly Streak[]> {
  return client.shared('streaks', () => {
    const changes = client.shared('streak changes', () =>
      streamStore<number, StreakChangesSubscription, StreakChangesSubscriptionVariables>(client, {
        operation: StreakChanges,
        variables: (after) => ({ after }),
        cursorOf: ({ streakChanged }) => streakChanged.cursor,
        take: (count) => (count ?? 0) + 1,
      }),
    );
    return queryStore<readonly Streak[]>(client, {
      everyMs: LOOK_EVERY_MS,
      load: async () => (await client.request(StreaksQueried, {})).me?.streaks ?? [],
      follow: ({ again }) => changes.listen(again),
    });
  });
}
