import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { buildSchema, parse, validate } from 'graphql';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..', '..');
const DEMO = resolve(ROOT, 'widget', 'demo');
const schema = buildSchema(readFileSync(resolve(ROOT, 'schema', 'public.graphql'), 'utf8'));

const operations = readdirSync(DEMO)
  .filter((name) => name.endsWith('.js'))
  .flatMap((name) =>
    [...readFileSync(resolve(DEMO, name), 'utf8').matchAll(/`((?:query|mutation|subscription) [^`]+)`/g)].map(
      ([, text = '']) =>
        [`${name}: ${text.slice(0, text.search(/[ ({]/))} ${/\w+ (\w+)/.exec(text)?.[1] ?? ''}`, text] as const,
    ),
  );

it.each(operations)('the demo page asks for what the public schema knows: %s', (_name, text) => {
  expect(validate(schema, parse(text))).toEqual([]);
});
