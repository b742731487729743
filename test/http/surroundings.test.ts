import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';

import { openDeps, post, startLaurel } from './laurel.ts';
import { send, talk } from './send.ts';

const folder = await mkdtemp(join(tmpdir(), 'laurel-demo-'));
await writeFile(join(folder, 'index.html'), '<!doctype html><title>demo</title>');
await writeFile(join(folder, 'app.js'), 'export {};');
await writeFile(join(folder, 'secret.txt'), 'secret');
await symlink('/etc/hostname', join(folder, 'link.js'));
const folders = { demo: folder, kit: join(folder, 'kit'), gallery: join(folder, 'gallery') };
await mkdir(folders.kit);
await writeFile(join(folders.kit, 'laurel.js'), 'var Laurel = {};');
await writeFile(join(folders.kit, 'other.js'), 'var other;');
await mkdir(folders.gallery);
await writeFile(join(folders.gallery, 'index.html'), '<!doctype html><title>gallery</title>');

const deps = await openDeps();
const { url, port } = await startLaurel(deps, { folders });
const base = url.replace('/graphql', '');

describe('around the graph', () => {
  it('/livez lives, and /readyz says what is there', async () => {
    expect(await (await fetch(`${base}/livez`)).json()).toEqual({ status: 'live' });
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
    await expect
      .poll(async () => (await (await fetch(`${base}/readyz`)).json()) as object)
      .toEqual({ status: 'ready', postgres: 'up', redis: 'up' });
  });

  it('/metrics counts operations by kind and outcome', async () => {
    await post(url, { query: '{ hello }' });
    await post(url, { query: '{ helo }' });
    await post(url, { query: 'mutation { touch }' });
    await post(url, { query: '{ secretFailure }' });
    const text = await (await fetch(`${base}/metrics`)).text();
    expect(text).toMatch(/laurel_operations_total\{kind="query",outcome="ok"\} 1\n/);
    expect(text).toMatch(/laurel_operations_total\{kind="query",outcome="failed"\} 1\n/);
    expect(text).toMatch(/laurel_operations_total\{kind="mutation",outcome="ok"\} 1\n/);
    expect(text).toMatch(/laurel_operations_total\{kind="unknown",outcome="refused"\} 1\n/);
    expect(text).toContain('laurel_nodejs_eventloop_lag_seconds');
  });

  it.each([
    '/nothing',
    '/graphql/',
    '/graphql/x',
    '/secret.txt',
    '/..%2f..%2fetc/passwd',
    '/../package.json',
    '/link.js',
    '/.git/config',
    '/index.html/x',
    '/widget/other.js',
    '/widget/laurel.mjs',
    '/widget/../index.html',
    '/gallery/app.js',
  ])('answers %s with 404 in JSON', async (path) => {
    const { status, headers, body } = await send(port, { method: 'GET', path, headers: { accept: 'text/html' } });
    expect(status).toBe(404);
    expect(headers['content-type']).toContain('application/json');
    expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  it('shows the demo page with a policy that lets it load nothing from elsewhere', async () => {
    const page = await fetch(`${base}/`);
    expect(await page.text()).toContain('<title>demo</title>');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect((await fetch(`${base}/app.js`)).headers.get('content-type')).toContain('text/javascript');
  });

  it('serves the kit to pages of any origin, to be kept for minutes, or for ever under the address of its content', async () => {
    const first = await fetch(`${base}/widget/laurel.js`, { headers: { origin: 'https://any.example' } });
    expect(await first.text()).toBe('var Laurel = {};');
    expect(first.headers.get('access-control-allow-origin')).toBe('*');
    expect(first.headers.get('content-encoding')).toBe('gzip');
    expect(first.headers.get('cache-control')).toBe('public, max-age=300, stale-while-revalidate=86400');
    const etag = first.headers.get('etag') ?? '';
    const again = await fetch(`${base}/widget/laurel.js`, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    const pinned = await fetch(`${base}/widget/laurel.js?v=${etag.replaceAll('"', '')}`);
    expect(pinned.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${base}/widget/laurel.js?v=another`)).headers.get('cache-control')).not.toContain('immutable');
  });

  it('shows the gallery of the kit below its own path', async () => {
    expect(await (await fetch(`${base}/gallery/`)).text()).toContain('<title>gallery</title>');
  });

  it('serves GraphiQL in one page, which names no other place to load from', async () => {
    const page = await fetch(`${base}/graphiql`);
    const html = await page.text();
    expect(html).toContain('Laurel GraphiQL');
    expect(html).not.toMatch(/<(script|link|img)[^>]+(src|href)="https?:/);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('gives no page and no GraphiQL, but the kit, when the demo is switched off', async () => {
    const quiet = await startLaurel({ ...deps, config: { ...deps.config, demo: false } }, { folders });
    for (const path of ['/', '/graphiql', '/gallery/']) {
      expect((await fetch(quiet.url.replace('/graphql', path))).status).toBe(404);
    }
    expect((await fetch(quiet.url.replace('/graphql', '/widget/laurel.js'))).status).toBe(200);
  });

  it('takes over a sane request id, and makes one instead of another', async () => {
    const sane = await post(url, { query: '{ hello }' }, { 'x-request-id': 'order-17' });
    expect(sane.headers.get('x-request-id')).toBe('order-17');
    const odd = await post(url, { query: '{ helo }' }, { 'x-request-id': 'a b"c' });
    const id = odd.headers.get('x-request-id') ?? '';
    expect(id).toMatch(/^[\w-]{10,40}$/);
    expect(await odd.json()).toMatchObject({ errors: [{ extensions: { requestId: id } }] });
  });

  it('shows allowed pages their origin, and never lets credentials through', async () => {
    const allowed = await post(url, { query: '{ hello }' }, { origin: 'https://shop.example' });
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    const foreign = await post(url, { query: '{ hello }' }, { origin: 'https://evil.example' });
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  });
});

it('the whole schema can be read with a key by the query that tools use', async () => {
  const response = await post(url, { query: getIntrospectionQuery({ oneOf: true, inputValueDeprecation: true }) });
  expect(await response.json()).toMatchObject({ data: { __schema: { queryType: { name: 'Query' } } } });
});

describe('what is no request', () => {
  it('is answered with a typed 400', async () => {
    const { text } = await talk(port, 'HELLO\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('"code":"BAD_USER_INPUT"');
  });

  it('is answered with 431 when its headers are too large', async () => {
    const { text } = await talk(port, `GET /graphql HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('is cut when its headers come a byte a second', async () => {
    const { text, ms } = await talk(port, 'GET /graphql HTTP/1.1\r\nhost: x\r\n', { every: 1_000, piece: 'x' });
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(ms).toBeLessThan(15_000);
  });
});
