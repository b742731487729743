import { CommanderError } from 'commander';
import { DatabaseError } from 'pg';

import { UserError } from '#domain/errors.ts';

import { exitCodeOf, UsageError } from './command.ts';

export type Failure = { exitCode: 0 | 1 | 2; code: string; message: string };

/** One clear line for whatever went wrong; an empty message has been said already. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) return { exitCode: exitCodeOf(error), code: 'WRONG_USAGE', message: '' };
  if (error instanceof UsageError) return { exitCode: 2, code: 'WRONG_USAGE', message: error.message };
  if (error instanceof UserError) return { exitCode: 1, code: error.code, message: error.message };
  if (error instanceof DatabaseError && error.code === '42P01') {
    return {
      exitCode: 1,
      code: 'NOT_MIGRATED',
      message: 'The database is not migrated: `npm start` does it, or see `laurel migrate status`.',
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { exitCode: 1, code: codeOf(error), message: message.trim().replaceAll(/\s*\n\s*/g, '; ') };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'FAILED';
}
