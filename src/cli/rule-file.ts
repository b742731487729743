import { readFile } from 'node:fs/promises';

import { InvalidInputError, InvalidRuleError } from '#domain/errors.ts';
import type { RuleSetInput } from '#domain/rule-set/content.ts';

/** A file holds sections (`{"earningRules": […], …}`). */
export async function readRuleSet(file: string): Promise<RuleSetInput> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) throw new InvalidInputError(`There is no file ${file}.`);
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) return parsed;
  } catch (error) {
    throw new InvalidInputError(`${file} is no JSON: ${(error as Error).message}`);
  }
  throw new InvalidInputError(`${file} holds no rule set: an object of sections such as earningRules.`);
}

/** Names each problem of a rule set with its place, in one line. */
export async function saidPlainly<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof InvalidRuleError)) throw error;
    throw new InvalidInputError(error.problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  }
}
