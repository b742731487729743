import { readFile, readdir } from 'node:fs/promises';

import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { parse, printSchema } from 'graphql';

import { publicSchema, schema } from './index.ts';
import { permissionMatrix } from './permission-matrix.ts';

const HEADER = '# Printed by `npm run codegen`. Do not edit.\n\n';
const OPERATIONS = new URL('../test/gql/', import.meta.url);

/** Every file that is derived from the schema, by its path from the root, with the content that it must have. */
export async function generatedFiles(): Promise<Map<string, string>> {
  return new Map([
    ['schema/schema.graphql', `${HEADER}${printSchema(schema)}\n`],
    ['schema/public.graphql', `${HEADER}${printSchema(publicSchema)}\n`],
    ['docs/permissions.md', permissionMatrix(schema)],
    ['test/gql/operations.ts', await typedOperations()],
  ]);
}

/** Types and documents of the operations in test/gql/*.graphql, so that a test fails to compile when the schema moves. */
async function typedOperations(): Promise<string> {
  const names = (await readdir(OPERATIONS)).filter((name) => name.endsWith('.graphql')).toSorted();
  const documents = await Promise.all(
    names.map(async (name) => ({ location: name, document: parse(await readFile(new URL(name, OPERATIONS), 'utf8')) })),
  );
  const generated = await codegen({
    filename: 'operations.ts',
    schema: parse(printSchema(schema)),
    schemaAst: schema,
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
        JSONObject: 'Record<string, unknown>',
      },
    },
    plugins: [{ operations: {} }, { documents: {} }],
    pluginMap: { operations: typescriptOperations, documents: typedDocuments },
  });
  return `// Made by \`npm run codegen\` from the operations beside it. Do not edit.\n${generated}`;
}
