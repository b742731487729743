import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { LIMITS } from '#src/http/limits.ts';

import { KEY, openDeps, post, startLaurel } from './laurel.ts';
import { ticking } from './small-schema.ts';
import { ask, connect, open } from './socket-client.ts';

const deps = await openDeps();
const { url, wsUrl, server } = await startLaurel(deps);

describe('a websocket', () => {
  it('answers queries, mutations and subscriptions', async () => {
    const client = await connect(wsUrl);
    expect(await ask(client, '1', { query: '{ me }' })).toMatchObject({
      type: 'next',
      payload: { data: { me: 'key:test' } },
    });
    expect(await client.nextOf('1')).toEqual({ id: '1', type: 'complete' });
    expect(await ask(client, '2', { query: 'mutation { touch }' })).toMatchObject({
      payload: { data: { touch: 'touched' } },
    });
    client.send({ type: 'subscribe', id: '3', payload: { query: 'subscription { numbers(upTo: 3) }' } });
    const received = [
      await client.nextOf('3'),
      await client.nextOf('3'),
      await client.nextOf('3'),
      await client.nextOf('3'),
    ];
    expect(received.map(({ type }) => type)).toEqual(['next', 'next', 'next', 'complete']);
    expect(received[2]).toMatchObject({ payload: { data: { numbers: 3 } } });
    client.socket.close();
  });

  it('tells the price once a stream', async () => {
    const client = await connect(wsUrl);
    const first = await ask(client, '1', { query: 'subscription { numbers(upTo: 2) }' });
    expect(first.payload).toMatchObject({ extensions: { cost: { requested: 0 } } });
    expect((await client.nextOf('1')).payload).not.toHaveProperty('extensions');
    client.socket.close();
  });

  it.each([
    ['a syntax error', { query: '{ hello' }, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: '{ helo }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['20,000 open braces', { query: '{a'.repeat(20_000) }, 'GRAPHQL_PARSE_FAILED'],
    ['more tokens than allowed', { query: `{ ${'hello '.repeat(2_100)} }` }, 'GRAPHQL_PARSE_FAILED'],
    [
      'aliases beyond the limit',
      { query: `{ ${Array.from({ length: 31 }, (_a, i) => `a${i}: hello`).join(' ')} }` },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a depth beyond the limit',
      { query: `{ person { ${'friend { '.repeat(12)} name ${' }'.repeat(12)} } }` },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'directives beyond the limit',
      { query: `{ hello ${'@skip(if: false) '.repeat(31)} }` },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'variables that nest too deep',
      { query: '{ hello }', variables: { x: JSON.parse('['.repeat(100) + ']'.repeat(100)) as unknown } },
      'BAD_USER_INPUT',
    ],
    ['an unknown operation name', { query: 'query A { hello }', operationName: 'B' }, 'BAD_USER_INPUT'],
    ['a stream that cannot start', { query: 'subscription { failing }' }, 'INTERNAL'],
  ])('tells %s under its id and goes on', async (_name, payload, code) => {
    const client = await connect(wsUrl);
    const ticks = ask(client, 'stream', { query: 'subscription { ticks }' });
    const { payload: answer } = await ask(client, 'bad', payload);
    const errors = (Array.isArray(answer) ? answer : (answer as { errors: unknown[] }).errors) as { message: string }[];
    expect(errors[0]).toMatchObject({ extensions: { code, requestId: expect.any(String) as string } });
    expect(JSON.stringify(errors)).not.toMatch(/hunter2|Did you mean/);
    expect(errors.length).toBeLessThan(12);
    client.socket.close();
    void ticks;
  });

  it('keeps its other streams when one of them is refused or breaks', async () => {
    const client = await connect(wsUrl);
    client.send({ type: 'subscribe', id: 'kept', payload: { query: 'subscription { ticks }' } });
    expect(await ask(client, 'bad', { query: '{' })).toMatchObject({ type: 'error' });
    expect(await ask(client, 'breaking', { query: 'subscription { breaking }' })).toMatchObject({ type: 'next' });
    expect(await client.nextOf('breaking')).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'INTERNAL' } }],
    });
    await sleep(50);
    ticking.tick(7);
    expect(await client.nextOf('kept')).toMatchObject({ payload: { data: { ticks: 7 } } });
    client.socket.close();
  });

  it('bounds its streams, and refuses one more without ending the others', async () => {
    const client = await connect(wsUrl);
    for (let number = 0; number < LIMITS.streamsPerSocket; number += 1) {
      client.send({ type: 'subscribe', id: `s${number}`, payload: { query: 'subscription { ticks }' } });
    }
    expect(await ask(client, 'more', { query: 'subscription { ticks }' })).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'THROTTLED' } }],
    });
    client.send({ type: 'complete', id: 's0' });
    await sleep(50);
    expect(await ask(client, 'again', { query: '{ hello }' })).toMatchObject({ payload: { data: { hello: 'world' } } });
    client.socket.close();
  });

  it('refuses introspection to nobody', async () => {
    const client = await connect(wsUrl, null);
    expect(await ask(client, '1', { query: '{ __schema { types { name } } }' })).toMatchObject({
      payload: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
    client.socket.close();
  });
});

