import { lookup as resolveName, type LookupAddress } from 'node:dns';
import { request } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const BODY_MAX_BYTES = 256 * 1024;

/** Networks that a tenant must not reach through this server: its own machine, its neighbours, and the unassigned. */
const PRIVATE_V4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** Only global unicast is public; within it, tunnels and documentation are not. */
const PUBLIC_V6: [string, number] = ['2000::', 3];
const PRIVATE_V6: readonly [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const privateNetworks = new BlockList();
for (const [network, bits] of PRIVATE_V4) privateNetworks.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of PRIVATE_V6) privateNetworks.addSubnet(network, bits, 'ipv6');
const publicV6 = new BlockList();
publicV6.addSubnet(...PUBLIC_V6, 'ipv6');

/** Whether an address belongs to the open internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !privateNetworks.check(address, 'ipv4');
  return family === 6 && publicV6.check(address, 'ipv6') && !privateNetworks.check(address, 'ipv6');
}

export type PublicFetchOptions = {
  /** Also lets this machine's own networks be reached. For tests; never in production. */
  privateToo?: boolean;
  /** An authority to trust beside the usual ones, as PEM. */
  ca?: string;
};

export type PublicFetch = (address: string, options: { signal: AbortSignal }) => Promise<Response>;

/**
 * Fetches what a tenant named, and trusts that name for nothing: https only, no redirect is followed, the address is
 * checked when the connection is made (so that a name cannot turn into another address after the check), and a body
 * beyond 256 KiB is cut off. Time is bounded by the caller's signal.
 */
export function createPublicFetch({ privateToo = false, ca }: PublicFetchOptions = {}): PublicFetch {
  return async (address, { signal }) => {
    const url = new URL(address);
    if (url.protocol !== 'https:') throw new Error('only https is fetched');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!privateToo && isIP(host) !== 0 && !isPublicAddress(host)) throw new Error('the address is not public');
    return new Promise<Response>((resolve, reject) => {
      const call = request(
        url,
        {
          signal,
          agent: false,
          headers: { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'laurel' },
          ...(privateToo ? {} : { lookup: publicLookup }),
          ...(ca === undefined ? {} : { ca }),
        },
        (response) => {
          const status = response.statusCode ?? 0;
          if (status !== 200) {
            response.destroy();
            reject(new Error(`answered with status ${status}`));
            return;
          }
          const chunks: Buffer[] = [];
          let size = 0;
          response.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size <= BODY_MAX_BYTES) chunks.push(chunk);
            else response.destroy(new Error(`answered with more than ${BODY_MAX_BYTES} bytes`));
          });
          response.on('error', reject);
          response.on('end', () => resolve(new Response(Buffer.concat(chunks), { status })));
        },
      );
      call.on('error', reject);
      call.end();
    });
  };
}

/** Resolves a name as usual, and fails when any of its addresses is not public. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const hidden = error === null && addresses.some(({ address }) => !isPublicAddress(address));
    if (error !== null || hidden) callback(error ?? new Error('the address is not public'), []);
    else if (options.all === true) callback(null, addresses);
    else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
  });
};
