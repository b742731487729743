import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { openDeps, startLaurel } from '../http/laurel.ts';
import { connect, type Client, type Message } from '../http/socket-client.ts';
import { until } from '../support/leaderboard.ts';
import { steps, stepsSchema } from './steps.ts';

const deps = await openDeps();
const { url, wsUrl, server } = await startLaurel(deps, { schema: stepsSchema });

const STEP = 'subscription { step { from to } }';
const FILLED = 'subscription { step { from to filling } }';
type Step = { from: number; to: number };

async function count(name: 'executions' | 'messages'): Promise<number> {
  const text = await (await fetch(url.replace('/graphql', '/metrics'))).text();
  return Number(new RegExp(`^laurel_subscription_${name}_total (\\d+)`, 'm').exec(text)?.[1]);
}

/** Counts what happens meanwhile. */
async function counted(work: () => Promise<void>): Promise<{ executions: number; messages: number }> {
  const before = [await count('executions'), await count('messages')];
  await work();
  return { executions: (await count('executions')) - before[0]!, messages: (await count('messages')) - before[1]! };
}

function stepOf(message: Message): Step {
  expect(message).toMatchObject({ type: 'next', payload: { data: { step: {} } } });
  return (message.payload as { data: { step: Step } }).data.step;
}

type Reading = { client: Client; at: () => number; leave: () => Promise<void> };

/** A reader that keeps all its steps, each of which must begin where the one before ended. */
async function aReader(id: string, { query = STEP, on }: { query?: string; on?: Client } = {}): Promise<Reading> {
  const client = on ?? (await connect(wsUrl));
  let at = 0;
  let isLeaving = false;
  client.send({ type: 'subscribe', id, payload: { query } });
  const reading = (async () => {
    for (;;) {
      const message = await Promise.race([client.nextOf(id), client.closed]);
      if (typeof message === 'number') return;
      const { from, to } = stepOf(message);
      expect(from).toBe(at);
      expect(to).toBeGreaterThan(from);
      at = to;
    }
  })();
  reading.catch(() => undefined);
  await until(
    () => at,
    (now) => now > 0,
  );
  return {
    client,
    at: () => at,
    async leave() {
      if (isLeaving) return;
      isLeaving = true;
      client.socket.terminate();
      await reading;
    },
  };
}

const allAt = async (readers: readonly { at: () => number }[], version: number): Promise<void> =>
  void (await until(
    () => readers.map((reader) => reader.at()),
    (all) => all.every((at) => at === version),
  ));

