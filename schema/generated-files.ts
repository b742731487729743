import { readFile, readdir } from 'node:fs/promises';

import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import {
  parse,
  print,
  printSchema,
  stripIgnoredCharacters,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

import { publicSchema, schema } from './index.ts';
import { permissionMatrix } from './permission-matrix.ts';

const HEADER = '# Printed by `npm run codegen`. Do not edit.\n\n';
const TEST_OPERATIONS = new URL('../test/gql/', import.meta.url);
const WIDGET_OPERATIONS = new URL('../widget/src/gql/', import.meta.url);

type Documents = { location: string; document: DocumentNode }[];

/** Every file that is derived from the schema, by its path from the root, with the content that it must have. */
export async function generatedFiles(): Promise<Map<string, string>> {
  return new Map([
    ['schema/schema.graphql', `${HEADER}${printSchema(schema)}\n`],
    ['schema/public.graphql', `${HEADER}${printSchema(publicSchema)}\n`],
    ['docs/permissions.md', permissionMatrix(schema)],
    ['test/gql/operations.ts', await typedOperations(schema, await documentsIn(TEST_OPERATIONS), 'TREES')],
    [
      'widget/src/gql/operations.ts',
      await typedOperations(publicSchema, await documentsIn(WIDGET_OPERATIONS), 'TEXTS'),
    ],
  ]);
}

async function documentsIn(folder: URL): Promise<Documents> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.graphql')).toSorted();
  return Promise.all(
    names.map(async (name) => ({ location: name, document: parse(await readFile(new URL(name, folder), 'utf8')) })),
  );
}

/**
 * Types and documents of operations, so that whoever uses them fails to compile when the schema moves. The kit for pages
 * gets texts, since trees would make up most of what a visitor has to load.
 */
async function typedOperations(of: GraphQLSchema, documents: Documents, as: 'TREES' | 'TEXTS'): Promise<string> {
  const generated = await codegen({
    filename: 'operations.ts',
    schema: parse(printSchema(of)),
    schemaAst: of,
    documents,
    config: {
      enumsAsTypes: true,
      useTypeImports: true,
      scalars: {
        DateTime: 'string',
        Date: 'string',
        TimeZone: 'string',
        Decimal: 'string',
        Points: 'number',
        BoardVersion: 'number',
        JSONObject: 'Record<string, unknown>',
      },
    },
    plugins: [{ operations: {} }, ...(as === 'TREES' ? [{ documents: {} }] : [])],
    pluginMap: { operations: typescriptOperations, documents: typedDocuments },
  });
  const texts = as === 'TEXTS' ? `\n${operationTexts(documents)}` : '';
  const imports = as === 'TEXTS' ? `import type { Operation } from '../client/operation.ts';\n\n` : '';
  return `// Made by \`npm run codegen\` from the operations beside it. Do not edit.\n${imports}${generated}${texts}`;
}

/** Each operation with the fragments that it needs, as one short line. */
function operationTexts(documents: Documents): string {
  const definitions = documents.flatMap(({ document }) => document.definitions);
  const fragments = new Map(
    definitions.filter((it) => it.kind === 'FragmentDefinition').map((it) => [it.name.value, it]),
  );
  return definitions
    .filter((it) => it.kind === 'OperationDefinition')
    .map((operation) => {
      const name = operation.name?.value ?? '';
      const type = `${name}${operation.operation.replace(/^./, (letter) => letter.toUpperCase())}`;
      const parts = [operation, ...neededBy(operation, fragments)].map((part) => stripIgnoredCharacters(print(part)));
      return `export const ${name} = ${JSON.stringify(parts.join(' '))} as Operation<${type}, ${type}Variables>;\n`;
    })
    .join('');
}

/** The fragments that an operation spreads, and those that these spread, each once. */
function neededBy(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Set<FragmentDefinitionNode> {
  const needed = new Set<FragmentDefinitionNode>();
  const collect = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (fragment === undefined || needed.has(fragment)) return;
        needed.add(fragment);
        collect(fragment);
      },
    });
  };
  collect(operation);
  return needed;
}
