// Where a server's processor time goes, from a profile that Node wrote when it ended: self time grouped by package.
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** Shares of the time in which the process was not idle. */
export type ProfileTable = {
  packages: { name: string; share: number }[];
  functions: { name: string; place: string; share: number }[];
};

type CallFrame = { functionName: string; url: string; lineNumber: number };
type CpuProfile = {
  /** Microseconds of the system's monotonic clock, as `process.hrtime` reads it. */
  startTime: number;
  nodes: { id: number; callFrame: CallFrame }[];
  samples: number[];
  timeDeltas: number[];
};

const ROOT = resolve(import.meta.dirname, '..', '..');
const PACKAGES_SHOWN = 10;
const FUNCTIONS_SHOWN = 12;
const IDLE = new Set(['(idle)', '(root)']);

/** Microseconds of the system's monotonic clock. */
export type Window = { from: number; to: number };

/** Now, by the clock that profiles are told in. */
export function profileClock(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/**
 * Reads what the largest profile in the folder says of the window. The largest is the server's; its helper threads
 * write small ones. Starting and stopping lie outside the window.
 */
export function readProfile(folder: string, window: Window): ProfileTable {
  const texts = globSync(join(folder, '*.cpuprofile')).map((file) => readFileSync(file, 'utf8'));
  const text = texts.toSorted((a, b) => b.length - a.length)[0];
  if (text === undefined) throw new Error('the server wrote no profile');
  return tableOf(JSON.parse(text) as CpuProfile, window);
}

function tableOf({ startTime, nodes, samples, timeDeltas }: CpuProfile, { from, to }: Window): ProfileTable {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const byPackage = new Map<string, number>();
  const byFunction = new Map<string, number>();
  let total = 0;
  let at = startTime;
  for (const [index, id] of samples.entries()) {
    const time = timeDeltas[index] ?? 0;
    at += time;
    const frame = frames.get(id);
    if (frame === undefined || IDLE.has(frame.functionName) || at < from || at > to) continue;
    total += time;
    add(byPackage, packageOf(frame), time);
    add(byFunction, `${frame.functionName || '(anonymous)'}\t${placeOf(frame)}`, time);
  }
  const top = (times: Map<string, number>, count: number): { name: string; share: number }[] =>
    [...times]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, count)
      .map(([name, time]) => ({ name, share: time / total }));
  return {
    packages: top(byPackage, PACKAGES_SHOWN),
    functions: top(byFunction, FUNCTIONS_SHOWN).map(({ name, share }) => {
      const [functionName = '', place = ''] = name.split('\t');
      return { name: functionName, place, share };
    }),
  };
}

function add(times: Map<string, number>, key: string, time: number): void {
  times.set(key, (times.get(key) ?? 0) + time);
}

function packageOf({ functionName, url }: CallFrame): string {
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(program)' || url === '') return 'native code and V8';
  if (url.startsWith('node:')) return `Node (${url.split('/').slice(0, 2).join('/')})`;
  const path = pathOf(url);
  const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  return inPackage ?? `Laurel ${path.split('/').slice(0, 2).join('/')}`;
}

function placeOf({ url, lineNumber }: CallFrame): string {
  return url === '' ? '' : `${pathOf(url).replace(/.*node_modules\//, '')}:${lineNumber + 1}`;
}

/** Relative to the checkout, so that no reader's folders stand in the results. */
function pathOf(url: string): string {
  const path = url.startsWith('file://') ? fileURLToPath(url) : url;
  return path.startsWith(ROOT) ? path.slice(ROOT.length + 1) : path;
}