describe('a websocket is closed', () => {
  it.each([
    ['4400 for a message that is no JSON', 'no JSON', 4400],
    ['4400 for a message of an unknown type', { type: 'hello' }, 4400],
    [
      '4401 for an operation before the acknowledgement',
      { type: 'subscribe', id: '1', payload: { query: '{ hello }' } },
      4401,
    ],
    [
      '4403 for a key that nobody has',
      { type: 'connection_init', payload: { authorization: `Bearer lsk_${'x'.repeat(43)}` } },
      4403,
    ],
    ['4400 for an authorization that is no text', { type: 'connection_init', payload: { authorization: 1 } }, 4400],
    [
      '1009 for a first message beyond its limit',
      { type: 'connection_init', payload: { x: 'x'.repeat(LIMITS.firstMessageBytes) } },
      1009,
    ],
  ])('with %s', async (_name, message, code) => {
    const client = await open(wsUrl);
    client.send(message);
    expect(await client.closed).toBe(code);
  });

  it('with 1009 for any message beyond the limit', async () => {
    const client = await connect(wsUrl);
    client.send({ type: 'ping', payload: { x: 'x'.repeat(LIMITS.messageBytes) } });
    expect(await client.closed).toBe(1009);
  });

  it('with 4406 without the subprotocol', async () => {
    const socket = new WebSocket(wsUrl);
    expect(await new Promise((resolve) => socket.on('close', resolve))).toBe(4406);
  });

  it('with 4408 when it does not say who it is in time', async () => {
    const client = await open(wsUrl);
    expect(await client.closed).toBe(4408);
  });

  it('with 4409 for an id that is in use, and 4429 for a second init', async () => {
    const twice = await connect(wsUrl);
    twice.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { ticks }' } });
    twice.send({ type: 'subscribe', id: '1', payload: { query: '{ hello }' } });
    expect(await twice.closed).toBe(4409);
    const again = await connect(wsUrl);
    again.send({ type: 'connection_init' });
    expect(await again.closed).toBe(4429);
  });

  it('with 4401 at once when its key is revoked, and no other socket with it', async () => {
    const [revoked, kept] = [await connect(wsUrl), await connect(wsUrl, null)];
    expect(server.sockets.closeWhere((caller) => caller.kind === 'SECRET_KEY')).toBeGreaterThan(0);
    expect(await revoked.closed).toBe(4401);
    expect(await ask(kept, '1', { query: '{ hello }' })).toMatchObject({ type: 'next' });
    kept.socket.close();
  });

  it('with 4403 when its token expires', async () => {
    const remember = deps.callers.remember.bind(deps.callers);
    const expiresAt = new Date(Date.now() + 300);
    deps.callers.remember = () =>
      Promise.resolve({
        kind: 'CUSTOMER',
        programId: 'p',
        customerId: 'c',
        keyId: 'k',
        actor: 'customer:c',
        permissions: new Set(),
        expiresAt,
      } as never);
    const client = await connect(wsUrl, 'Bearer token');
    deps.callers.remember = remember;
    expect(await client.closed).toBe(4403);
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt.getTime() - 5);
  });
});

describe('the way to a websocket', () => {
  it.each([
    ['without an origin', {}],
    ['from an allowed origin', { origin: 'https://shop.example' }],
    ['from the same origin', { origin: wsUrl.replace('ws:', 'http:').replace('/graphql', '') }],
  ])('is open %s', async (_name, options) => {
    const client = await open(wsUrl, options);
    client.socket.close();
    expect(await client.closed).toBe(1005);
  });

  it.each([
    ['from a foreign origin', wsUrl, { origin: 'https://evil.example' }, 403],
    ['from the origin null', wsUrl, { origin: 'null' }, 403],
    ['on another path', wsUrl.replace('/graphql', '/other'), {}, 404],
  ])('is closed %s', async (_name, address, options, status) => {
    await expect(open(address, options)).rejects.toThrow(`Unexpected server response: ${status}`);
  });
});

describe('a reader that has stalled', () => {
  it('is cut off, while memory stays where it is and others are served', async () => {
    const client = await connect(wsUrl);
    const before = process.memoryUsage().rss;
    for (let number = 0; number < 40; number += 1) {
      client.send({ type: 'subscribe', id: `f${number}`, payload: { query: 'subscription { flood(bytes: 100000) }' } });
    }
    await client.next();
    client.socket.pause();
    let sockets = 1;
    for (let round = 0; round < 100 && sockets > 0; round += 1) {
      await sleep(100);
      const text = await (await fetch(url.replace('/graphql', '/metrics'))).text();
      sockets = Number(/^laurel_sockets (\d+)/m.exec(text)?.[1]);
    }
    expect(sockets).toBe(0);
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
    expect(await (await post(url, { query: '{ hello }' })).json()).toMatchObject({ data: { hello: 'world' } });
    expect(await (await fetch(url.replace('/graphql', '/metrics'))).text()).toContain(
      'laurel_sockets_closed_total{code="4410"} 1',
    );
    client.socket.terminate();
  });
});

it('counts a key as the same caller whichever way it comes', async () => {
  const client = await connect(wsUrl, `Bearer ${KEY}`);
  expect(await ask(client, '1', { query: '{ me }' })).toMatchObject({ payload: { data: { me: 'key:test' } } });
  expect(await (await post(url, { query: '{ me }' })).json()).toMatchObject({ data: { me: 'key:test' } });
  client.socket.close();
});
