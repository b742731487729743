// The kit for pages, bundled: git-ignored, made again whenever its source changed.
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const SOURCE = join(ROOT, 'widget', 'src');
/** Where the bundled files lie, for the server and for the package. */
export const WIDGET_FILES = join(ROOT, 'widget', 'dist');
const STAMP = join(WIDGET_FILES, '.source');

/** What browsers have had since 2024: the kit's style sheets need `light-dark()`. */
const TARGET = 'es2022';

/** Bundles the kit unless it is there for exactly this source and this bundler; says nothing. */
export async function ensureWidget(): Promise<void> {
  const mark = sourceMark();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === mark) return;
  await buildWidget();
  writeFileSync(STAMP, mark);
}

/**
 * Bundles the kit: `laurel.js` for script tags, with everything under the global `Laurel`; `laurel.mjs`, the same as a module;
 * and `react.mjs`, hooks that import that module and the page's own React.
 */
export async function buildWidget(): Promise<void> {
  const { build } = await import('rolldown');
  mkdirSync(WIDGET_FILES, { recursive: true });
  const shared = { logLevel: 'warn', transform: { target: TARGET } } as const;
  const output = { dir: WIDGET_FILES, minify: true } as const;
  const input = join(SOURCE, 'main.ts');
  await Promise.all([
    build({ ...shared, input, output: { ...output, format: 'iife', name: 'Laurel', entryFileNames: 'laurel.js' } }),
    build({ ...shared, input, output: { ...output, format: 'esm', entryFileNames: 'laurel.mjs' } }),
    build({
      ...shared,
      input: join(SOURCE, 'react', 'hooks.ts'),
      output: { ...output, format: 'esm', entryFileNames: 'react.mjs' },
      external: ['react'],
      plugins: [
        {
          name: 'one-kit',
          // Hooks and elements of a page share one connection only if they share the module that holds it.
          resolveId: (source) => (source === '../index.ts' ? { id: './laurel.mjs', external: true } : null),
        },
      ],
    }),
  ]);
}

function sourceMark(): string {
  const hash = createHash('sha256');
  for (const file of globSync('**/*.ts', { cwd: SOURCE }).toSorted()) hash.update(readFileSync(join(SOURCE, file)));
  for (const file of ['package-lock.json', 'setup/widget.ts']) hash.update(readFileSync(join(ROOT, file)));
  return hash.digest('hex');
}
