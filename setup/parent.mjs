// Ending with one's parent. A terminal signals the whole group, but a parent that is killed alone takes nobody along.
import process from 'node:process';

const LOOK_EVERY_MS = 500;

/** Calls back once when the process that started this one is gone. Keeps nothing alive. @param {() => void} callback */
export function whenParentDies(callback) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, LOOK_EVERY_MS);
  timer.unref();
}
