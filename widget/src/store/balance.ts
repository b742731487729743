import type { Client } from '../client/client.ts';
import { Balance, type BalanceSubscription, type BalanceSubscriptionVariables } from '../gql/operations.ts';
import type { Store } from './store.ts';
import { streamStore } from './stream-store.ts';

/** What a customer has of one point currency. */
export type CurrencyBalance = BalanceSubscription['balanceChanged']['balances'][number];

export type BalanceOptions = {
  /** Code of one point currency; left out, all of them, the default one first. */
  currency?: string | undefined;
};

/** The balances of the customer who looks, as they change. */
export function balanceStore(client: Client, { currency }: BalanceOptions = {}): Store<readonly CurrencyBalance[]> {
  return client.shared(`balance ${currency ?? ''}`, () =>
    streamStore<readonly CurrencyBalance[], BalanceSubscription, BalanceSubscriptionVariables>(client, {
      operation: Balance,
      variables: (after) => ({ currency: currency ?? null, after }),
      cursorOf: ({ balanceChanged }) => balanceChanged.cursor,
      take: (known, { balanceChanged: { isSnapshot, balances } }) =>
        isSnapshot || known === null ? balances : merge(known, balances),
    }),
  );
}

function merge(known: readonly CurrencyBalance[], changed: readonly CurrencyBalance[]): CurrencyBalance[] {
  const newest = new Map(changed.map((balance) => [balance.currency.code, balance]));
  const kept = known.map((balance) => newest.get(balance.currency.code) ?? balance);
  return [...kept, ...changed.filter(({ currency }) => !known.some((one) => one.currency.code === currency.code))];
}
