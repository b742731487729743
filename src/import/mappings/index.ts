import { readFile } from 'node:fs/promises';

import type { z } from 'zod';

import { InvalidInputError } from '#domain/errors.ts';

import { MappingSchema, type Mapping, type MappingInput } from '../mapping.ts';
import { airline } from './airline.ts';
import { cdnow } from './cdnow.ts';
import { onlineRetail } from './online-retail.ts';
import { stackexchange } from './stackexchange.ts';

const BUILT_IN: readonly MappingInput[] = [airline, cdnow, onlineRetail, stackexchange];

export const MAPPING_NAMES: readonly string[] = BUILT_IN.map((mapping) => mapping.name);

/** The built-in mapping of that name, else the one in the JSON file at that path. Throws InvalidInputError. */
export async function loadMapping(nameOrPath: string): Promise<Mapping> {
  const builtIn = BUILT_IN.find((mapping) => mapping.name === nameOrPath);
  if (builtIn !== undefined) return parseMapping(builtIn, nameOrPath);
  const text = await readFile(nameOrPath, 'utf8').catch(() => null);
  if (text === null) {
    throw new InvalidInputError(
      `No mapping ${nameOrPath}: take ${MAPPING_NAMES.join(', ')}, or the path of a JSON file.`,
    );
  }
  return parseMapping(parseJson(text, nameOrPath), nameOrPath);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(`${path} is no JSON: ${(error as Error).message}`);
  }
}

function parseMapping(given: unknown, name: string): Mapping {
  const parsed = MappingSchema.safeParse(given);
  if (!parsed.success) throw new InvalidInputError(`The mapping ${name} is not valid: ${oneLine(parsed.error)}`);
  return parsed.data;
}

function oneLine(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'mapping'}: ${issue.message}`).join('; ');
}
