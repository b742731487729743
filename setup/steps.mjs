// What set-up says while it works: one line a step, with a tick, what came of it and how long it took.
// It goes to the error stream, so that what a command answers can be read from its output alone.
// This file and the other .mjs files must run on any Node from 20, before anything is installed.
import process from 'node:process';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const SPIN_MS = 80;
/** Without a terminal a long step says every so often that it is still at work. */
const STILL_AT_WORK_MS = 10_000;

/** Something that set-up cannot mend by itself. The message is one line that says what is wrong and what to do. */
export class SetupError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'SetupError';
  }
}

/**
 * Any error as one line that says what is wrong and, where it can be told, what to do.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function lineOf(error) {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  // 53100 is PostgreSQL's own word for a full disk.
  if (code === 'ENOSPC' || code === '53100' || /no space left on device/i.test(error.message)) {
    return 'The disk is full: free some space and try again.';
  }
  if (code === 'EACCES' || code === 'EROFS')
    return `This user may not write here (${error.message}): run as the owner of the folder.`;
  return error.message.split('\n').find((line) => line.trim() !== '') ?? error.name;
}

const live = () => process.stderr.isTTY && process.env.CI === undefined && process.env.TERM !== 'dumb';

/** @param {string} code @param {string} text */
const paint = (code, text) => (live() && process.env.NO_COLOR === undefined ? `\u001B[${code}m${text}\u001B[0m` : text);

/** @param {number} milliseconds */
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

/** Prints one plain line of what a command answers. @param {string} text */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Prints one plain line of what is going on. @param {string} text */
export function note(text) {
  process.stderr.write(`${text}\n`);
}

/** Prints why set-up stops, in red where there is a terminal. @param {string} text */
export function sayFailure(text) {
  note(`${paint('31', '✗')} ${text}`);
}

/**
 * Runs one step of set-up and shows it. `work` gets a function that shows how far it is; what it resolves to is handed
 * on. A failing step leaves no half line behind; the caller prints the reason.
 *
 * @template T
 * @param {string} title
 * @param {(progress: (text: string) => void) => Promise<T>} work
 * @param {(result: T) => string} [outcome] what came of it, shown behind the title
 * @returns {Promise<T>}
 */
export async function step(title, work, outcome = () => '') {
  const began = Date.now();
  let detail = '';
  let frame = 0;
  const onTerminal = live();

  const draw = () => {
    const width = Math.max(20, (process.stderr.columns || 80) - 4);
    const text = `${title}${detail === '' ? '' : `: ${detail}`} (${seconds(Date.now() - began)})`.slice(0, width);
    process.stderr.write(`\r\u001B[K${paint('36', FRAMES[frame++ % FRAMES.length] ?? '')} ${text}`);
  };
  const tell = () => note(`… ${title}${detail === '' ? '' : `: ${detail}`} (${seconds(Date.now() - began)})`);
  const timer = onTerminal ? setInterval(draw, SPIN_MS) : setInterval(tell, STILL_AT_WORK_MS);

  try {
    const result = await work((text) => {
      detail = text;
    });
    const came = outcome(result);
    const line = `${title}${came === '' ? '' : `: ${came}`}`;
    clear(onTerminal);
    note(`${paint('32', '✓')} ${line} ${paint('2', `(${seconds(Date.now() - began)})`)}`);
    return result;
  } catch (error) {
    clear(onTerminal);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** @param {boolean} onTerminal */
function clear(onTerminal) {
  if (onTerminal) process.stderr.write('\r\u001B[K');
}
