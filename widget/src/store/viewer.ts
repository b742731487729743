import type { Client } from '../client/client.ts';
import { isPassing } from '../client/failure.ts';
import { Viewer } from '../gql/operations.ts';

/**
 * The customer who looks, cus_…; null for a publishable key. Asked once a client, on the socket, which asks again after a
 * break: it may be long until Laurel can be reached.
 */
export function viewingCustomer(client: Client): Promise<string | null> {
  return client.shared(
    'viewer',
    () =>
      new Promise((resolve) => {
        const answer = (customerId: string | null): void => {
          resolve(customerId);
          queueMicrotask(() => stop());
        };
        const stop = client.subscribe({
          operation: Viewer,
          variables: () => ({}),
          onItem: ({ viewer }) => answer(viewer.customerId),
          onFailure: (failure) => isPassing(failure) || answer(null),
        });
      }),
  );
}
