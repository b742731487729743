// The Prisma client of the stock-stack peers: generated beside them on first use and whenever their schema changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import process from 'node:process';

import { serverEnvironment } from '../../setup/servers.ts';
import { SetupError, step } from '../../setup/steps.mjs';

const ROOT = resolve(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, 'bench', 'peers', 'prisma');
const SCHEMA = join(FOLDER, 'schema.prisma');
const STAMP = join(FOLDER, 'generated', '.schema');

/** Generates the client unless it is there for exactly this schema and this version of Prisma. */
export async function ensurePeerClient(): Promise<void> {
  const hash = createHash('sha256').update(readFileSync(SCHEMA));
  const mark = hash.update(readFileSync(join(ROOT, 'package-lock.json'))).digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === mark) return;
  await step("Generating the stock stack's database client", generate);
  writeFileSync(STAMP, mark);
}

function generate(): Promise<void> {
  return new Promise((done, reject) => {
    let said = '';
    const prisma = join(ROOT, 'node_modules', 'prisma', 'build', 'index.js');
    const child = spawn(process.execPath, [prisma, 'generate', '--schema', SCHEMA], {
      cwd: ROOT,
      // Generating does not use the schema engine; naming any executable keeps Prisma from fetching it.
      env: serverEnvironment({
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        NO_COLOR: '1',
        PATH: [join(ROOT, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter),
      }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) done();
      else
        reject(
          new SetupError(
            `The stock stack's database client could not be generated: ${said.trim().split('\n').at(-1) ?? ''}`,
          ),
        );
    });
  });
}
