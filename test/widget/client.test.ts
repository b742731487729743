import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { createClient, type Client } from '../../widget/src/client/client.ts';
import type { Surroundings } from '../../widget/src/client/surroundings.ts';
import type { TokenSource } from '../../widget/src/client/tokens.ts';
import { balanceStore } from '../../widget/src/store/balance.ts';
import { socketServer, type Heard, type SocketServer } from './socket-server.ts';

type Page = Surroundings & { set: (change: { online?: boolean; visible?: boolean }) => void };

/** A page whose network and visibility the test sets. */
function aPage(): Page {
  const listeners = new Set<() => void>();
  let state = { online: true, visible: true };
  return {
    isOnline: () => state.online,
    isVisible: () => state.visible,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(change) {
      state = { ...state, ...change };
      for (const listener of listeners) listener();
    },
  };
}

type Setting = { server: SocketServer; client: Client; page: Page; shown: () => string };

/** A client whose page shows a balance. */
async function aReader(token: TokenSource = 'key'): Promise<Setting> {
  const server = await socketServer();
  const page = aPage();
  const client = createClient({ endpoint: server.endpoint, token, surroundings: page });
  const store = balanceStore(client);
  const stop = store.listen(() => undefined);
  onTestFinished(() => {
    stop();
    client.close();
  });
  const shown = (): string => {
    const { data, freshness } = store.get();
    return `${data?.map(({ available }) => available).join() ?? '-'} ${freshness}`;
  };
  return { server, client, page, shown };
}

const within = { timeout: 10_000, interval: 10 };

/** What was subscribed to on a connection, once it was. */
async function subscribed({ lines }: SocketServer, line: number): Promise<Heard> {
  await expect.poll(() => lines[line]?.heard.some(({ type }) => type === 'subscribe'), within).toBe(true);
  return lines[line]?.heard.find(({ type }) => type === 'subscribe') as Heard;
}

function item(id: string | undefined, available: number, cursor: string, isSnapshot = false): object {
  const currency = { code: 'points', name: 'Points', isDefault: true };
  const balance = { currency, available, pending: 0, held: 0, negative: 0, asOf: '', version: available };
  return { id, type: 'next', payload: { data: { balanceChanged: { isSnapshot, cursor, balances: [balance] } } } };
}

describe('a reader whose line breaks', () => {
  test('is shown as stale, goes on behind the last item that arrived, and is live again though nothing was missed', async () => {
    const { server, shown } = await aReader();
    const { id } = await subscribed(server, 0);
    server.lines[0]?.send(item(id, 5, 'c1', true));
    await expect.poll(shown, within).toBe('5 LIVE');
    server.lines[0]?.send(item(id, 7, 'c2'));
    await expect.poll(shown, within).toBe('7 LIVE');
    server.lines[0]?.close(1001);
    await expect.poll(shown, within).toBe('7 STALE');
    const again = await subscribed(server, 1);
    expect(again.payload?.variables).toEqual({ currency: null, after: 'c2' });
    await expect.poll(shown, within).toBe('7 LIVE');
    server.lines[1]?.send(item(again.id, 8, 'c3'));
    await expect.poll(shown, within).toBe('8 LIVE');
  });

  test('uses the same id on every connection and every page, so that Laurel prints a message once for all', async () => {
    const [one, other] = [await aReader(), await aReader()];
    expect((await subscribed(one.server, 0)).id).toBe('Balance1');
    expect((await subscribed(other.server, 0)).id).toBe('Balance1');
    one.server.lines[0]?.close(1012);
    expect((await subscribed(one.server, 1)).id).toBe('Balance1');
  });

  test('does not come back while nobody looks at the page, and at once when somebody does', async () => {
    const { server, page, shown } = await aReader();
    await subscribed(server, 0);
    page.set({ visible: false });
    server.lines[0]?.close(1001);
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(server.lines).toHaveLength(1);
    page.set({ visible: true });
    await subscribed(server, 1);
    expect(shown()).toBe('- LOADING');
  });

  test('is shown as offline without a network, and comes back with it', async () => {
    const { server, page, shown } = await aReader();
    const { id } = await subscribed(server, 0);
    server.lines[0]?.send(item(id, 5, 'c1', true));
    await expect.poll(shown, within).toBe('5 LIVE');
    page.set({ online: false });
    expect(shown()).toBe('5 OFFLINE');
    page.set({ online: true });
    await subscribed(server, 1);
    await expect.poll(shown, within).toBe('5 LIVE');
  });

  test('notices a line that has gone to sleep by its silence', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { server } = await aReader();
    await subscribed(server, 0);
    server.lines[0]?.sleep();
    vi.advanceTimersByTime(40_000);
    expect(server.lines).toHaveLength(1);
    await expect.poll(() => server.lines.length, within).toBe(2);
    await subscribed(server, 1);
  });
});

