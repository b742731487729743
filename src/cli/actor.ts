import { randomUUID } from 'node:crypto';

import type { Command } from '#app/mutation.ts';

/** How what is done from the command line is written into transactions and the audit. */
export const ACTOR = 'operator:command-line';

/** A mutation under a key of its own: a person who runs a command twice means it twice. */
export function newCommand(mutation: string, input: unknown): Command {
  return { mutation, idempotencyKey: randomUUID(), input };
}
