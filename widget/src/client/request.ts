import { backoffMs } from './backoff.ts';
import { asFailure, failureOf, isPassing, LaurelError } from './failure.ts';
import type { Operation } from './operation.ts';
import type { Tokens } from './tokens.ts';

export type Request = <Data, Variables>(operation: Operation<Data, Variables>, variables: Variables) => Promise<Data>;

const TRIES = 4;

/**
 * Operations over HTTP. What got no answer, was throttled or found a store away is sent again as it was: queries change
 * nothing, and mutations carry their idempotency key, so that nothing counts twice. A token that is taken no more is
 * replaced once. Throws a LaurelError.
 */
export function createRequest(url: string, tokens: Tokens): Request {
  async function once<Data>(query: string, variables: unknown, token: string): Promise<Data> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const answer = (await response.json()) as { data?: Data | null; errors?: unknown };
    if (answer.data === null || answer.data === undefined) throw failureOf(answer.errors);
    return answer.data;
  }

  return async (operation, variables) => {
    let token = await tokens.current();
    let hasRenewed = false;
    for (let tries = 0; ; tries += 1) {
      try {
        return await once(operation, variables, token);
      } catch (error) {
        const failure = asFailure(error);
        if (failure.code === 'UNAUTHENTICATED' && !hasRenewed) {
          hasRenewed = true;
          const other = await tokens.another(token);
          if (other === null) throw new LaurelError('REFUSED', failure.message);
          token = other;
        } else if (!isPassing(failure) || tries + 1 >= TRIES) throw failure;
        else await new Promise((resolve) => setTimeout(resolve, failure.retryAfterMs ?? backoffMs(tries)));
      }
    }
  };
}
