import type { Scope } from '#app/transaction.ts';
import type { Caller, ProgramCaller } from '#domain/caller.ts';
import { ForbiddenError, UnauthenticatedError } from '#domain/errors.ts';
import type { Deps } from '#src/deps.ts';

import type { Loaders } from './loaders/index.ts';

/** What every resolver gets: who calls, what is open, and loaders made for this request alone. */
export type Context = {
  caller: Caller;
  deps: Deps;
  requestId: string;
  loaders: Loaders;
};

/** The caller's program. Throws a top-level error when the caller belongs to none. */
export function programOf(context: Context): ProgramCaller {
  const { caller } = context;
  if (caller.kind === 'ANONYMOUS') throw new UnauthenticatedError('Send a key or a token in the authorization header.');
  if (caller.kind === 'OPERATOR')
    throw new ForbiddenError('An operator key belongs to no program; use a key of the program.');
  return caller;
}

/** Program and actor for a use case. */
export function scopeOf(context: Context): Scope {
  const caller = programOf(context);
  return { programId: caller.programId, actor: caller.actor };
}
