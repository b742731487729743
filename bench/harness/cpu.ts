// Processor time of process trees, as the kernel counts it. It is the figure that neighbours move least.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';

const TICKS_PER_SECOND = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout?.trim() || 100);
const FIELD = { parent: 1, childUserTicks: 13, childSystemTicks: 14 } as const;

type ProcessTimes = { pid: number; parent: number; seconds: number };

/** Whether this system tells processor time the way that this file reads it. */
export const CPU_IS_KNOWN = process.platform === 'linux';

/**
 * User and system seconds that a process and all its descendants have used so far, those that ended and were collected
 * included. NaN where the system has no /proc.
 */
export function cpuSecondsOf(root: number): number {
  if (!CPU_IS_KNOWN) return NaN;
  const all = processTimes();
  const wanted = new Set([root]);
  for (let before = 0; before !== wanted.size;) {
    before = wanted.size;
    for (const { pid, parent } of all) if (wanted.has(parent)) wanted.add(pid);
  }
  return all.filter(({ pid }) => wanted.has(pid)).reduce((sum, { seconds }) => sum + seconds, 0);
}

/** User and system seconds of this process, which is the load generator. */
export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** User and system seconds of programs that this process started and that have ended. */
export function endedChildrenCpuSeconds(): number {
  if (!CPU_IS_KNOWN) return NaN;
  const fields = fieldsOf(readFileSync('/proc/self/stat', 'latin1'));
  return ((fields[FIELD.childUserTicks] ?? 0) + (fields[FIELD.childSystemTicks] ?? 0)) / TICKS_PER_SECOND;
}

function processTimes(): ProcessTimes[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = readStat(name);
      return stat === undefined ? [] : [{ pid: Number(name), ...stat }];
    });
}

/** The fields behind the command's closing bracket; the command itself may contain anything. */
function fieldsOf(stat: string): number[] {
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
}

function readStat(pid: string): Omit<ProcessTimes, 'pid'> | undefined {
  try {
    const fields = fieldsOf(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    const childTicks = (fields[FIELD.childUserTicks] ?? 0) + (fields[FIELD.childSystemTicks] ?? 0);
    return { parent: fields[FIELD.parent] ?? 0, seconds: threadSeconds(pid) + childTicks / TICKS_PER_SECOND };
  } catch {
    // The process ended between the listing and the reading.
    return undefined;
  }
}

/** What all threads of a process ran, to the nanosecond: ticks are too coarse for turns of a second or two. */
function threadSeconds(pid: string): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const [nanoseconds] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
    return sum + Number(nanoseconds) / 1e9;
  }, 0);
}
