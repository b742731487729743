// Loopback ports: find free ones, and tell whether a given one is taken.
import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** A port that nothing listens on now, chosen by the system. */
export async function freePort(): Promise<number> {
  const port = await listenOnce(0, LOOPBACK);
  if (port === undefined) throw new Error('the system gave no free port');
  return port;
}

/** Whether the port can be listened on, on the loopback address and on all addresses. */
export async function portIsFree(port: number): Promise<boolean> {
  return (await listenOnce(port, LOOPBACK)) !== undefined && (await listenOnce(port, undefined)) !== undefined;
}

/** The first free port at or after the given one, within a hundred; else any free one. */
export async function freePortFrom(port: number): Promise<number> {
  for (let candidate = port; candidate < port + 100; candidate += 1) {
    if (await portIsFree(candidate)) return candidate;
  }
  return freePort();
}

function listenOnce(port: number, host: string | undefined): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
