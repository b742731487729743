import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { importsOf, ROOT, sourceFiles, type SourceFile } from './tree.ts';

/**
 * What may import what, by folder: the same table as in ARCHITECTURE.md. A folder may always import itself. Packages are
 * listed where they matter: whatever does I/O, keeps time or knows GraphQL stays out of the inner layers.
 */
export const IMPORT_TABLE: Record<string, readonly string[]> = {
  'src/domain': ['big.js', '@marcbachmann/cel-js', 'temporal-polyfill', 'typeid-js', 'zod'],
  'src/storage': ['src/domain', '#prisma', '@prisma/adapter-pg', 'big.js', 'jose', 'pg'],
  'src/redis': ['src/domain', 'ioredis', 'node:crypto', 'node:fs', 'node:fs/promises', 'node:path', 'pino'],
  'src/app': ['src/domain', 'src/storage', 'big.js', 'jose', 'lru-cache', 'node:crypto', 'pg', 'pino', 'zod'],
  'src/projections': [
    'src/domain',
    'src/storage',
    'src/redis',
    'subscriptions/channels.ts',
    'lru-cache',
    'node:*',
    'pino',
  ],
  'src/jobs': ['src/domain', 'src/storage', 'src/app', 'src/redis', 'src/projections', 'ioredis', 'node:*', 'pino'],
  'src/import': [
    'src/domain',
    'src/storage',
    'src/app',
    'big.js',
    'csv-parse',
    'node:*',
    'pg',
    'temporal-polyfill',
    'zod',
  ],
  'src/outbound': ['node:*'],
  schema: [
    'src/domain',
    'src/app',
    'src/storage',
    'src/projections',
    'src/deps.ts',
    '#prisma',
    'prisma',
    '@pothos/*',
    'dataloader',
    'graphql',
    'node:crypto',
  ],
  subscriptions: [
    'schema',
    'src/domain',
    'src/storage',
    'src/projections',
    'src/http',
    'src/deps.ts',
    'graphql',
    'graphql-ws',
    'ws',
    'ioredis',
    'node:*',
    'pino',
    'lru-cache',
  ],
  // Runs in pages: nothing of the service can come along, and what comes along is loaded by every visitor.
  'widget/src': ['react'],
};

/** Composition and edges: they may import everything, and hold no rules. */
const EDGES = new Set([
  'src/http',
  'src/cli',
  'src/main.ts',
  'src/worker.ts',
  'src/schedule.ts',
  'src/backtests.ts',
  'src/relay.ts',
  'src/server.ts',
  'src/deps.ts',
  'src/new-id.ts',
  'src/config.ts',
]);

/** What only registers, and what only tools run. */
const TOOLS = new Set(['schema/index.ts', 'schema/generated-files.ts']);

function folderOf(path: string): string {
  return /^(src|widget)\//.test(path) ? path.split('/').slice(0, 2).join('/') : (path.split('/')[0] ?? path);
}

function allows(rule: string, imported: string): boolean {
  if (rule.endsWith('*')) return imported.startsWith(rule.slice(0, -1));
  return imported === rule || imported.startsWith(`${rule}/`);
}

/** Imports of a folder's files that its row does not allow. */
function offencesOf(folder: string, allowed: readonly string[], files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => folderOf(file.path) === folder && !TOOLS.has(file.path))
    .flatMap((file) => importsOf(file).map((imported) => ({ file: file.path, imported })))
    .filter(({ imported }) => folderOf(imported) !== folder && !allowed.some((rule) => allows(rule, imported)))
    .map(({ file, imported }) => `${file} imports ${imported}`);
}

describe('the import table', () => {
  const files = sourceFiles(['schema', 'subscriptions', 'src', 'widget/src']);

  test('names every folder of the service', () => {
    const folders = new Set(files.map((file) => folderOf(file.path)));
    expect([...folders].filter((folder) => !(folder in IMPORT_TABLE) && !EDGES.has(folder))).toEqual([]);
  });

  test.each(Object.entries(IMPORT_TABLE))('%s imports only what it may', (folder, allowed) => {
    expect(offencesOf(folder, allowed, files)).toEqual([]);
  });

  test('would notice an import that it does not allow', () => {
    const planted = {
      path: 'src/domain/planted.ts',
      text: "import { Redis } from 'ioredis';\nimport { x } from '#app/x.ts';\n",
    };
    expect(offencesOf('src/domain', IMPORT_TABLE['src/domain'] ?? [], [planted])).toHaveLength(2);
  });

  test('stands in ARCHITECTURE.md as it is here', () => {
    const page = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
    for (const [folder, allowed] of Object.entries(IMPORT_TABLE)) {
      const own = allowed.filter((rule) => /^(src|schema|subscriptions)/.test(rule)).map((rule) => `\`${rule}\``);
      expect(page).toContain(`| \`${folder}\` | ${own.join(', ') || '—'} |`);
    }
  });
});
