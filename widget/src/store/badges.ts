import type { Client } from '../client/client.ts';
import {
  BadgeChanges,
  type BadgeChangesSubscription,
  type BadgeChangesSubscriptionVariables,
  Badges as BadgesQueried,
  type BadgesQuery,
} from '../gql/operations.ts';
import { balanceStore } from './balance.ts';
import { queryStore } from './query-store.ts';
import type { Store } from './store.ts';
import { streamStore } from './stream-store.ts';

/** A badge, and how far the customer is with it. */
export type Badge = NonNullable<BadgesQuery['me']>['badges'][number];

/** What happened to one of the customer's awards. */
export type BadgeNews = {
  /** Unlike for every change. */
  readonly id: string;
  readonly change: BadgeChangesSubscription['badgeAwarded']['change'];
  readonly code: string;
  /** In English where the page knows no other. */
  readonly name: string;
  readonly level: string;
  readonly points: number | null;
};

export type Badges = {
  /** In the team's order; hidden ones once they are held. */
  readonly badges: readonly Badge[];
  /** The newest change since the page reads; null before one. */
  readonly news: BadgeNews | null;
};

export type BadgesOptions = {
  /** Language of the texts, such as de-AT; English where there is no such text. */
  locale?: string | undefined;
};

/** Progress that no award tells of is looked up when points move, and this often. */
const LOOK_EVERY_MS = 20_000;

/** The badges of the customer who looks, earned or not. */
export function badgesStore(client: Client, { locale }: BadgesOptions = {}): Store<Badges> {
  return client.shared(`badges ${locale}`, () => {
    const changes = changeStore(client);
    return queryStore<Badges>(client, {
      everyMs: LOOK_EVERY_MS,
      load: async () => {
        const { me } = await client.request(BadgesQueried, { locale: locale ?? null });
        return { badges: me?.badges ?? [], news: changes.get().data };
      },
      follow({ again, put, get }) {
        const follows = [
          balanceStore(client).listen(again),
          changes.listen(() => {
            const { data } = get();
            if (data !== null) put({ data: { ...data, news: changes.get().data } });
            again();
          }),
        ];
        return () => follows.forEach((unfollow) => unfollow());
      },
    });
  });
}

function changeStore(client: Client): Store<BadgeNews | null> {
  return client.shared('badge changes', () =>
    streamStore<BadgeNews | null, BadgeChangesSubscription, BadgeChangesSubscriptionVariables>(client, {
      operation: BadgeChanges,
      variables: (after) => ({ after }),
      cursorOf: ({ badgeAwarded }) => badgeAwarded.cursor,
      take(known, { badgeAwarded: { isSnapshot, cursor, change, awards } }) {
        const [award] = awards;
        if (isSnapshot || award === undefined) return known;
        const { code, level, points, badge } = award;
        return { id: cursor, change, code, level, points, name: badge?.texts.name ?? code };
      },
    }),
  );
}
