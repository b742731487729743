// On what a run was made: without it no figure can be read.
import { spawnSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import process from 'node:process';

import { Redis } from 'ioredis';

import type { Options } from './options.ts';
import { placingNote } from './placing.ts';
import { runStatements, type Stores } from './stores.ts';
import { FIRST_ROUND_WARMUP } from './turns.ts';

/** The conditions as lines of `name: value`. */
export async function describeConditions(
  options: Options,
  stores: Stores,
  loadAtStart: number,
): Promise<[string, string][]> {
  const [version] = await runStatements<{ server_version: string }>(stores.adminUrl, ['show server_version']);
  const [fsync] = await runStatements<{ fsync: string }>(stores.adminUrl, ['show fsync']);
  const { rounds, seconds, warmupSeconds } = options.timing;
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  return [
    [
      'Command',
      `npm run bench${options.quick ? ' -- --quick' : ''}${options.profile ? `${options.quick ? '' : ' --'} --profile` : ''}`,
    ],
    ['Date', new Date().toISOString().slice(0, 10)],
    ['Commit', said('git', ['rev-parse', '--short', 'HEAD']) || 'unknown'],
    [
      'Machine',
      `${cpus().length} cores (${processor}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`,
    ],
    ['Placing', placingNote()],
    [
      'Neighbours',
      `load average ${loadAtStart.toFixed(1)} before the run, ${loadNow().toFixed(1)} at its end, of which the run itself makes about 2`,
    ],
    [
      'Versions',
      `Node ${process.versions.node}, PostgreSQL ${version?.server_version ?? '?'} (fsync ${fsync?.fsync ?? '?'}), ${await redisVersion(stores)}`,
    ],
    [
      'Rounds',
      `${rounds} interleaved rounds, the limit first; each turn ${warmupSeconds} s to warm up (${FIRST_ROUND_WARMUP} times that in the first round), ${seconds} s measured; medians`,
    ],
    ...(options.quick
      ? ([['Quick run', 'short turns and small tables: it shows that everything runs, its figures are rough']] as [
          string,
          string,
        ][])
      : []),
  ];
}

/** Processes that wanted to run, averaged over the last minute. */
export function loadNow(): number {
  return loadavg()[0] ?? NaN;
}

async function redisVersion(stores: Stores): Promise<string> {
  const redis = new Redis(stores.redisUrl(0));
  const info = await redis.info('server');
  redis.disconnect();
  const [name, version] = [
    /^server_name:(\S+)/m.exec(info)?.[1] ?? 'Redis',
    /^(?:valkey|redis)_version:(\S+)/m.exec(info)?.[1],
  ];
  return `${name} ${version ?? ''}`;
}

function said(file: string, args: readonly string[]): string {
  return spawnSync(file, args, { encoding: 'utf8', cwd: import.meta.dirname }).stdout?.trim() ?? '';
}
