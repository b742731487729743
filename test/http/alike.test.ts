import { connect } from 'node:net';

import { describe, expect, it } from 'vitest';

import { openDeps, post, startLaurel } from './laurel.ts';
import { TABLE, type Row } from './request-table.ts';
import { send, talk, type Received } from './send.ts';

const deps = await openDeps();
const direct = await startLaurel(deps, { way: 'direct' });
const yoga = await startLaurel(deps, { way: 'yoga' });

/** What must be equal: all but the clock, and what is in the bucket at that moment. */
function comparable({ status, headers, body }: Received): object {
  const { date: _date, ...rest } = headers;
  const plain = body.replace(/"available":\d+/, '"available":0');
  return { status, headers: { ...rest, 'content-length': String(Buffer.byteLength(plain)) }, body: plain };
}

async function sendRow({ sent }: Row, port: number): Promise<Received> {
  return send(port, { ...sent, headers: { ...sent.headers, 'x-request-id': 'alike' } });
}

function codeOf({ body }: Received): string | null {
  if (body === '') return null;
  const { errors } = JSON.parse(body) as { errors?: { extensions: { code: string; requestId: string } }[] };
  for (const { extensions } of errors ?? []) expect(extensions.requestId).toBe('alike');
  return errors?.[0]?.extensions.code ?? null;
}

describe('the direct way and Yoga', () => {
  it.each(TABLE.map((row) => [row.name, row] as const))('answer alike: %s', async (_name, row) => {
    const [fromDirect, fromYoga] = [await sendRow(row, direct.port), await sendRow(row, yoga.port)];
    expect(comparable(fromDirect)).toEqual(comparable(fromYoga));
    expect({ status: fromDirect.status, code: codeOf(fromDirect) }).toEqual({ status: row.status, code: row.code });
    expect(fromDirect.body.length).toBeLessThan(5_000);
    expect(fromDirect.body).not.toMatch(/hunter2|relation "|inner words|Did you mean|node_modules|\.ts:\d|at .*\(/);
  });

  it.concurrent.each([
    ['direct', direct],
    ['yoga', yoga],
  ])('cut a body of a byte a second with 408, the %s way', async (_way, { port }) => {
    const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{';
    const { text, ms } = await talk(port, head, { every: 1_000, piece: ' ' });
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(text).toContain('"code":"BAD_USER_INPUT"');
    expect(ms).toBeLessThan(20_000);
  });

  it.concurrent.each([
    ['direct', direct],
    ['yoga', yoga],
  ])('live on when a caller goes away half-way, the %s way', async (_way, { port, url }) => {
    for (let round = 0; round < 20; round += 1) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.write(
            'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"qu',
          );
          setTimeout(() => socket.resetAndDestroy(), 5);
        });
        socket.on('close', () => resolve());
      });
    }
    const aborted = new AbortController();
    const slow = fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ slow }"}',
      signal: aborted.signal,
    });
    setTimeout(() => aborted.abort(), 50);
    await expect(slow).rejects.toThrow(/abort/);
    const response = await post(url, { query: '{ hello }' });
    expect(await response.json()).toMatchObject({ data: { hello: 'world' } });
  });
});
