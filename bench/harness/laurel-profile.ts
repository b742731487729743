// One more turn of Laurel in a process that watches itself, apart from the measured ones.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

import { stopServers, type Bench, type StartedServer } from './bench.ts';
import type { Claim } from './goal.ts';
import { startLaurel, type World } from './laurel.ts';
import { profileClock, readProfile, type ProfileTable } from './profile.ts';
import type { Target } from './turns.ts';

const WARMUP_SECONDS = 2;
const SECONDS = 4;

/** Where Laurel spends its time under that load; nothing when not asked for, or when every claim is met. */
export async function profileShortfall(
  bench: Bench,
  claims: readonly Claim[],
  world: World,
  targetOf: (server: StartedServer) => Promise<Target> | Target,
): Promise<ProfileTable | undefined> {
  if (!bench.options.profile || claims.every(({ met }) => met)) return undefined;
  bench.progress('profiling Laurel');
  const folder = mkdtempSync(join(bench.folder, 'profile-'));
  const server = await startLaurel(bench, world, ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
  const target = await targetOf(server);
  await target.prepare?.();
  await target.turn({ rounds: 1, seconds: WARMUP_SECONDS, warmupSeconds: 0 });
  await target.prepare?.();
  const from = profileClock();
  await target.turn({ rounds: 1, seconds: SECONDS, warmupSeconds: 0 });
  const to = profileClock();
  await stopServers(bench, [server]);
  return readProfile(folder, { from, to });
}
