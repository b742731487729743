import { spawnSync } from 'node:child_process';

import {
  buildASTSchema,
  findBreakingChanges,
  parse,
  printSchema,
  visit,
  type ASTNode,
  type DirectiveNode,
  type DocumentNode,
} from 'graphql';
import { describe, expect, test } from 'vitest';

import { publicSchema } from '#schema/index.ts';

import { ROOT } from './tree.ts';

const PUBLIC_SDL = 'schema/public.graphql';

/** The newest release that this checkout comes from, by its tag; null where there is none, or no git to ask. */
function lastRelease(): { tag: string; sdl: string } | null {
  const git = (...args: string[]): string | null => {
    const { status, stdout } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });
    return status === 0 ? stdout : null;
  };
  const tag = git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*')?.trim();
  const sdl = tag === undefined ? null : git('show', `${tag}:${PUBLIC_SDL}`);
  return tag === undefined || sdl === null ? null : { tag, sdl };
}

/** What a client could not hear would go: neither deprecated, nor a type that only deprecated elements lead to. */
function promisesOf(released: DocumentNode, named = typesNamedIn(released)): DocumentNode {
  const kept = visit(released, {
    FieldDefinition: withoutDeprecated,
    InputValueDefinition: withoutDeprecated,
    EnumValueDefinition: withoutDeprecated,
  });
  const orphans = named.difference(typesNamedIn(kept));
  const definitions = kept.definitions.filter(
    (definition) => !('name' in definition) || !orphans.has(definition.name?.value ?? ''),
  );
  return definitions.length === kept.definitions.length ? kept : promisesOf({ ...kept, definitions }, named);
}

function withoutDeprecated(node: { directives?: readonly DirectiveNode[] | undefined }): null | undefined {
  return node.directives?.some(({ name }) => name.value === 'deprecated') === true ? null : undefined;
}

function typesNamedIn(document: ASTNode): Set<string> {
  const names = new Set<string>();
  visit(document, { NamedType: ({ name }) => void names.add(name.value) });
  return names;
}

/** Everything that worked with the released graph and does not with the present one. */
function breaks(released: string, present: string): string[] {
  const options = { assumeValid: true };
  const changes = findBreakingChanges(
    buildASTSchema(promisesOf(parse(released)), options),
    buildASTSchema(parse(present), options),
  );
  return changes.map(({ description }) => description);
}

describe('the public graph', () => {
  test('breaks nothing that the last release promised', ({ skip }) => {
    const release = lastRelease();
    if (release === null) return skip('no release yet, or no git tags here: nothing to compare with');
    expect(breaks(release.sdl, printSchema(publicSchema)), `since ${release.tag}`).toEqual([]);
  });

  test('would be seen to lose a field, change a type or ask for more', () => {
    const released = `
      type Query { customer(id: Int!): Customer points: Int! }
      type Customer { id: Int! state: State! }
      enum State { ENROLLED LEFT }`;
    const present = `
      type Query { customer(id: Int!, program: Int!): Customer points: String! }
      type Customer { state: State! }
      enum State { ENROLLED }`;
    expect(breaks(released, released)).toEqual([]);
    expect(breaks(released, present)).toEqual([
      expect.stringContaining('Query.customer(program:)'),
      expect.stringContaining('Query.points'),
      expect.stringContaining('Customer.id'),
      expect.stringContaining('State.LEFT'),
    ]);
  });

  test('may lose what the release had deprecated, and the types that only this led to', () => {
    const released = `
      type Query { points: Int! wallet: Wallet @deprecated(reason: "Use points.") }
      type Wallet { coins: [Coin!]! }
      type Coin { worth: Int! }`;
    expect(breaks(released, 'type Query { points: Int! }')).toEqual([]);
  });
});
