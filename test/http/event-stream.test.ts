import { describe, expect, it } from 'vitest';

import { LIMITS } from '#src/http/limits.ts';

import { openDeps, post, startLaurel } from './laurel.ts';
import { ticking } from './small-schema.ts';

const deps = await openDeps();
const { url, server } = await startLaurel(deps);
const EVENTS = { accept: 'text/event-stream' };

/** The data of all events up to the stream's end. */
async function eventsOf(response: Response): Promise<unknown[]> {
  const text = await response.text();
  return [...text.matchAll(/^event: next\ndata: (.*)$/gm)].map((match) => JSON.parse(match[1] ?? '') as unknown);
}

describe('an event stream', () => {
  it('carries a subscription, and tells its price once', async () => {
    const response = await post(url, { query: 'subscription { numbers(upTo: 3) }' }, EVENTS);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('x-request-id')).not.toBeNull();
    expect(await eventsOf(response)).toEqual([
      { data: { numbers: 1 }, extensions: { cost: expect.objectContaining({ requested: 0 }) as object } },
      { data: { numbers: 2 } },
      { data: { numbers: 3 } },
    ]);
  });

  it('is what a caller of many types gets for a subscription, and JSON for a query', async () => {
    const many = { accept: 'application/graphql-response+json, application/json, text/event-stream, multipart/mixed' };
    const stream = await post(url, { query: 'subscription { numbers(upTo: 1) }' }, many);
    expect(await eventsOf(stream)).toMatchObject([{ data: { numbers: 1 } }]);
    const query = await post(url, { query: '{ hello }' }, many);
    expect(query.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
  });

  it('masks what breaks inside it', async () => {
    const events = await eventsOf(await post(url, { query: 'subscription { breaking }' }, EVENTS));
    expect(events[1]).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL' } }] });
    expect(JSON.stringify(events)).not.toContain('hunter2');
  });

  it.each([
    ['{ helo }', 'GRAPHQL_VALIDATION_FAILED'],
    ['subscription { failing }', 'INTERNAL'],
  ])('does not begin for what is refused: %s', async (query, code) => {
    const response = await post(url, { query }, EVENTS);
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
  });

  it('ends when its key is revoked', async () => {
    const response = await post(url, { query: 'subscription { ticks }' }, EVENTS);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    server.sockets.closeWhere((caller) => caller.kind === 'SECRET_KEY');
    await expect(
      (async () => {
        while (!(await reader.read()).done);
      })(),
    ).rejects.toThrow('terminated');
  });

  it('is one of a bounded number a caller, and gives its place back', async () => {
    const aborts: AbortController[] = [];
    for (let number = 0; number < LIMITS.eventStreamsPerCaller; number += 1) {
      const abort = new AbortController();
      aborts.push(abort);
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...EVENTS, authorization: 'Bearer lsk_of_these_tests' },
      };
      const open = () => fetch(url, { ...init, body: '{"query":"subscription { ticks }"}', signal: abort.signal });
      // Streams of the tests before may still be on their way out.
      await expect.poll(async () => (await open()).status).toBe(200);
    }
    const more = await post(url, { query: 'subscription { ticks }' }, EVENTS);
    expect(more.status).toBe(429);
    expect(await more.json()).toMatchObject({ errors: [{ extensions: { code: 'THROTTLED' } }] });
    for (const abort of aborts) abort.abort();
    await expect
      .poll(async () => {
        ticking.tick(1);
        const again = await post(url, { query: 'subscription { numbers(upTo: 1) }' }, EVENTS);
        await again.text();
        return again.status;
      })
      .toBe(200);
  });
});
