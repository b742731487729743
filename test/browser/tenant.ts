// The tenant's own site: pages that a test writes, at an origin of their own, which asks Laurel for its customers' tokens.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll } from 'vitest';

export type TenantPage = {
  html: string;
  /** Sources of scripts beside Laurel's own, for its content security policy. */
  scripts?: string;
};

export type Tenant = {
  origin: string;
  /** Puts a page on the site; gives its address for a customer. */
  serve: (path: string, page: TenantPage) => (customer: string) => string;
  /** Puts a script on the site. */
  script: (path: string, text: string) => void;
  /** From now on pages use the Laurel at this address. */
  use: (laurel: string) => void;
};

/** Starts the site. Its pages allow no style and no script but those they name, and let nobody else frame them. */
export async function startTenant(): Promise<Tenant> {
  const pages = new Map<string, TenantPage>();
  const scripts = new Map<string, string>();
  let laurel = '';
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://tenant');
    const page = pages.get(url.pathname);
    const script = scripts.get(url.pathname);
    if (url.pathname === '/laurel-token') {
      // Who is signed in here is told by the page's address, for want of a session.
      void fetch(`${laurel}/demo/session?customer=${url.searchParams.get('customer')}`)
        .then((answer) => answer.text())
        .then((text) => response.writeHead(200, { 'content-type': 'application/json' }).end(text))
        .catch(() => response.writeHead(503).end());
      return;
    }
    if (script !== undefined) return response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    if (page === undefined) return response.writeHead(404).end();
    const live = laurel.replace('http', 'ws');
    const policy = `default-src 'none'; script-src 'self' ${laurel} ${page.scripts ?? ''}; connect-src 'self' ${laurel} ${live}; style-src 'self'`;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
    const customer = url.searchParams.get('customer') ?? '';
    return response.end(page.html.replaceAll('LAUREL', laurel).replaceAll('CUSTOMER', customer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    serve(path, page) {
      pages.set(path, page);
      return (customer) => `${origin}${path}?customer=${customer}`;
    },
    script: (path, text) => scripts.set(path, text),
    use: (address) => (laurel = address),
  };
}
