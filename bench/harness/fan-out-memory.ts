// Memory of a server with many subscribers. Every turn has a process of its own: one that has served others before still
// holds what they left behind.
import { stopServers, type Bench, type StartedServer } from './bench.ts';
import { gather, residentBytesOf, type FanOut } from './fan-out-load.ts';
import { median } from './statistics.ts';

export type MemoryTarget = {
  name: string;
  start: () => Promise<StartedServer>;
  /** Who subscribes to that server, and how they get a change. */
  on: (server: StartedServer) => Pick<FanOut, 'audience' | 'change'>;
};

/** Memory of a target's process with all subscribers connected, and how much of it each of them added; in bytes. */
export type Held = { name: string; bytes: number; bytesEach: number };

/** Changes that everybody has got before the memory is read. */
const CHANGES = 10;

/** Lets all targets take their turns; the medians over the rounds count. */
export async function memoryInTurns(bench: Bench, targets: readonly MemoryTarget[]): Promise<Held[]> {
  const turns = targets.map((): Held[] => []);
  const { rounds } = bench.options.timing;
  for (let round = 1; round <= rounds; round += 1) {
    for (const [index, target] of targets.entries()) {
      bench.progress(`memory, round ${round} of ${rounds}, ${target.name}`);
      turns[index]?.push(await takeTurn(bench, target));
    }
  }
  return targets.map(({ name }, index) => ({
    name,
    bytes: median((turns[index] ?? []).map(({ bytes }) => bytes)),
    bytesEach: median((turns[index] ?? []).map(({ bytesEach }) => bytesEach)),
  }));
}

async function takeTurn(bench: Bench, { name, start, on }: MemoryTarget): Promise<Held> {
  const server = await start();
  const empty = residentBytesOf(server.process.pid);
  const { audience, change } = on(server);
  const crowd = await gather(server, audience);
  for (let made = 0; made < CHANGES; made += 1) {
    const everybody = crowd.nextChange(() => {});
    await Promise.all([change(), everybody]);
  }
  const bytes = residentBytesOf(server.process.pid);
  crowd.close();
  await stopServers(bench, [server]);
  return { name, bytes, bytesEach: (bytes - empty) / audience.size };
}
