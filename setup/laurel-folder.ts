// The git-ignored folder `.laurel` of a checkout: data, logs, what has to be kept between runs, and what a running
// `npm start` tells the tools of this machine about itself.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';

import { z } from 'zod';

import { stillRuns } from './processes.ts';
import { SetupError } from './steps.mjs';

export const ROOT = resolve(import.meta.dirname, '..');
export const LAUREL_FOLDER = join(ROOT, '.laurel');
const START_FILE = 'setup/start.ts';
const DEV_FILE = join(LAUREL_FOLDER, 'dev.json');
const SECRETS_FILE = join(LAUREL_FOLDER, 'secrets.json');

const DemoKeys = z.record(z.string(), z.record(z.string(), z.string()));
/** Keys of the demo program by kind (secret, publishable …) and role. */
export type DemoKeys = z.infer<typeof DemoKeys>;

const DevFile = z.object({
  /** The process of `npm start`; the file holds while it runs. */
  pid: z.number(),
  /** Where the pages are. */
  pageUrl: z.string(),
  /** The GraphQL endpoint for requests, and for websockets. */
  url: z.string(),
  wsUrl: z.string(),
  databaseUrl: z.string(),
  redisUrl: z.string(),
  program: z.string(),
  /** The external id of a customer worth looking at. */
  customer: z.string(),
  keys: DemoKeys,
});
export type DevFile = z.infer<typeof DevFile>;

const Secrets = z.object({ tokenSecret: z.string(), keys: DemoKeys });
export type Secrets = z.infer<typeof Secrets>;

/** What the `npm start` that runs from this checkout wrote; nothing when none runs. */
export function runningDevFile(): DevFile | undefined {
  const file = readJson(DEV_FILE, DevFile);
  return file !== undefined && stillRuns(file.pid, START_FILE) ? file : undefined;
}

export function writeDevFile(file: DevFile): void {
  writePrivately(DEV_FILE, file);
}

/** Takes the file back at the end of a run, unless another run has written it since. */
export function removeDevFile(): void {
  if (readJson(DEV_FILE, DevFile)?.pid === process.pid) rmSync(DEV_FILE, { force: true });
}

/** What is made up once per checkout and must be the same in the next run. */
export function keptSecrets(): Secrets {
  const kept = readJson(SECRETS_FILE, Secrets);
  if (kept !== undefined) return kept;
  const secrets = { tokenSecret: randomBytes(32).toString('base64url'), keys: {} };
  keepSecrets(secrets);
  return secrets;
}

export function keepSecrets(secrets: Secrets): void {
  writePrivately(SECRETS_FILE, secrets);
}

/**
 * Takes the checkout's data for this process, so that no two runs start servers on the same files. Answers what gives
 * it back. A claim whose process is gone does not count.
 */
export function claimData(): () => void {
  mkdirSync(LAUREL_FOLDER, { recursive: true });
  const claim = join(LAUREL_FOLDER, 'start.pid');
  for (;;) {
    try {
      writeFileSync(claim, String(process.pid), { flag: 'wx' });
      return () => rmSync(claim, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const pid = Number(readFileSync(claim, { encoding: 'utf8', flag: 'a+' }));
    if (stillRuns(pid, START_FILE)) {
      const at = runningDevFile()?.pageUrl;
      throw new SetupError(
        `Laurel already runs from this folder (process ${pid}${at === undefined ? '' : `, ${at}`}): stop it first, or start ` +
          'a second one on the same data with the DATABASE_URL and REDIS_URL in .laurel/dev.json and another PORT.',
      );
    }
    rmSync(claim, { force: true });
  }
}

function readJson<T>(file: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Whole or not at all, and for the owner's eyes only from the first byte. */
function writePrivately(file: string, content: object): void {
  mkdirSync(LAUREL_FOLDER, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
}
