import { InvalidInputError } from './errors.ts';

const CONTROL = /\p{Cc}/u;

/** A name for people: trimmed, 1 to 200 characters, no control characters. Throws InvalidInputError at `path`. */
export function parseName(name: string, path: readonly string[] = ['name']): string {
  const trimmed = name.trim();
  if (trimmed === '' || [...trimmed].length > 200 || CONTROL.test(trimmed)) {
    throw new InvalidInputError('A name has 1 to 200 characters, none of them a control character.', path);
  }
  return trimmed;
}
