import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import { afterAll, describe, expect, it } from 'vitest';

import { createPublicFetch, isPublicAddress } from '#src/outbound/public-fetch.ts';

import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from '../support/localhost-certificate.ts';

let answer: RequestListener = (_request, response) => void response.end('{"keys":[]}');
let calls = 0;
const server = createServer({ cert: LOCALHOST_CERTIFICATE, key: LOCALHOST_KEY }, (request, response) => {
  calls += 1;
  answer(request, response);
});
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const { port } = server.address() as AddressInfo;

const guarded = createPublicFetch({ ca: LOCALHOST_CERTIFICATE });
const local = createPublicFetch({ privateToo: true, ca: LOCALHOST_CERTIFICATE });
const soon = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(5_000) });

describe('the networks of a machine and its neighbours', () => {
  it.each([
    '127.0.0.1',
    '127.255.255.255',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    'fe80::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    '2001::1',
    'localhost',
    '',
  ])('include %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '192.167.255.255', '2606:4700:4700::1111', '2a00:1450:4001::1'])(
    'do not include %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

describe('what a tenant names', () => {
  it.each([
    (): string => `https://127.0.0.1:${port}/`,
    (): string => `https://localhost:${port}/`,
    (): string => `https://127.1:${port}/`,
    (): string => `https://2130706433:${port}/`,
    (): string => `https://0x7f.0.0.1:${port}/`,
    (): string => `https://[::ffff:127.0.0.1]:${port}/`,
    (): string => `https://[::1]:${port}/`,
    (): string => 'https://169.254.169.254/latest/meta-data',
  ])('is not fetched from this machine, however it is spelled (%#)', async (address) => {
    const before = calls;
    await expect(guarded(address(), soon())).rejects.toThrow('the address is not public');
    expect(calls).toBe(before);
  });

  it.each(['http://example.com/', 'file:///etc/passwd', 'ftp://example.com/'])(
    'is not fetched when it is %s',
    async (address) => {
      await expect(guarded(address, soon())).rejects.toThrow('only https is fetched');
    },
  );

  it('is fetched otherwise', async () => {
    const response = await local(`https://localhost:${port}/`, soon());
    expect([response.status, await response.json()]).toEqual([200, { keys: [] }]);
  });

  it('is refused without a certificate that is trusted', async () => {
    await expect(createPublicFetch({ privateToo: true })(`https://localhost:${port}/`, soon())).rejects.toThrow(
      /certificate/,
    );
  });

  it('leads nowhere else', async () => {
    answer = (_request, response) => void response.writeHead(302, { location: `https://localhost:${port}/keys` }).end();
    const before = calls;
    await expect(local(`https://localhost:${port}/`, soon())).rejects.toThrow('status 302');
    expect(calls).toBe(before + 1);
  });

  it('is cut off when it is too large, or comes too slowly', async () => {
    answer = (_request, response) => void response.end('x'.repeat(256 * 1024 + 1));
    await expect(local(`https://localhost:${port}/`, soon())).rejects.toThrow('more than 262144 bytes');
    answer = (_request, response) => void response.write('{');
    const slow = local(`https://localhost:${port}/`, { signal: AbortSignal.timeout(200) });
    await expect(slow).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('fails when it breaks off half-way', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{');
      setTimeout(() => response.destroy(), 20);
    };
    await expect(local(`https://localhost:${port}/`, soon())).rejects.toThrow(/aborted|reset|hang up/);
  });
});
