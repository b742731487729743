// Generated Prisma clients: git-ignored, made again whenever their schema changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import process from 'node:process';

import { serverEnvironment } from './servers.ts';
import { SetupError, step } from './steps.mjs';

const ROOT = resolve(import.meta.dirname, '..');

/** Generates the client unless it is there for exactly this schema and this version of the generators. */
export async function ensurePrismaClient(signal?: AbortSignal): Promise<void> {
  await ensureClient({
    schema: 'prisma/schema',
    generated: 'prisma/generated',
    what: 'the database client',
    ...(signal === undefined ? {} : { signal }),
  });
}

export type ClientOptions = {
  /** The Prisma schema, a file or a folder, from the root. */
  schema: string;
  /** Where its generators write to, from the root. */
  generated: string;
  /** What it is called in the step that makes it. */
  what: string;
  signal?: AbortSignal;
};

/** Generates the client of a Prisma schema unless it is there for exactly that schema and the installed Prisma. */
export async function ensureClient({ schema, generated, what, signal }: ClientOptions): Promise<void> {
  const mark = schemaMark(schema);
  const stamp = join(ROOT, generated, '.schema');
  const isThere = existsSync(join(ROOT, generated, 'client.ts')) && existsSync(stamp);
  if (isThere && readFileSync(stamp, 'utf8') === mark) return;
  await step(`Generating ${what}`, () => generate(schema, what, signal));
  writeFileSync(stamp, mark);
}

function schemaMark(schema: string): string {
  const hash = createHash('sha256');
  const files = schema.endsWith('.prisma') ? [schema] : globSync(`${schema}/**/*.prisma`, { cwd: ROOT });
  for (const file of files.toSorted()) hash.update(readFileSync(join(ROOT, file)));
  hash.update(readFileSync(join(ROOT, 'package-lock.json')));
  return hash.digest('hex');
}

async function generate(schema: string, what: string, signal: AbortSignal | undefined): Promise<void> {
  let said = '';
  const prisma = join(ROOT, 'node_modules', 'prisma', 'build', 'index.js');
  const code = await new Promise<number | null>((done, reject) => {
    const child = spawn(process.execPath, [prisma, 'generate', '--schema', schema], {
      ...(signal === undefined ? {} : { signal }),
      cwd: ROOT,
      // The schema engine is a download that generating does not use: naming any executable keeps it from being fetched.
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
    child.once('close', done);
  });
  if (code !== 0) {
    throw new SetupError(`${what[0]?.toUpperCase()}${what.slice(1)} could not be generated: ${errorLine(said)}`);
  }
}

function errorLine(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  return (
    lines.find((line) => /^error|ENOSPC|EACCES/i.test(line)) ??
    lines.findLast((line) => line !== '') ??
    'Prisma did not say why.'
  );
}
