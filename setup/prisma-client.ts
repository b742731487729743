// The generated Prisma client: git-ignored, made again whenever the schema changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import process from 'node:process';

import { serverEnvironment } from './servers.ts';
import { SetupError, step } from './steps.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const GENERATED = join(ROOT, 'prisma', 'generated');
const STAMP = join(GENERATED, '.schema');

/** Generates the client unless it is there for exactly this schema and this version of the generators. */
export async function ensurePrismaClient(signal?: AbortSignal): Promise<void> {
  const mark = schemaMark();
  if (existsSync(join(GENERATED, 'client.ts')) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === mark) return;
  await step('Generating the database client', () => generate(signal));
  writeFileSync(STAMP, mark);
}

function schemaMark(): string {
  const hash = createHash('sha256');
  for (const file of globSync('prisma/schema/**/*.prisma', { cwd: ROOT }).toSorted())
    hash.update(readFileSync(join(ROOT, file)));
  hash.update(readFileSync(join(ROOT, 'package-lock.json')));
  return hash.digest('hex');
}

async function generate(signal: AbortSignal | undefined): Promise<void> {
  let said = '';
  const code = await new Promise<number | null>((done, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'node_modules', 'prisma', 'build', 'index.js'), 'generate'], {
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
  if (code !== 0) throw new SetupError(`The database client could not be generated: ${errorLine(said)}`);
}

function errorLine(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  return (
    lines.find((line) => /^error|ENOSPC|EACCES/i.test(line)) ??
    lines.findLast((line) => line !== '') ??
    'Prisma did not say why.'
  );
}
