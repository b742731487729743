import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { ensureWidget, WIDGET_FILES } from '../../setup/widget.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const SIZE_MAX = 25_000;
const folder = await mkdtemp(join(tmpdir(), 'laurel-kit-'));
afterAll(() => rm(folder, { recursive: true }));

beforeAll(async () => {
  await ensureWidget();
  await mkdir(join(folder, 'node_modules'));
  await symlink(join(ROOT, 'widget'), join(folder, 'node_modules', 'laurel-widget'));
  for (const name of ['react', '@types'])
    await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
});

test.each(['laurel.js', 'laurel.mjs'])(`%s is smaller than ${SIZE_MAX} bytes when compressed`, async (name) => {
  const { length } = gzipSync(await readFile(join(WIDGET_FILES, name)), { level: 9 });
  expect(length).toBeGreaterThan(5_000);
  expect(length).toBeLessThan(SIZE_MAX);
});

test('the script makes one global, and neither evaluates text nor sets markup', async () => {
  const script = await readFile(join(WIDGET_FILES, 'laurel.js'), 'utf8');
  expect(script).toMatch(/^var Laurel\s*=/);
  expect(script).not.toMatch(/\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
});

test('the package can be loaded where there is no page, such as by a server that renders one', async () => {
  const file = join(folder, 'server.mjs');
  await writeFile(
    file,
    `import * as kit from 'laurel-widget';
     import { useLeaderboard, LaurelProvider } from 'laurel-widget/react';
     kit.defineElements();
     console.log(typeof kit.connect, typeof kit.LaurelLeaderboard, typeof useLeaderboard, typeof LaurelProvider);`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout.trim()).toBe('function function function function');
});

test('the package brings types for its client, its stores and its hooks', { timeout: 180_000 }, async () => {
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  const made = spawnSync(tsc, ['-p', join(ROOT, 'widget', 'tsconfig.types.json')], { encoding: 'utf8' });
  expect(made.stdout).toBe('');
  await writeFile(
    join(folder, 'page.ts'),
    `import { createClient, leaderboardStore, type Standing } from 'laurel-widget';
     import { useRewards } from 'laurel-widget/react';
     const client = createClient({ endpoint: '/graphql', token: async () => 'token' });
     const rows: readonly Standing[] = leaderboardStore(client, { board: 'points' }).get().data?.top ?? [];
     export const names: (string | null)[] = rows.map((row) => row.displayName);
     export const hook: typeof useRewards = useRewards;
     // @ts-expect-error a board is called by its code
     leaderboardStore(client, {});`,
  );
  const compilerOptions = { module: 'nodenext', strict: true, noEmit: true, lib: ['es2024', 'dom'], types: [] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['page.ts'] }));
  const checked = spawnSync(tsc, ['-p', folder], { encoding: 'utf8' });
  expect(checked.stdout).toBe('');
});
