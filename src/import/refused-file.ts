import { open, type FileHandle } from 'node:fs/promises';

import type { SettledRow } from './unit.ts';

/**
 * Refused rows, one JSON object a line: `row`, `reason` and the row's columns. The file is made with the first of them.
 * `written` is its length so far; an import that goes on after a kill cuts the file there, so that no row stands in it twice.
 */
export type RefusedFile = { write(rows: readonly SettledRow[]): Promise<number>; close(): Promise<void> };

/** `from` is the length that the run remembers; 0 begins a new file. */
export function openRefusedFile(path: string, from: number): RefusedFile {
  let file: FileHandle | null = null;
  let written = from;
  return {
    async write(rows) {
      if (rows.length === 0) return written;
      file ??= await reopen(path, from);
      const text = rows.map(({ row, reason, fields }) => `${JSON.stringify({ row, reason, fields })}\n`).join('');
      await file.appendFile(text);
      written += Buffer.byteLength(text);
      return written;
    },
    async close() {
      await file?.close();
    },
  };
}

async function reopen(path: string, length: number): Promise<FileHandle> {
  const file = await open(path, 'a', 0o600);
  const info = await file.stat();
  // A pipe or a device has no length to cut.
  if (!info.isFile()) return file;
  // A file that is shorter than remembered is another one: what it holds is kept.
  await file.truncate(Math.min(info.size, length));
  return file;
}
