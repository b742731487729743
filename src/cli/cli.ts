import { readCommandLineConfig } from '#src/config.ts';
import { createDeps, type Deps } from '#src/deps.ts';

import type { Answer } from './command.ts';

/** Where a run of the command line reads its settings and speaks; a test passes its own. */
export type Terminal = {
  /** The process's own when it is left out. */
  environment?: NodeJS.ProcessEnv;
  out: (text: string) => void;
  err: (text: string) => void;
};

/** One run of the command line: what it holds open, and how it speaks. Answers go to out, everything else to err. */
export class Cli {
  json = false;
  exitCode: 0 | 1 | 2 = 0;
  /** Set by a command that heeds `interrupted`; others end at once. */
  stopsGently = false;
  /** Aborted when the user presses Ctrl-C: long commands stop at the next safe place. */
  readonly interrupted: AbortSignal;
  readonly terminal: Terminal;
  #deps: Deps | undefined;
  readonly #interrupt = new AbortController();

  constructor(terminal: Terminal) {
    this.terminal = terminal;
    this.interrupted = this.#interrupt.signal;
  }

  /** Opens the stores at the first call; commands that need none never connect. */
  deps(): Deps {
    this.#deps ??= createDeps(readCommandLineConfig(this.terminal.environment));
    return this.#deps;
  }

  interrupt(): void {
    this.#interrupt.abort();
  }

  answer({ json, text, failed = false }: Answer): void {
    this.terminal.out(this.json ? `${JSON.stringify(json)}\n` : `${text}\n`);
    if (failed) this.exitCode = 1;
  }

  /** A line about what goes on, for people. */
  say(text: string): void {
    if (!this.json) this.terminal.err(`${text}\n`);
  }

  async close(): Promise<void> {
    await this.#deps?.close();
  }
}
