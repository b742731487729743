import { createServer, type Server } from 'node:net';
import process from 'node:process';

import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { checkDatabase, checkRedis, choosePort, DEFAULT_PORT } from '../../setup/given.ts';
import { freePort } from '../../setup/ports.ts';
import { databaseUrlOf } from '../../setup/template.ts';
import { testRedis } from '../support/redis.ts';

const { url: redisUrl } = await testRedis();
const adminUrl = inject('adminUrl');

let other: Server;
let takenPort: number;

beforeAll(async () => {
  takenPort = await freePort();
  other = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => other.listen(takenPort, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => other.close(resolve)));
afterEach(() => vi.unstubAllEnvs());

describe('a given database', () => {
  it('that can be used tells its version', async () => {
    expect(await checkDatabase(adminUrl)).toMatch(/^PostgreSQL \d+, database /);
  });

  it.each([
    ['no address', 'laurel', /^DATABASE_URL is not an address such as postgresql:/],
    ['another protocol', 'mysql://127.0.0.1/laurel', /^DATABASE_URL is not an address such as postgresql:/],
    ['no name', 'postgresql://127.0.0.1:5432', /^DATABASE_URL names no database/],
    ['an unknown host', 'postgresql://nowhere.invalid/laurel', /host name .*: start it, or unset DATABASE_URL/],
    ['nothing that listens', 'postgresql://127.0.0.1:1/laurel', /connection was refused/],
  ])('with %s gets one line that says what to do', async (_what, url, line) => {
    await expect(checkDatabase(url)).rejects.toThrow(line);
  });

  it('that is something else altogether gets one line', async () => {
    await expect(checkDatabase(`postgresql://127.0.0.1:${takenPort}/laurel`)).rejects.toThrow(
      /no PostgreSQL at .* can be reached/,
    );
  });

  it('with a wrong password gets one line that does not repeat the password', async () => {
    const wrong = new URL(databaseUrlOf(adminUrl, 'postgres'));
    wrong.password = 'not-the-password';
    const refusal = String(await checkDatabase(wrong.href).catch((error: unknown) => error));
    expect(refusal).toMatch(/does not let .* in/);
    expect(refusal).not.toContain('not-the-password');
  });
});

describe('a given Redis', () => {
  it('that can be used tells its version', async () => {
    expect(await checkRedis(redisUrl)).toMatch(/^Redis \d+\./);
  });

  it.each([
    ['no address', 'localhost', /^REDIS_URL is not an address such as redis:/],
    ['nothing that listens', 'redis://127.0.0.1:1', /connection was refused\): start it, or unset REDIS_URL/],
  ])('with %s gets one line that says what to do', async (_what, url, line) => {
    await expect(checkRedis(url)).rejects.toThrow(line);
  });
});

describe('the port', () => {
  it('is the given one', async () => {
    const port = await freePort();
    vi.stubEnv('PORT', String(port));
    expect(await choosePort()).toBe(port);
  });

  it.each(['abc', '80000', '-1', '40.5'])('%s is refused', async (text) => {
    vi.stubEnv('PORT', text);
    await expect(choosePort()).rejects.toThrow(/is no port/);
  });

  it('that somebody else listens on is refused when it was given', async () => {
    vi.stubEnv('PORT', String(takenPort));
    await expect(choosePort()).rejects.toThrow(/in use/);
  });

  it('is another free one when none was given and the usual one is taken', async () => {
    vi.stubEnv('PORT', '');
    const blocker = createServer();
    // Whoever listens there already serves as well.
    await new Promise<void>((resolve) => {
      blocker.once('error', () => resolve());
      blocker.listen(DEFAULT_PORT, '127.0.0.1', resolve);
    });
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await choosePort()).toBeGreaterThan(DEFAULT_PORT);
    vi.restoreAllMocks();
    blocker.close();
  });
});