describe('equal readers of a stream of states', () => {
  it('cost one source, and one execution a change', async () => {
    const opened = steps.opened;
    const ids = Array.from(
      { length: 40 },
      (_, index) => ['same', 'äöü "\n', crypto.randomUUID(), `${index}`][index % 4]!,
    );
    const readers = await Promise.all(ids.map((id) => aReader(id)));
    expect(steps.opened).toBe(opened + 1);
    const seen = await counted(async () => {
      for (let change = 0; change < 5; change += 1) await allAt(readers, steps.go());
    });
    expect(seen).toEqual({ executions: 5, messages: 200 });
    await Promise.all(readers.map((reader) => reader.leave()));
  });

  it('get the very same payload, whatever their ids, and each the price of their own operation', async () => {
    const clients = await Promise.all(Array.from({ length: 6 }, () => connect(wsUrl)));
    const ids = clients.map((_client, index) => (index < 3 ? 'widget' : crypto.randomUUID()));
    const firsts = await Promise.all(
      clients.map(async (client, index) => {
        client.send({ type: 'subscribe', id: ids[index], payload: { query: STEP } });
        return client.nextOf(ids[index]!);
      }),
    );
    for (const { payload } of firsts) expect(payload).toMatchObject({ extensions: { cost: { requested: 1 } } });
    const to = steps.go();
    const seconds = await Promise.all(clients.map((client, index) => client.nextOf(ids[index]!)));
    for (const [index, message] of seconds.entries()) {
      expect(message).toEqual({
        id: ids[index],
        type: 'next',
        payload: { data: { step: { from: to - 1, to } } },
      });
    }
    for (const client of clients) client.socket.close();
  });

  it('come back each to where they were, and go on together from one source', async () => {
    const steady = await aReader('steady');
    const opened = steps.opened;
    const query = 'subscription ($after: String) { step(after: $after) { from to } }';
    const [now, clients] = [steady.at(), await Promise.all([1, 2, 3].map(() => connect(wsUrl)))];
    const places = [now - 1, now - 3, now - 1];
    for (const [index, client] of clients.entries())
      client.send({ type: 'subscribe', id: 'back', payload: { query, variables: { after: `${places[index]}` } } });
    const firsts = await Promise.all(clients.map(async (client) => stepOf(await client.nextOf('back'))));
    expect(firsts).toEqual(places.map((from) => ({ from, to: now })));
    const to = steps.go();
    const seconds = await Promise.all(clients.map(async (client) => stepOf(await client.nextOf('back'))));
    expect(seconds).toEqual(places.map(() => ({ from: now, to })));
    expect(steps.opened).toBe(opened + 1);
    for (const client of clients) client.socket.close();
    await steady.leave();
  });

  it('may join while a change is being made: first the whole, then on from there', async () => {
    const early = await aReader('early');
    const { promise, resolve } = Promise.withResolvers<void>();
    steps.hold = promise;
    steps.go();
    const joining = Promise.all(Array.from({ length: 5 }, (_, index) => aReader(`late ${index}`)));
    await sleep(100);
    const last = steps.go();
    resolve();
    const late = await joining;
    await allAt([early, ...late], last);
    await allAt([early, ...late], steps.go());
    await Promise.all([early, ...late].map((reader) => reader.leave()));
  });

  it('come and go in any order without a gap or a double', async () => {
    const readers: Awaited<ReturnType<typeof aReader>>[] = [];
    for (let round = 0; round < 60; round += 1) {
      const before = readers.length;
      const coming = Promise.all(Array.from({ length: round % 3 }, (_, index) => aReader(`${before} ${index}`)));
      if (round % 2 === 0) steps.go();
      if (round % 5 === 0) await readers.shift()?.leave();
      if (round % 7 === 0) steps.go();
      readers.push(...(await coming));
    }
    await allAt(readers, steps.go());
    await Promise.all(readers.map((reader) => reader.leave()));
  });

  it('let go of the source when the last one leaves, by word or by cutting the line', async () => {
    const [opened, closed] = [steps.opened, steps.closed];
    const [one, other] = [await connect(wsUrl), await connect(wsUrl)];
    for (const client of [one, other]) {
      client.send({ type: 'subscribe', id: '1', payload: { query: STEP } });
      await client.nextOf('1');
    }
    one.send({ type: 'complete', id: '1' });
    await sleep(50);
    expect(steps.closed).toBe(closed);
    other.socket.terminate();
    await until(
      () => steps.closed,
      (now) => now === closed + 1,
    );
    const again = await aReader('1');
    expect(steps.opened).toBe(opened + 2);
    await again.leave();
    one.socket.close();
  });

  it('do not share with other documents, variables or operations', async () => {
    const opened = steps.opened;
    const client = await connect(wsUrl);
    const document = 'subscription A($l: String) { step(label: $l) { to } } subscription B { step { to } }';
    const payloads = [
      { query: STEP },
      { query: 'subscription { step { to from } }' },
      { query: document, operationName: 'A' },
      { query: document, operationName: 'A', variables: { l: 'x' } },
      { query: document, operationName: 'B' },
    ];
    for (const [index, payload] of [...payloads, ...payloads].entries()) {
      client.send({ type: 'subscribe', id: `${index}`, payload });
      await client.nextOf(`${index}`);
    }
    expect(steps.opened).toBe(opened + payloads.length);
    client.socket.close();
  });

  it('go on when one of them is revoked, and the revoked one gets nothing more', async () => {
    const [doomed, kept] = [await aReader('1'), await aReader('1')];
    let isFirst = true;
    expect(
      server.sockets.closeWhere(() => {
        const wasFirst = isFirst;
        isFirst = false;
        return wasFirst;
      }),
    ).toBe(1);
    const was = doomed.at();
    const to = steps.go();
    await allAt([kept], to);
    expect(await doomed.client.closed).toBe(4401);
    expect(doomed.at()).toBe(was);
    await kept.leave();
  });

  it('do not wait for one that has stalled, who later gets the latest in one step', async () => {
    steps.bytes = 600_000;
    const options = { query: FILLED };
    // The second one's messages wait whole behind those of the first, while their bytes go on to those who came later.
    const first = await aReader('s1', options);
    const stalled = [first, await aReader('s2', { ...options, on: first.client })];
    const others = [await aReader('a1', options), await aReader('b1', options)];
    first.client.socket.pause();
    let [last, sent] = [0, Number.POSITIVE_INFINITY];
    for (let change = 0; change < 60 && sent > others.length; change += 1) {
      const before = await count('messages');
      last = steps.go();
      await allAt(others, last);
      sent = (await count('messages')) - before;
    }
    expect(sent).toBe(others.length);
    for (let change = 0; change < 3; change += 1) await allAt(others, (last = steps.go()));
    const before = await count('messages');
    first.client.socket.resume();
    await allAt(stalled, last);
    expect((await count('messages')) - before).toBe(stalled.length);
    steps.bytes = 0;
    await Promise.all([first, ...others].map((reader) => reader.leave()));
  });
});
