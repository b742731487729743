import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

/** The checkout. */
export const ROOT = resolve(import.meta.dirname, '..', '..');

/** Folders whose code keeps the rules of this folder's tests. */
const FOLDERS = ['schema', 'subscriptions', 'src', 'prisma', 'setup', 'bench', 'test', 'widget'];
const LEFT_OUT = new Set(['node_modules', 'generated', 'gql', 'dist']);

export type SourceFile = { path: string; text: string };

/** All TypeScript and JavaScript of the project, by path from the root; made and vendored code left out. */
export function sourceFiles(folders: readonly string[] = FOLDERS): SourceFile[] {
  return folders.flatMap((folder) => walk(join(ROOT, folder)));
}

function walk(folder: string): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : walk(path);
    if (!/\.(ts|mjs|js)$/.test(entry.name)) return [];
    return [{ path: relative(ROOT, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }];
  });
}

/** The source without comments, strings kept: what rules about code look at. */
export function codeOf(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|[^:'"`\\])\/\/.*$/gm, '$1');
}

/** What a file imports, as paths from the root for the project's own files and as names for packages. */
export function importsOf(file: SourceFile): string[] {
  const statements = codeOf(file.text).matchAll(/^(?:import|export)\s[^;]*?from\s+'([^'\n]+)'|^import\s+'([^'\n]+)'/gm);
  const specifiers = [...statements].map((match) => match[1] ?? match[2] ?? '');
  return specifiers.map((specifier) => resolveSpecifier(file.path, specifier));
}

const ALIASES: Record<string, string> = {
  '#domain/': 'src/domain/',
  '#app/': 'src/app/',
  '#storage/': 'src/storage/',
  '#redis/': 'src/redis/',
  '#schema/': 'schema/',
  '#subscriptions/': 'subscriptions/',
  '#src/': 'src/',
};

function resolveSpecifier(from: string, specifier: string): string {
  if (specifier.startsWith('.'))
    return relative(ROOT, resolve(ROOT, from, '..', specifier))
      .split(sep)
      .join('/');
  for (const [alias, folder] of Object.entries(ALIASES)) {
    if (specifier.startsWith(alias)) return folder + specifier.slice(alias.length);
  }
  return specifier;
}
