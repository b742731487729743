import { serverAudits } from 'graphql-http';
import { describe, expect, it } from 'vitest';

import { KEY, openDeps, startLaurel } from './laurel.ts';

const deps = await openDeps();
const authorized: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set('authorization', `Bearer ${KEY}`);
  return fetch(input, { ...init, headers });
};

describe.each(['direct', 'yoga'] as const)('GraphQL over HTTP, the %s way', async (way) => {
  const { url } = await startLaurel(deps, { way });

  describe.each([
    ['with a key', authorized],
    ['without a key', fetch],
  ])('%s', (_caller, fetchFn) => {
    it.each(serverAudits({ url, fetchFn }).map((audit) => [audit.id, audit.name, audit] as const))(
      'holds %s: %s',
      async (_id, _name, audit) => {
        const result = await audit.fn();
        expect(result.status === 'ok' ? 'ok' : result.reason).toBe('ok');
      },
    );
  });
});
