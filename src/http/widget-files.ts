import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** The files of the kit, by their names below /widget/. Nothing else of the folder is shown. */
const FILES = ['laurel.js', 'laurel.mjs', 'react.mjs'] as const;

const PREFIX = '/widget/';
/** A page notices a new version of the kit within minutes; a cache may show the old one while it asks. */
const FRESH = 'public, max-age=300, stale-while-revalidate=86400';
/** The address names the very content, which never changes. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** A file of the kit as an answer: 200 with the content, or 304 when the asker has it. */
export type WidgetFile = { status: 200 | 304; headers: Record<string, string>; body: Buffer };

type Kept = { plain: Buffer; small: Buffer; mark: string; mtimeMs: number };

const compress = promisify(gzip);
const NOTHING = Buffer.alloc(0);

/**
 * Serves the bundled kit to pages of any origin: it is public, the same for everybody, and holds no key. Read and compressed
 * when first asked for, and again after it was built anew. With `?v=` and the letters of the ETag it may be kept for ever. Gives
 * null for what is not one of its files, or was not built.
 */
export function createWidgetFiles(
  folder: string,
): (path: string, query: string, headers: IncomingHttpHeaders) => Promise<WidgetFile | null> {
  const kept = new Map<string, Kept>();
  return async (path, query, headers) => {
    const name = FILES.find((file) => path === PREFIX + file);
    const file = name === undefined ? null : await newest(join(folder, name), kept);
    if (file === null) return null;
    const isPinned = new URLSearchParams(query).get('v') === file.mark;
    const etag = `"${file.mark}"`;
    const common = {
      etag,
      'cache-control': isPinned ? FOR_EVER : FRESH,
      vary: 'accept-encoding',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    };
    if (headers['if-none-match']?.includes(etag) === true) return { status: 304, headers: common, body: NOTHING };
    const isSmall = /\bgzip\b/.test(headers['accept-encoding'] ?? '');
    return {
      status: 200,
      headers: {
        ...common,
        'content-type': 'text/javascript; charset=utf-8',
        ...(isSmall ? { 'content-encoding': 'gzip' } : {}),
      },
      body: isSmall ? file.small : file.plain,
    };
  };
}

async function newest(path: string, kept: Map<string, Kept>): Promise<Kept | null> {
  try {
    const { mtimeMs } = await stat(path);
    const known = kept.get(path);
    if (known?.mtimeMs === mtimeMs) return known;
    const plain = await readFile(path);
    const mark = createHash('sha256').update(plain).digest('hex').slice(0, 16);
    const made = { plain, small: await compress(plain, { level: 9 }), mark, mtimeMs };
    kept.set(path, made);
    return made;
  } catch {
    return null;
  }
}
