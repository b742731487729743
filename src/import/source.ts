import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { InvalidInputError } from '#domain/errors.ts';

import type { Mapping } from './mapping.ts';

/** A file to import, read through once. */
export type Source = {
  name: string;
  /** SHA-256 of the unpacked content and the mapping: the same rows understood in the same way are the same source. */
  hash: string;
  /** Lines of the unpacked content, near enough to the rows for a progress bar. */
  lines: number;
  /** The unpacked content from the beginning, as often as wanted. */
  read(): Readable;
  /** Removes what was spooled. */
  close(): Promise<void>;
};

const GZIP_MAGIC = [0x1f, 0x8b];
const NEWLINE = 0x0a;

/**
 * Opens a file, or standard input for `-`, which is spooled to disk because an import reads its source twice: the first
 * time for its identity, which must be known before anything is written. Gzip is told by its first two bytes, whatever the
 * name. Throws InvalidInputError with one clear line when the file is not there or broken.
 */
export async function openSource(path: string, mapping: Mapping): Promise<Source> {
  const spooled = path === '-' ? await spool(process.stdin) : null;
  const file = spooled?.file ?? path;
  const close = async (): Promise<void> => {
    if (spooled !== null) await rm(spooled.folder, { recursive: true, force: true });
  };
  try {
    const unpack = await isGzip(file, path);
    const read = (): Readable => (unpack ? inflated(file) : createReadStream(file));
    const { hash, lines } = await identify(read(), mapping, path);
    return { name: path === '-' ? 'standard input' : basename(path), hash, lines, read, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function spool(input: Readable): Promise<{ folder: string; file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'laurel-import-'));
  const file = join(folder, 'input');
  await pipeline(input, createWriteStream(file, { mode: 0o600 }));
  return { folder, file };
}

async function isGzip(file: string, shown: string): Promise<boolean> {
  const info = await stat(file).catch(() => null);
  if (info === null) throw new InvalidInputError(`There is no file ${shown}.`);
  if (!info.isFile()) throw new InvalidInputError(`${shown} is not a file.`);
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new InvalidInputError(`${shown} cannot be read (${error.code ?? error.message}).`);
  });
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && GZIP_MAGIC.every((byte, index) => buffer[index] === byte);
  } finally {
    await handle.close();
  }
}

/** Errors of the file below are handed up, so that whoever reads the content meets them. */
function inflated(file: string): Readable {
  const packed = createReadStream(file);
  const unpacked: Transform = createGunzip();
  packed.once('error', (error) => unpacked.destroy(error));
  unpacked.once('close', () => packed.destroy());
  return packed.pipe(unpacked);
}

async function identify(content: Readable, mapping: Mapping, shown: string): Promise<{ hash: string; lines: number }> {
  const hash = createHash('sha256').update(JSON.stringify(mapping)).update('\0');
  let lines = 0;
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      hash.update(chunk);
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) lines += 1;
    }
  } catch (error) {
    throw new InvalidInputError(`${shown} cannot be read to its end: ${(error as Error).message}.`);
  }
  return { hash: hash.digest('hex'), lines };
}
