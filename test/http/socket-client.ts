// A websocket client that says what it is told to, and remembers what it heard.
import type { ClientOptions } from 'ws';
import { WebSocket } from 'ws';

import { KEY } from './laurel.ts';

export type Message = { type: string; id?: string; payload?: unknown };

export type Client = {
  socket: WebSocket;
  send(message: object | string): void;
  /** The next message that has not been read yet. */
  next(): Promise<Message>;
  /** The next message of that id. Others stay for later. */
  nextOf(id: string): Promise<Message>;
  /** The close code, once it is closed. */
  closed: Promise<number>;
};

/** Opens a socket without saying anything. */
export async function open(url: string, options: ClientOptions = {}): Promise<Client> {
  const socket = new WebSocket(url, 'graphql-transport-ws', options);
  const heard: Message[] = [];
  const readers: { id: string | null; read: (message: Message) => void }[] = [];
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Message;
    const at = readers.findIndex(({ id }) => id === null || id === message.id);
    if (at === -1) heard.push(message);
    else readers.splice(at, 1)[0]?.read(message);
  });
  const read = (id: string | null): Promise<Message> => {
    const at = heard.findIndex((message) => id === null || id === message.id);
    const [message] = at === -1 ? [] : heard.splice(at, 1);
    return message === undefined
      ? new Promise((resolve) => readers.push({ id, read: resolve }))
      : Promise.resolve(message);
  };
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  socket.on('error', () => undefined);
  return {
    socket,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: () => read(null),
    nextOf: read,
    closed,
  };
}

/** Opens a socket and says who it is: the tests' key, unless told otherwise. */
export async function connect(url: string, authorization: string | null = `Bearer ${KEY}`): Promise<Client> {
  const client = await open(url);
  client.send({ type: 'connection_init', ...(authorization === null ? {} : { payload: { authorization } }) });
  const message = await client.next();
  if (message.type !== 'connection_ack') throw new Error(`not acknowledged: ${JSON.stringify(message)}`);
  return client;
}

/** Asks one operation and gives the first answer to it. */
export function ask(client: Client, id: string, payload: object): Promise<Message> {
  client.send({ type: 'subscribe', id, payload });
  return client.nextOf(id);
}
