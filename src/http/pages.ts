import { readFile, realpath } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

const PLAIN_PATH = /^\/[A-Za-z0-9._/-]{0,200}$/;

/** A file of the demo page, ready to be sent. */
export type Page = { body: Buffer; headers: Record<string, string> };

/** Serves the files of a folder and nothing beside it. Gives null for anything that is not such a file. */
export function createPages(folder: string): (path: string, host: string) => Promise<Page | null> {
  const root = resolve(folder);
  return async (path, host) => {
    if (!PLAIN_PATH.test(path) || path.includes('/.')) return null;
    const file = join(root, path === '/' ? 'index.html' : path);
    const type = MEDIA_TYPES[extname(file)];
    if (type === undefined) return null;
    try {
      // A link inside the folder must not lead out of it.
      if (!(await realpath(file)).startsWith((await realpath(root)) + sep)) return null;
      const body = await readFile(file);
      return { body, headers: { 'content-type': type, 'cache-control': 'no-cache', ...pageHeaders(host, "'self'") } };
    } catch {
      return null;
    }
  };
}

/** Headers of a page that runs its own scripts and talks to this server alone. `scripts` is the source list for them. */
export function pageHeaders(host: string, scripts: string, more = ''): Record<string, string> {
  // Older browsers do not count the websocket of the same host as 'self'.
  const live = /^[A-Za-z0-9.:[\]-]{1,253}$/.test(host) ? ` ws://${host} wss://${host}` : '';
  return {
    'content-security-policy':
      `default-src 'none'; script-src ${scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; ` +
      `connect-src 'self'${live}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'${more}`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  };
}
