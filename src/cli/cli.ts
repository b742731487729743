import process from 'node:process';

import { readCommandLineConfig } from '#src/config.ts';
import { createDeps, type Deps } from '#src/deps.ts';

import type { Answer } from './command.ts';

/** One run of the command line: what it holds open, and how it speaks. Answers go to stdout, everything else to stderr. */
export class Cli {
  json = false;
  /** Ends when the user presses Ctrl-C: long commands stop at the next safe place. */
  readonly interrupted: AbortSignal;
  #deps: Deps | undefined;
  readonly #interrupt = new AbortController();

  constructor() {
    this.interrupted = this.#interrupt.signal;
  }

  /** Opens the stores at the first call; commands that need none never connect. */
  deps(): Deps {
    this.#deps ??= createDeps(readCommandLineConfig());
    return this.#deps;
  }

  interrupt(): void {
    this.#interrupt.abort();
  }

  answer({ json, text, failed = false }: Answer): void {
    process.stdout.write(this.json ? `${JSON.stringify(json)}\n` : `${text}\n`);
    if (failed) process.exitCode = 1;
  }

  /** A line about what goes on, for people. */
  say(text: string): void {
    if (!this.json) process.stderr.write(`${text}\n`);
  }

  async close(): Promise<void> {
    await this.#deps?.close();
  }
}
