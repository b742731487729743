import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { EXAMPLES } from './graphiql-examples.ts';
import { pageHeaders, type Page } from './pages.ts';

/** What a new tab sends until somebody puts a key in. Kept in the browser, as people come back to it. */
const HEADERS = JSON.stringify({ authorization: 'Bearer <key>' }, null, 2);

const compress = promisify(gzip);

/**
 * GraphiQL with everything in one page: it loads nothing from anywhere else, so that it works without the internet. The
 * page is 9 MB, so it is made when somebody first asks, compressed once, and kept.
 */
export function createGraphiql(): (host: string) => Promise<Page> {
  let made: Promise<Buffer> | undefined;
  return async (host) => {
    const body = await (made ??= makePage());
    return {
      body,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-encoding': 'gzip',
        'cache-control': 'no-cache',
        ...pageHeaders(host, "'self' 'unsafe-inline' blob:", '; worker-src blob:'),
      },
    };
  };
}

async function makePage(): Promise<Buffer> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'Laurel GraphiQL',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    headers: HEADERS,
    shouldPersistHeaders: true,
    defaultTabs: EXAMPLES.map(({ query, variables = {} }) => ({
      query,
      headers: HEADERS,
      variables: JSON.stringify(variables, null, 2),
    })),
  });
  return compress(html);
}