describe('close codes', () => {
  test.each([
    [4400, 'breaks the protocol'],
    [4406, 'asks for another protocol'],
    [4409, 'uses an id twice'],
    [1009, 'sends too much'],
  ])('%i, for a client that %s, are not answered by trying again', async (code) => {
    const { server, client, shown } = await aReader();
    await subscribed(server, 0);
    server.lines[0]?.close(code);
    await expect.poll(() => client.connection(), within).toBe('REFUSED');
    expect(shown()).toBe('- FAILED');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(server.lines).toHaveLength(1);
  });

  test.each([4401, 4403])('%i asks for a fresh token, which is shown at once', async (code) => {
    const tokens = ['first', 'second'];
    const { server } = await aReader(() => tokens.shift() ?? 'last');
    await subscribed(server, 0);
    server.lines[0]?.close(code);
    await subscribed(server, 1);
    expect(server.lines.map(({ heard }) => heard[0]?.payload?.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
    ]);
  });

  test.each([4401, 4403])('%i ends it for a key that has no other, until a person tries again', async (code) => {
    const { server, client } = await aReader('only');
    await subscribed(server, 0);
    server.lines[0]?.close(code);
    await expect.poll(() => client.connection(), within).toBe('REFUSED');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(server.lines).toHaveLength(1);
  });

  test('1013 makes it wait some seconds', async () => {
    const { server, client } = await aReader();
    await subscribed(server, 0);
    server.lines[0]?.close(1013);
    await expect.poll(() => client.connection(), within).toBe('WAITING');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(server.lines).toHaveLength(1);
  });
});

test('a stream that was throttled is asked for again after the time that Laurel names', async () => {
  const { server, shown } = await aReader();
  const { id } = await subscribed(server, 0);
  const throttled = { message: 'later', extensions: { code: 'THROTTLED', retryAfterMs: 50 } };
  server.lines[0]?.send({ id, type: 'error', payload: [throttled] });
  const again = (): Heard[] => server.lines[0]?.heard.filter(({ type }) => type === 'subscribe') ?? [];
  await expect.poll(() => again().map((each) => each.id), within).toEqual(['Balance1', 'Balance2']);
  server.lines[0]?.send(item('Balance2', 3, 'c1', true));
  await expect.poll(shown, within).toBe('3 LIVE');
});

test('two readers of the same share one stream, and a late item of one that has gone is not heard', async () => {
  const { server, client, shown } = await aReader();
  const { id } = await subscribed(server, 0);
  const heard: unknown[] = [];
  const stop = balanceStore(client).listen(() => heard.push(1));
  server.lines[0]?.send(item(id, 5, 'c1', true));
  await expect.poll(shown, within).toBe('5 LIVE');
  expect(heard).toHaveLength(1);
  expect(server.lines[0]?.heard.filter(({ type }) => type === 'subscribe')).toHaveLength(1);
  stop();
  server.lines[0]?.send(item('Balance9', 9, 'c2'));
  server.lines[0]?.send(item(id, 6, 'c3'));
  await expect.poll(shown, within).toBe('6 LIVE');
  expect(heard).toHaveLength(1);
});
